// What a quote is doubted for, by itself: an answer made up to harm, or only incomplete, must not pass in silence.
import assert from "node:assert/strict";
import { test } from "node:test";

import { loadModule } from "./page-module.mjs";

const { swapDoubts } = await loadModule("swap-doubts.ts");
const { en } = await loadModule("locales/en.ts");

const WALLET = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1";
const OTHER = `0x${"c0".repeat(20)}`;
const USDC = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";
const DAI = "0x50c5725949A6F0c72E6C4a641F24049A917DB0Cb";
const NATIVE = "0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE";
const ETHER = "100000000000000000";

const WITHOUT_LIMIT = "The approval has no limit: the spender could take all of this token, at any time.";
const TOO_LARGE = "The approval is for more than twice what the swap needs.";
const TOO_SMALL = "The approval is smaller than the swap needs.";
const OF_COIN = "An approval is asked for, but paying with the chain’s own coin needs none.";
const OTHER_APPROVED = "The approval is for another token than the one that you pay with.";
const APPROVED_NO_NUMBER = "An amount of the approval is not a plain whole number, so its size cannot be checked.";
const NO_AMOUNT = "An amount that you pay or receive is not a plain whole number.";
const OTHER_PAID = "The quote names another token to pay with than the one that was understood.";
const OTHER_CHAIN = "The quote is for another chain than the one that you chose.";
const UNKNOWN_CHAIN = "The quote is for a chain that is none of the five that the API documents.";
const SAME_TOKEN = "The quote pays and receives the same token.";
const TOKEN_ADDRESS = "The address of a token is not well formed.";
const NOTHING = "By the quote you would receive nothing.";
const UNKNOWN_IMPACT = "The price impact is not known: neither the quote nor its prices tell it.";
const MALFORMED = "An address or the data of the transaction is not well formed.";
const PLAIN_TRANSFER = "The transaction calls no function: it could only send the chain’s own coin, not swap.";
const TOKEN_CALL = "The transaction does not swap: it moves or approves a token itself.";
const moves = (amount) => `The transaction moves ${amount} of the chain’s own coin, which is not what you pay.`;
const leftOut = (names) => `The answer leaves out what has to be checked before signing: ${names}.`;

/** 1,000 USDC for DAI, with nothing to doubt. */
const TOKENS = {
  intent: {
    chain: "base",
    amount: "1000000000",
    inputTokenAddress: USDC,
    inputTokenSymbol: "USDC",
    outputTokenAddress: DAI,
    outputTokenSymbol: "DAI",
    userWalletAddress: WALLET,
  },
  quote: { fromTokenAmount: "1000000000", toTokenAmount: "999000000000000000000", priceImpact: "-0.1" },
  inputToken: { address: USDC, symbol: "USDC", decimals: "6" },
  outputToken: { address: DAI, symbol: "DAI", decimals: "18" },
  unsignedTx: { chainType: "evm", from: WALLET, to: OTHER, data: "0x3593564c", value: "0" },
  approval: {
    isRequired: true,
    tokenAddress: USDC,
    spenderAddress: OTHER,
    requiredAmount: "1000000000",
    approveAmount: "1000000000",
  },
};

/** 0.1 ETH for DAI, with nothing to doubt. */
const COIN = {
  ...TOKENS,
  intent: { ...TOKENS.intent, amount: ETHER, inputTokenAddress: null, inputTokenSymbol: "ETH" },
  quote: { ...TOKENS.quote, fromTokenAmount: ETHER },
  inputToken: { address: NATIVE, symbol: "ETH", decimals: "18" },
  unsignedTx: { ...TOKENS.unsignedTx, value: ETHER },
  approval: { isRequired: false },
};

/** The answer with some members changed; `null` for a part takes all of it away. */
function changed(answer, changes) {
  const parts = Object.entries(changes).map(([part, change]) => [part, change && { ...answer[part], ...change }]);
  return { ...answer, ...Object.fromEntries(parts) };
}

function check(answer, changes, expected, chain) {
  const found = swapDoubts(changed(answer, changes), { walletAddress: WALLET, chain }, en);
  assert.deepEqual(found, expected, JSON.stringify(changes));
}

test("a sound quote is not doubted, in tokens or in the chain's own coin", () => {
  check(TOKENS, {}, []);
  check(COIN, {}, []);
});

test("the quote of the documentation is not doubted", () => {
  const native = { address: NATIVE, symbol: "ETH", decimals: "18", unitPrice: "1960.63" };
  const documented = {
    intent: { outputTokenAddress: USDC, outputTokenSymbol: "USDC" },
    quote: { toTokenAmount: "194058559", priceImpact: "-0.03" },
    inputToken: native,
    outputToken: { address: USDC, symbol: "USDC", decimals: "6", unitPrice: "0.99989" },
    approval: { tokenAddress: OTHER, spenderAddress: OTHER, requiredAmount: "10000000", approveAmount: "10000000" },
  };
  check(COIN, documented, [], "base");
});

test("an approval is too large by what is paid, whatever the answer calls required", () => {
  for (const amount of [2n ** 254n, 2n ** 160n - 1n, 10n ** 18n, 2_000_000_001n]) {
    const [approveAmount, requiredAmount] = [String(amount), String(amount)];
    check(TOKENS, { approval: { approveAmount, requiredAmount } }, [TOO_LARGE]);
    check(TOKENS, { approval: { approveAmount, requiredAmount }, quote: { fromTokenAmount: null } }, [TOO_LARGE]);
    check(TOKENS, { approval: { approveAmount: undefined, requiredAmount } }, [TOO_LARGE]);
  }
  check(TOKENS, { approval: { approveAmount: "2000000000", requiredAmount: "2000000000" } }, []);
  check(TOKENS, { approval: { requiredAmount: String(2n ** 256n - 1n), approveAmount: null } }, [WITHOUT_LIMIT]);
});

test("an approval is too small by what is paid and by what is required", () => {
  check(TOKENS, { approval: { approveAmount: "999999999", requiredAmount: "1" } }, [TOO_SMALL]);
  check(TOKENS, { approval: { approveAmount: "999999999", requiredAmount: null } }, [TOO_SMALL]);
  check(TOKENS, { approval: { requiredAmount: "1000000001" } }, [TOO_SMALL]);
  check(TOKENS, { approval: { approveAmount: "0" } }, [TOO_SMALL]);
  const unpaid = { intent: { amount: null }, quote: { fromTokenAmount: null } };
  check(TOKENS, { ...unpaid, approval: { requiredAmount: "1000000001" } }, [TOO_SMALL, leftOut("You pay")]);
});

test("an approval that the chain's own coin would need is doubted in each spelling of the coin", () => {
  const approval = { isRequired: true, tokenAddress: USDC, spenderAddress: OTHER, approveAmount: ETHER };
  for (const [inputTokenAddress, inputToken] of [
    [null, { address: null }],
    [null, null],
    [undefined, { address: NATIVE }],
    [`0x${"0".repeat(40)}`, { address: undefined }],
    [undefined, { address: undefined, symbol: "eth" }],
  ]) {
    check(COIN, { intent: { inputTokenAddress }, inputToken, approval }, [OF_COIN]);
  }
  const unsignedTx = { value: "0" };
  check(TOKENS, { inputToken: { symbol: "ETH" }, intent: { inputTokenSymbol: "ETH" }, unsignedTx }, [OF_COIN]);
  check(COIN, { approval: { ...approval, approveAmount: String(2n ** 255n) } }, [OF_COIN, WITHOUT_LIMIT]);
});

test("an approval beside the chain's own coin is none where nothing is approved", () => {
  for (const approveAmount of ["0", null, undefined]) {
    const approval = { isRequired: null, tokenAddress: null, spenderAddress: OTHER, approveAmount };
    check(COIN, { approval }, []);
  }
  check(COIN, { approval: { isRequired: undefined, tokenAddress: USDC, approveAmount: "1" } }, [OF_COIN]);
  check(COIN, { approval: null }, []);
});

test("a token named as the coin of another chain may need an approval", () => {
  const symbols = { intent: { chain: "bsc", inputTokenSymbol: "ETH" }, inputToken: { symbol: "ETH" } };
  check(TOKENS, symbols, []);
});

test("an amount to approve that is no plain number is doubted", () => {
  for (const text of [`0x${"f".repeat(64)}`, "unlimited", "1e9", "-1", "1000000000.0", "1,000", ""]) {
    check(TOKENS, { approval: { approveAmount: text } }, [APPROVED_NO_NUMBER]);
    check(TOKENS, { approval: { requiredAmount: text } }, [APPROVED_NO_NUMBER]);
  }
});

test("an approval of which the answer does not say whether it is needed is doubted as one that is", () => {
  for (const isRequired of [undefined, null]) {
    check(TOKENS, { approval: { isRequired } }, []);
    check(TOKENS, { approval: { isRequired, approveAmount: String(2n ** 256n - 1n) } }, [WITHOUT_LIMIT]);
    check(TOKENS, { approval: { isRequired, tokenAddress: DAI } }, [OTHER_APPROVED]);
  }
  check(TOKENS, { approval: { isRequired: false, tokenAddress: "x", approveAmount: String(2n ** 256n - 1n) } }, []);
});

test("an approval for one of two tokens that contradict each other is doubted", () => {
  check(TOKENS, { inputToken: { address: DAI }, approval: { tokenAddress: DAI } }, [
    OTHER_PAID,
    SAME_TOKEN,
    OTHER_APPROVED,
  ]);
});

test("the coin moved is what is paid where an address is null in one place and absent in the other", () => {
  const ways = [
    { intent: { inputTokenAddress: undefined }, inputToken: { address: null } },
    { intent: { inputTokenAddress: null }, inputToken: { address: undefined } },
    { intent: { inputTokenAddress: null }, inputToken: null },
    { intent: { inputTokenAddress: undefined }, inputToken: { address: undefined } },
    { intent: { inputTokenAddress: undefined }, inputToken: null },
  ];
  for (const way of ways) {
    check(COIN, way, []);
    check(COIN, { ...way, unsignedTx: { value: "99000000000000000000" } }, [moves("99")]);
    check(COIN, { ...way, unsignedTx: { value: "0" } }, [moves("0")]);
    check(COIN, { ...way, unsignedTx: { value: null } }, [leftOut("Chain’s own coin moved")]);
  }
});

test("the coin moved is nothing or what is paid where it is unclear which token that is", () => {
  const unclear = { intent: { inputTokenAddress: undefined }, inputToken: { address: undefined } };
  check(TOKENS, { ...unclear }, [leftOut("Token paid")]);
  check(TOKENS, { ...unclear, unsignedTx: { value: "1000000000" } }, [leftOut("Token paid")]);
  check(TOKENS, { ...unclear, unsignedTx: { value: "1000000001" } }, [
    moves("0.000000001000000001"),
    leftOut("Token paid"),
  ]);
  const contradictory = { intent: { inputTokenAddress: null } };
  check(TOKENS, { ...contradictory, unsignedTx: { value: "5" } }, [OTHER_PAID, moves("0.000000000000000005")]);
});

test("a chain that is none of the five is doubted, asked for or not", () => {
  for (const chain of ["solana", "polygon", "", "constructor"]) check(TOKENS, { intent: { chain } }, [UNKNOWN_CHAIN]);
  check(TOKENS, { intent: { chain: "solana" } }, [OTHER_CHAIN, UNKNOWN_CHAIN], "base");
  for (const chain of ["base", "ethereum", "bsc", "arbitrum", "optimism", "Base"])
    check(TOKENS, { intent: { chain } }, []);
});

test("a price impact that nothing tells is doubted", () => {
  for (const priceImpact of ["-12.5%", "", "n/a", null, undefined]) {
    check(TOKENS, { quote: { priceImpact } }, [UNKNOWN_IMPACT]);
    const prices = { inputToken: { unitPrice: "1" }, outputToken: { unitPrice: "1" } };
    check(TOKENS, { quote: { priceImpact }, ...prices }, []);
    check(TOKENS, { quote: { priceImpact }, ...prices, outputToken: { unitPrice: "0" } }, [UNKNOWN_IMPACT]);
  }
});

test("an amount that is no plain number is doubted, and one that is not given is named", () => {
  check(TOKENS, { quote: { toTokenAmount: "9.99e20" } }, [NO_AMOUNT]);
  check(TOKENS, { intent: { amount: "1e9" }, quote: { fromTokenAmount: "1e9" } }, [NO_AMOUNT]);
  check(COIN, { intent: { amount: "-1" }, quote: { fromTokenAmount: "-1" } }, [NO_AMOUNT]);
  check(TOKENS, { quote: { toTokenAmount: null } }, [leftOut("You receive, expected")]);
  check(TOKENS, { quote: { toTokenAmount: "0" } }, [NOTHING]);
});

test("one token for itself is doubted, in each spelling of the coin", () => {
  check(TOKENS, { outputToken: { address: USDC.toLowerCase() }, intent: { outputTokenAddress: USDC } }, [SAME_TOKEN]);
  check(COIN, { outputToken: null, intent: { outputTokenAddress: `0x${"0".repeat(40)}` } }, [SAME_TOKEN]);
});

test("a token whose address is none is doubted", () => {
  check(TOKENS, { outputToken: { address: "0x12" }, intent: { outputTokenAddress: "0x12" } }, [TOKEN_ADDRESS]);
  check(TOKENS, { approval: { tokenAddress: "USDC" } }, [TOKEN_ADDRESS, OTHER_APPROVED]);
});

test("a transaction that is no swap is doubted", () => {
  for (const data of [null, undefined, "0x", "0x359356"])
    check(COIN, { unsignedTx: { data } }, [PLAIN_TRANSFER]);
  for (const selector of ["a9059cbb", "23B872DD", "095ea7b3", "39509351"])
    check(TOKENS, { unsignedTx: { data: `0x${selector}${"0".repeat(128)}` } }, [TOKEN_CALL]);
  check(TOKENS, { unsignedTx: { data: "3593564c" } }, [MALFORMED]);
});

test("what is not given and has to be checked is named in one sentence, if there is something to sign", () => {
  const nothing = { chainType: null, from: null, to: undefined, value: null };
  check(TOKENS, { unsignedTx: nothing }, [leftOut("Kind of chain, From wallet, and Contract called")]);
  check(TOKENS, { intent: { chain: undefined }, unsignedTx: { to: null } }, [leftOut("Chain and Contract called")]);
  const approval = { tokenAddress: null, spenderAddress: null, requiredAmount: null, approveAmount: null };
  check(TOKENS, { approval }, [leftOut("Approval, Token approved, and Spender")]);
  check(TOKENS, { outputToken: null, intent: { outputTokenAddress: undefined } }, [leftOut("Token received")]);
  assert.deepEqual(swapDoubts({}, { walletAddress: WALLET, chain: undefined }, en), [UNKNOWN_IMPACT]);
});
