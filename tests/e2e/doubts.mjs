// A quote that does not fit what was asked for, or itself, says so where nobody can overlook it.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { openPage, view } from "./browser.mjs";
import { lines, openForm, resultIn, resultOf, rowsOf, submitForm, WALLET } from "./form.mjs";

const OTHER = `0x${"c0".repeat(20)}`;
const USDC = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";
const NATIVE = "0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE";

const ANSWER = {
  intent: {
    chain: "base",
    amount: "1500000",
    inputTokenAddress: USDC,
    inputTokenSymbol: "usdc",
    outputTokenAddress: null,
    outputTokenSymbol: "ETH",
    // Spelled otherwise than it was given: only a checksum is written in an address's case.
    userWalletAddress: WALLET.replace("0x742d", "0x742D"),
  },
  quote: { fromTokenAmount: "1500000", toTokenAmount: "600000000000000", priceImpact: "-2.9" },
  inputToken: { address: USDC, symbol: "USDC", decimals: "6" },
  outputToken: { address: NATIVE, symbol: "ETH", decimals: "18" },
  unsignedTx: { chainType: "evm", from: WALLET, to: OTHER, data: "0x3593564c", value: "0" },
  approval: {
    isRequired: true,
    tokenAddress: USDC.toLowerCase(),
    spenderAddress: OTHER,
    requiredAmount: "1500000",
    approveAmount: "1500000",
  },
};

const COIN = { address: NATIVE, symbol: "ETH", decimals: "18" };
const PAID_IN_COIN = {
  intent: {
    ...ANSWER.intent,
    inputTokenAddress: null,
    inputTokenSymbol: "ETH",
    outputTokenAddress: USDC,
    outputTokenSymbol: "USDC",
  },
  outputToken: ANSWER.inputToken,
};
const WITHOUT_LIMIT = "The approval has no limit: the spender could take all of this token, at any time.";
const MALFORMED = "An address or the data of the transaction is not well formed.";
const WRONG_WALLET = "The transaction is not from the wallet that you gave.";
const OTHER_PAID = "The quote names another token to pay with than the one that was understood.";
const OTHER_RECEIVED = "The quote names another token to receive than the one that was understood.";
const NO_NUMBER = "The amount of the chain’s own coin that the transaction moves is not a plain decimal number.";
const OF_COIN = "An approval is asked for, but paying with the chain’s own coin needs none.";
const TOO_LARGE = "The approval is for more than twice what the swap needs.";
const VERY_HIGH = "The price impact is very high: you would receive far less than what you pay is worth.";
const moves = (amount) => `The transaction moves ${amount} of the chain’s own coin, which is not what you pay.`;
const loses = (percent) =>
  `By the quote’s own prices you would receive ${percent} less than what you pay is worth, which its price impact ` +
  "does not show.";
const gains = (percent) =>
  `By the quote’s own prices you would receive ${percent} more than what you pay is worth: a price or an amount in ` +
  "it may be wrong.";

/** A part of the answer, how it is changed, and the warning that is then shown. */
const DOUBTS = [
  ["unsignedTx", { from: OTHER }, WRONG_WALLET],
  ["intent", { userWalletAddress: OTHER }, WRONG_WALLET],
  ["intent", { chain: "ethereum" }, "The quote is for another chain than the one that you chose."],
  ["intent", { amount: "15000000" }, "The quote is for another amount than the one that was understood."],
  ["unsignedTx", { value: "2500000000000000000" }, moves("2.5")],
  ["inputToken", COIN, moves("0"), { ...PAID_IN_COIN, approval: { isRequired: false } }],
  ["unsignedTx", { value: "0x0" }, NO_NUMBER],
  ["unsignedTx", { value: "" }, NO_NUMBER],
  ["unsignedTx", { value: "-1" }, NO_NUMBER],
  ["unsignedTx", { value: "0.5" }, NO_NUMBER],
  ["inputToken", { address: OTHER }, OTHER_PAID, { approval: { isRequired: false } }],
  ["inputToken", { address: undefined, symbol: "USDbC" }, OTHER_PAID],
  ["intent", { inputTokenAddress: null }, OTHER_PAID],
  ["outputToken", { address: OTHER }, OTHER_RECEIVED],
  ["outputToken", { address: undefined, symbol: "WETH" }, OTHER_RECEIVED],
  ["intent", { outputTokenAddress: OTHER }, OTHER_RECEIVED],
  ["approval", { tokenAddress: OTHER }, "The approval is for another token than the one that you pay with."],
  ["approval", { approveAmount: String(2n ** 256n - 1n) }, WITHOUT_LIMIT],
  ["approval", { approveAmount: String(2n ** 255n) }, WITHOUT_LIMIT],
  ["approval", { approveAmount: "1499999" }, "The approval is smaller than the swap needs."],
  ["approval", { approveAmount: "3000001" }, TOO_LARGE],
  ["approval", { approveAmount: String(2n ** 160n - 1n) }, TOO_LARGE],
  ["approval", { approveAmount: "3000001", requiredAmount: null }, TOO_LARGE],
  ["approval", { approveAmount: String(2n ** 254n), requiredAmount: String(2n ** 254n) }, TOO_LARGE],
  [
    "approval",
    { approveAmount: "unlimited" },
    "An amount of the approval is not a plain whole number, so its size cannot be checked.",
  ],
  ["inputToken", COIN, OF_COIN, { ...PAID_IN_COIN, unsignedTx: { ...ANSWER.unsignedTx, value: "1500000" } }],
  ["approval", { spenderAddress: "0x12" }, "The spender is not a well-formed address."],
  ["unsignedTx", { to: "0x12" }, MALFORMED],
  ["unsignedTx", { data: "0x123" }, MALFORMED],
  [
    "unsignedTx",
    { to: null, from: null },
    "The answer leaves out what has to be checked before signing: From wallet and Contract called.",
  ],
  [
    "quote",
    { priceImpact: "-12.5%" },
    "The price impact is not known: neither the quote nor its prices tell it.",
  ],
  ["quote", { priceImpact: "3" }, "The price impact is high: you would receive less than what you pay is worth."],
  ["quote", { priceImpact: "-10" }, VERY_HIGH],
];

export function doubtTests(run) {
  describe("a doubtful quote", () => {
    let page, opened;
    beforeEach(async () => {
      await run.site.sandbox.reset();
      opened = await openPage(run.browser, run.site.url);
      ({ page } = opened);
      await openForm(page, "swap");
    });
    afterEach(() => opened.close());

    const warnings = (result) => lines(result.locator(".warning-note"));
    const quoted = async (changes) => warnings(await resultOf(run, page, "swap", { ...ANSWER, ...changes }));

    test("is told of in a sentence for each doubt, and a sound one is not", async () => {
      await view(page).getByLabel("Chain").selectOption("base");
      assert.deepEqual(await quoted({}), []);
      for (const [part, change, warning, more] of DOUBTS) {
        const found = await quoted({ [part]: { ...ANSWER[part], ...change }, ...more });
        assert.deepEqual(found, [`Note: ${warning}`], `${part} with ${JSON.stringify(change)}`);
      }
    });

    /** 1,000 USDC, of which a quote for DAI gives so much back. */
    const priced = (given, priceImpact, unitPrice = "1") => ({
      intent: { ...ANSWER.intent, amount: "1000000000", outputTokenSymbol: "DAI" },
      quote: { fromTokenAmount: "1000000000", toTokenAmount: `${given}000000000000000000`, priceImpact },
      inputToken: { ...ANSWER.inputToken, unitPrice: "1" },
      outputToken: { ...ANSWER.outputToken, symbol: "DAI", unitPrice },
      approval: { isRequired: false },
    });

    test("whose price impact is not that of its own prices says what is lost and calls it unknown", async () => {
      for (const [given, impact, shown, ...told] of [
        [600, "-0.4", "-0.4% unknown: it does not fit the quote’s own prices", loses("40%")],
        [600, "4", "4% unknown: it does not fit the quote’s own prices", loses("40%")],
        [960, "0.1", "0.1% unknown: it does not fit the quote’s own prices", loses("4%")],
        [970, "0", "0% unknown: it does not fit the quote’s own prices", loses("3%")],
        [720, "2.9", "2.9% unknown: it does not fit the quote’s own prices", loses("28%")],
        [600, undefined, "not given", loses("40%")],
        [0, "0.1", "0.1% unknown: it does not fit the quote’s own prices", "By the quote you would receive nothing."],
        [1500, "-0.4", "-0.4% unknown: it does not fit the quote’s own prices", gains("50%")],
        [1500, "-35", "-35% unknown: it does not fit the quote’s own prices", gains("50%"), VERY_HIGH],
      ]) {
        const result = await resultOf(run, page, "swap", { ...ANSWER, ...priced(given, impact) });
        assert.equal((await rowsOf(result))["Price impact"], shown);
        assert.deepEqual(await warnings(result), told.map((warning) => `Note: ${warning}`), `${given} at ${impact}`);
      }
    });

    test("whose price impact fits its own prices, or that has no prices, is judged by the impact", async () => {
      for (const [given, impact, shown, unitPrice] of [
        [971, "0.01", "0.01% low"],
        [1029, "0.01", "0.01% low"],
        [971, "-2.9", "-2.9% low"],
        [600, "-40", "-40% very high: more than 10%"],
        [600, "0.4", "0.4% low", "0"],
        [600, "0.4", "0.4% low", null],
      ]) {
        const result = await resultOf(run, page, "swap", { ...ANSWER, ...priced(given, impact, unitPrice) });
        assert.equal((await rowsOf(result))["Price impact"], shown);
        assert.equal((await warnings(result)).length, impact === "-40" ? 1 : 0, `${given} at ${impact}`);
      }
    });

    test("is none that spells the chain’s own coin in two ways, or leaves an address or a symbol out", async () => {
      const zero = `0x${"0".repeat(40)}`;
      for (const [one, other] of [
        [null, NATIVE],
        [zero, NATIVE.toLowerCase()],
        [NATIVE, zero],
        [undefined, NATIVE],
        [zero, undefined],
      ]) {
        const intent = { ...ANSWER.intent, outputTokenAddress: one, outputTokenSymbol: undefined };
        assert.deepEqual(await quoted({ intent, outputToken: { ...ANSWER.outputToken, address: other } }), []);
      }
    });

    test("is none whose token has a symbol of its own at the address that was understood", async () => {
      const inputToken = { ...ANSWER.inputToken, symbol: "USD₮0" };
      const outputToken = { ...ANSWER.outputToken, symbol: "WETH" };
      assert.deepEqual(await quoted({ inputToken, outputToken }), []);
    });

    test("is none whose approval is for twice what is needed, or that pays in the chain’s own coin", async () => {
      assert.deepEqual(await quoted({ approval: { ...ANSWER.approval, approveAmount: "3000000" } }), []);
      const unsignedTx = { ...ANSWER.unsignedTx, value: "1500000" };
      const inCoin = { ...PAID_IN_COIN, inputToken: COIN, approval: { isRequired: false }, unsignedTx };
      assert.deepEqual(await quoted(inCoin), []);
    });

    test("on a chain that the text has chosen is none, unless the API documents no such chain", async () => {
      assert.deepEqual(await quoted({ intent: { ...ANSWER.intent, chain: "ethereum" } }), []);
      assert.deepEqual(await quoted({ intent: { ...ANSWER.intent, chain: "solana" } }), [
        "Note: The quote is for a chain that is none of the five that the API documents.",
      ]);
    });

    test("is none of those that the sandbox gives for small amounts, with coin and with tokens", async () => {
      for (const intent of ["swap 0.1 ETH to USDC", "swap 1234.567891 USDC to ETH", "swap 5 USDC to DAI"]) {
        await view(page).getByLabel("What do you want to swap?").fill(intent);
        await submitForm(page, "swap");
        await view(page).locator('.result[data-state="loading"]').waitFor({ state: "detached" });
        assert.deepEqual(await warnings(await resultIn(page, "done")), [], intent);
      }
    });
  });
}
