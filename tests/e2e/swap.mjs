// What a quote shows of an answer that is known to the last digit.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { openPage, view } from "./browser.mjs";
import { lines, openForm, resultOf, rowsOf, submitForm, WALLET } from "./form.mjs";
import { until } from "./site.mjs";

const USDT = "0x55d398326f99059fF775485246999027B3197955";
const CAKE = "0x0E09FaBB73Bd3Ade0a17ECC321fD13a19e81cE82";
const SPENDER = "0x000000000022D473030F116dDEE9F6B43aC78BA3";
const ROUTER = "0x1906c1d672b88cD1B9aC7593301cA990F94Eae07";
const NATIVE = "the chain’s own coin";
const needed = (amount) => `Needed first: the wallet must allow the spender to use ${amount}.`;

/** Every value differs from every other, so that none can stand in another's place. */
const ANSWER = {
  intent: {
    chain: "bsc",
    inputTokenAddress: USDT,
    inputTokenSymbol: "USDT",
    outputTokenAddress: CAKE,
    outputTokenSymbol: "CAKE",
    amount: "1234567890000000001",
    userWalletAddress: WALLET,
  },
  quote: {
    fromTokenAmount: "1234567890000000001",
    toTokenAmount: "500000000000000002",
    estimatedGas: "210000",
    priceImpact: "-0.25",
    tradeFee: "0.0174870969512694",
  },
  inputToken: { address: USDT, symbol: "USDT", decimals: "18", unitPrice: "0.9995" },
  outputToken: { address: CAKE, symbol: "CAKE", decimals: "18", unitPrice: "2.44" },
  unsignedTx: {
    chainType: "evm",
    from: WALLET,
    to: ROUTER,
    data: "0x3593564c",
    value: "0",
    gas: "215000",
    gasPrice: "3000000000",
  },
  approval: {
    isRequired: true,
    tokenAddress: USDT,
    spenderAddress: SPENDER,
    requiredAmount: "1234567890000000001",
    approveAmount: "1300000000000000000",
    currentAllowance: "0",
  },
};

export function swapTests(run) {
  describe("a quote", () => {
    let page, opened;

    beforeEach(async () => {
      await run.site.sandbox.reset();
      opened = await openPage(run.browser, run.site.url);
      ({ page } = opened);
      await openForm(page, "swap");
    });
    afterEach(() => opened.close());

    const quoted = (changes = {}) => resultOf(run, page, "swap", { ...ANSWER, ...changes });

    test("shows each of the answer's values in its own line", async () => {
      const result = await quoted();
      assert.deepEqual(await lines(result.locator(".swap-side")), [
        "You pay 1.234567890000000001 USDT about $1.23",
        "You receive, expected 0.500000000000000002 CAKE about $1.22",
      ]);
      assert.deepEqual(await rowsOf(result), {
        Chain: "BNB Smart Chain",
        "Price impact": "-0.25% low",
        "Trading fee": "0.0174870969512694 The API does not say in which unit.",
        "Gas, estimated": "210,000 units about 0.00063 BNB at the quoted gas price",
        Approval: "Needed first: the wallet must allow the spender to use 1.3 USDT.",
        Spender: SPENDER,
        "Token paid": USDT,
        "Token received": CAKE,
        "From wallet": WALLET,
        "Contract called": ROUTER,
        "Chain’s own coin moved": "0 BNB",
      });
      assert.match(await result.innerText(), /This page signs and sends nothing\. Check every line before you sign/);
    });

    test("names the wallet that the transaction is from, not the one that the answer repeats", async () => {
      const other = `0x${"c0".repeat(20)}`;
      const rows = await rowsOf(await quoted({ unsignedTx: { ...ANSWER.unsignedTx, from: other } }));
      assert.equal(rows["From wallet"], other);
    });

    test("calls a price impact high from 3% and very high from 10%, whatever its sign", async () => {
      for (const [priceImpact, shown] of [
        ["-2.99", "-2.99% low"],
        ["3", "3% high: more than 3%"],
        ["-9.99", "-9.99% high: more than 3%"],
        ["-10", "-10% very high: more than 10%"],
        ["12.5", "12.5% very high: more than 10%"],
        ["-12.5%", "-12.5% unknown: it is not a plain number"],
        [undefined, "not given"],
      ]) {
        const rows = await rowsOf(await quoted({ quote: { ...ANSWER.quote, priceImpact } }));
        assert.equal(rows["Price impact"], shown);
      }
    });

    test("gives the amount of the chain’s own coin that is moved, or what stands in its place", async () => {
      for (const [value, chain, shown] of [
        ["1234567890123456789", "base", "1.234567890123456789 ETH"],
        ["5", "another", "0.000000000000000005"],
        ["0x10", "bsc", "0x10"],
        [null, "bsc", "not given"],
      ]) {
        const intent = { ...ANSWER.intent, chain };
        const rows = await rowsOf(await quoted({ intent, unsignedTx: { ...ANSWER.unsignedTx, value } }));
        assert.equal(rows["Chain’s own coin moved"], shown);
      }
    });

    test("says that no approval is needed, and then names no spender", async () => {
      const rows = await rowsOf(await quoted({ approval: { ...ANSWER.approval, isRequired: false } }));
      assert.equal(rows["Approval"], "Not needed.");
      assert.equal(rows["Spender"], undefined);
    });

    test("words an approval in the units of what is paid only where that is approved", async () => {
      const units = "1,300,000,000,000,000,000 smallest units of";
      const coin = { intent: { inputTokenAddress: null }, inputToken: { address: null } };
      for (const [change, sentence, token] of [
        [{ approval: { tokenAddress: CAKE } }, needed(`${units} another token`), CAKE],
        [{ approval: { tokenAddress: null } }, needed(`${units} another token`), "not given"],
        [coin, needed(`${units} another token`), USDT],
        [{ inputToken: { decimals: null } }, needed(`${units} USDT`)],
        [{ approval: { approveAmount: "unlimited" } }, needed("“unlimited”, which is not a plain whole number")],
        [{ approval: { approveAmount: null, requiredAmount: null } }, needed("an amount that is not given")],
        [
          { approval: { isRequired: null } },
          "The answer does not say whether it is needed. With it the spender could use 1.3 USDT.",
        ],
      ]) {
        const parts = Object.entries(change).map(([part, values]) => [part, { ...ANSWER[part], ...values }]);
        const rows = await rowsOf(await quoted(Object.fromEntries(parts)));
        assert.deepEqual([rows["Approval"], rows["Token approved"], rows["Spender"]], [sentence, token, SPENDER]);
      }
    });

    test("shows an amount without its decimals in the smallest unit, and what is no number as it is", async () => {
      const result = await quoted({
        quote: { ...ANSWER.quote, fromTokenAmount: "1e18", tradeFee: "~0.1", estimatedGas: "0x33450" },
        outputToken: { ...ANSWER.outputToken, decimals: undefined },
      });
      assert.deepEqual(await lines(result.locator(".swap-side")), [
        "You pay 1e18 USDT",
        "You receive, expected 500,000,000,000,000,002 smallest units of CAKE",
      ]);
      const rows = await rowsOf(result);
      assert.deepEqual([rows["Trading fee"], rows["Gas, estimated"]], ["~0.1", "0x33450"]);
    });

    test("knows the chain’s own coin in each of its spellings", async () => {
      for (const address of [`0x${"0".repeat(40)}`, "0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE"]) {
        const coin = { address, symbol: "BNB", decimals: "18", unitPrice: "600" };
        const rows = await rowsOf(await quoted({ inputToken: coin, outputToken: coin }));
        assert.deepEqual([rows["Token paid"], rows["Token received"]], [NATIVE, NATIVE]);
      }
      const intent = { ...ANSWER.intent, inputTokenAddress: null };
      const rows = await rowsOf(await quoted({ intent, inputToken: { symbol: "BNB", decimals: "18" } }));
      assert.equal(rows["Token paid"], NATIVE);
    });

    test("asks for no chain where the text says it, and leaves out the spaces around a wallet", async () => {
      await view(page).getByLabel("Wallet address").fill(`  ${WALLET}\t`);
      await submitForm(page, "swap");
      await until(async () => (await run.site.sandbox.requests()).length === 1, "the request in the sandbox");
      const [{ body }] = await run.site.sandbox.requests();
      assert.deepEqual(body, { intent: "swap 0.1 ETH to USDC", walletAddress: WALLET });
    });
  });
}
