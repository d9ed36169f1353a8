// Every text of the page. A new language is one more module of this type, listed in index.ts.
import type { MinaraErrorCode, Outcome } from "minara";

import type { ChallengeFailure } from "../challenge.js";

export interface Strings {
  /** BCP 47 tag, for `lang` and for number formats. */
  language: string;
  navigation: { label: string; chat: string; swap: string; perp: string; prediction: string };
  source: { sandboxTitle: string; sandbox: string; unreachable: string };
  challenge: { label: string; open: string };
  chat: {
    title: string;
    intro: string;
    suggestionsLabel: string;
    suggestions: string[];
    conversation: string;
    question: string;
    placeholder: string;
    keys: string;
    mode: string;
    fast: string;
    expert: string;
    expertHint: string;
    send: string;
    newChat: string;
    you: string;
    /** Until the first words of an answer arrive. */
    waiting: { fast: string; expert: string };
    answering: string;
    answered: string;
    incomplete: string;
    /** An answer that was stopped before its question could cost anything. */
    stoppedUnbilled: string;
    /** An answer that is complete and holds no text. */
    noText: string;
    /** An answer that the service ended before it was complete. */
    cutShort: string;
    editQuestion: string;
  };
  actions: {
    stop: string;
    tryAgain: string;
    tryAgainIn: (seconds: number) => string;
    copy: string;
    copied: string;
    copyFailed: string;
  };
  result: {
    title: string;
    /** Before what the result is for. */
    asked: string;
    loading: string;
    ready: string;
    stopped: string;
    stoppedBilling: string;
    stoppedUnbilled: string;
    checkFields: string;
    rawAnswer: string;
    missing: string;
    warning: string;
  };
  swap: {
    title: string;
    intro: string;
    intent: string;
    intentExample: string;
    wallet: string;
    walletHint: string;
    chain: string;
    anyChain: string;
    submit: string;
    empty: string;
    youPay: string;
    youReceive: string;
    worth: (amount: string) => string;
    /** The unit of an amount whose token has no decimals in the answer. */
    smallestUnits: (token: string) => string;
    expected: string;
    priceImpact: string;
    impactLevels: { low: string; high: string; veryHigh: string; unknown: string };
    /** Where it is given, but not as a number. */
    impactUnreadable: string;
    impactWarnings: { high: string; veryHigh: string };
    /** What does not fit the request, or the rest of the answer. */
    doubts: {
      wallet: string;
      chain: string;
      unknownChain: string;
      inputToken: string;
      outputToken: string;
      sameToken: string;
      tokenAddress: string;
      amount: string;
      amountNoNumber: string;
      coin: (amount: string) => string;
      /** Of the amount of the chain's own coin. */
      noNumber: string;
      approvalOfCoin: string;
      approvalToken: string;
      approvalUnlimited: string;
      approvalTooLarge: string;
      approvalTooSmall: string;
      approvalNoNumber: string;
      spender: string;
      malformed: string;
      plainTransfer: string;
      tokenCall: string;
      /** With the names of the lines that are missing. */
      leftOut: (names: string) => string;
      /** Where the quote gives nothing in return. */
      nothing: string;
      /** Where the price impact does not fit the prices. */
      untoldLoss: (percent: string) => string;
      untoldGain: (percent: string) => string;
      impactUnknown: string;
    };
    fee: string;
    feeUnit: string;
    gas: string;
    gasUnits: (units: string) => string;
    gasCost: (cost: string) => string;
    approval: string;
    approvalNeeded: (amount: string) => string;
    approvalNotNeeded: string;
    /** Where the answer does not say whether it is needed. */
    approvalUnclear: (amount: string) => string;
    /** In place of an amount to approve. */
    noAmount: string;
    unreadableAmount: (written: string) => string;
    /** What is approved, where that is not what is paid. */
    otherToken: string;
    approvalToken: string;
    spender: string;
    inputToken: string;
    outputToken: string;
    nativeToken: string;
    chainType: string;
    wallets: string;
    target: string;
    coinMoved: string;
    notSigned: string;
  };
  perp: {
    title: string;
    intro: string;
    symbol: string;
    symbolHint: string;
    style: string;
    styles: { scalping: string; "day-trading": string; "swing-trading": string };
    margin: string;
    leverage: string;
    leverageHint: string;
    /** Of what was written into a field for a number. */
    noNumber: string;
    submit: string;
    empty: string;
    subject: (symbol: string, style: string) => string;
    sides: { long: string; short: string };
    sideMeaning: { long: string; short: string };
    confidence: string;
    confidenceOf: (score: string) => string;
    levels: string;
    entry: string;
    stopLoss: string;
    takeProfit: string;
    fromEntry: (percent: string) => string;
    rewardToRisk: string;
    ratio: (ratio: string) => string;
    position: string;
    positionOf: (size: string, margin: string, leverage: string) => string;
    liquidation: string;
    about: (price: string) => string;
    doubts: {
      /** Of a level. */
      noPrice: string;
      unknownSide: string;
      wrongOrder: { long: string; short: string };
      liquidationFirst: string;
      confidence: string;
    };
    reasons: string;
    risks: string;
    advice: string;
  };
  prediction: {
    title: string;
    intro: string;
    link: string;
    linkHint: string;
    mode: string;
    onlyResult: string;
    customPrompt: string;
    customPromptHint: string;
    submit: string;
    empty: string;
    outcomes: string;
    yes: string;
    no: string;
    noShare: string;
    doNotAddUp: (percent: string) => string;
    noOutcomes: string;
    reasoning: string;
    advice: string;
  };
  markdown: { table: string; code: string; done: string; open: string };
  errors: {
    codes: Record<MinaraErrorCode, { what: string; advice: string }>;
    challenge: Record<ChallengeFailure, { what: string; advice: string }>;
    unexpected: { what: string; advice: string };
    billing: Record<Outcome, string>;
    retryAfter: (seconds: number) => string;
    details: string;
    reference: string;
  };
}
