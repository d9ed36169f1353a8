// A quote that does not fit what was asked for, or itself, says so where nobody can overlook it.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { openPage, view } from "./browser.mjs";
import { lines, openForm, resultIn, resultOf, submitForm, WALLET } from "./form.mjs";

const OTHER = `0x${"c0".repeat(20)}`;
const USDC = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";
const NATIVE = "0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE";

const ANSWER = {
  intent: {
    chain: "base",
    amount: "1500000",
    inputTokenAddress: USDC,
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
const WITHOUT_LIMIT = "The approval has no limit: the spender could take all of this token, at any time.";
const MALFORMED = "An address or the data of the transaction is not well formed.";
const WRONG_WALLET = "The transaction is not from the wallet that you gave.";
const moves = (amount) => `The transaction moves ${amount} of the chain’s own coin, which is not what you pay.`;

/** A part of the answer, how it is changed, and the warning that is then shown. */
const DOUBTS = [
  ["unsignedTx", { from: OTHER }, WRONG_WALLET],
  ["intent", { userWalletAddress: OTHER }, WRONG_WALLET],
  ["intent", { chain: "ethereum" }, "The quote is for another chain than the one that you chose."],
  ["intent", { amount: "15000000" }, "The quote is for another amount than the one that was understood."],
  ["unsignedTx", { value: "2500000000000000000" }, moves("2.5")],
  ["inputToken", COIN, moves("0"), { approval: { isRequired: false } }],
  ["approval", { tokenAddress: OTHER }, "The approval is for another token than the one that you pay with."],
  ["approval", { approveAmount: String(2n ** 256n - 1n) }, WITHOUT_LIMIT],
  ["approval", { approveAmount: String(2n ** 255n) }, WITHOUT_LIMIT],
  ["approval", { approveAmount: "1499999" }, "The approval is smaller than the swap needs."],
  ["approval", { spenderAddress: "0x12" }, "The spender is not a well-formed address."],
  ["unsignedTx", { to: "0x12" }, MALFORMED],
  ["unsignedTx", { data: "0x123" }, MALFORMED],
  ["quote", { priceImpact: "3" }, "The price impact is high: you would receive less than what you pay is worth."],
  [
    "quote",
    { priceImpact: "-10" },
    "The price impact is very high: you would receive far less than what you pay is worth.",
  ],
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

    test("on a chain that the text has chosen is none", async () => {
      assert.deepEqual(await quoted({ intent: { ...ANSWER.intent, chain: "ethereum" } }), []);
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
