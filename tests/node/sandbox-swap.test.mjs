import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIntent } from "../../sandbox/intent.mjs";
import { swapTransaction } from "../../sandbox/swap.mjs";
import { CHAINS, NATIVE } from "../../sandbox/tokens.mjs";
import { WALLET } from "./sandbox.fixture.mjs";

const swap = (intent, chain = "base", walletAddress = WALLET) => swapTransaction({ intent, chain, walletAddress });

test("sentences in four languages are read as the same swap", () => {
  const sentences = [
    "swap 0.1 ETH to USDC",
    "Please convert 0.1 eth into usdc",
    "0.1 ETH → USDC",
    "buy USDC with 0.1 ETH",
    "0.1 ETH를 USDC로 스왑",
    "0.1 ETH를 USDC로 바꿔 주세요",
    "将 0.1 ETH 兑换为 USDC",
    "把0.1ETH换成USDC",
    "0.1 ETH'yi USDC'ye çevir",
    "0,1 ETH'yi USDC ile takas et",
  ];
  for (const sentence of sentences) {
    const { chain, input, output, amount } = parseIntent(sentence, "base");
    assert.deepEqual([chain, input.symbol, output.symbol, amount], ["base", "ETH", "USDC", 100000000000000000n], sentence);
  }
});

test("amounts are read exactly, whatever their size", () => {
  const cases = [
    ["swap 1,000.5 USDC to ETH", 1000500000n],
    ["swap 1,000,000 USDC to ETH", 1000000000000n],
    ["swap 0.000001 USDC to ETH", 1n],
    ["swap .5 USDC to ETH", 500000n],
    ["swap 123456789012345678901234567890.123456 USDC to DAI", 123456789012345678901234567890123456n],
  ];
  for (const [sentence, amount] of cases) assert.equal(parseIntent(sentence, "base").amount, amount, sentence);
  // 10 ÷ 1960.63 ETH, rounded down to a wei
  assert.equal(parseIntent("swap $10 of ETH to USDC", "base").amount, (10n * 10n ** 18n * 100n) / 196063n);
});

test("a sentence that is no clear swap is refused with a way out", () => {
  const cases = [
    ["hello", 'intent is not a swap that the sandbox understands; for example "swap 0.1 ETH to USDC"'],
    ["swap ETH to USDC", 'intent names no amount and token to sell; for example "swap 0.1 ETH to USDC"'],
    ["swap 0.1 ETH", 'intent names no token to buy; for example "swap 0.1 ETH to USDC"'],
    ["swap 0.1 ETH to ETH", "intent swaps ETH for itself"],
    ["swap 0 ETH to USDC", "amount must be greater than 0"],
    ["swap -1 ETH to USDC", "amount must be greater than 0"],
    ["swap 0.0000001 USDC to ETH", "USDC has 6 decimals; 0.0000001 has more"],
    ["swap 1 FOO to ETH", "the sandbox does not know FOO on base; it knows ETH, WETH, USDC, USDT, DAI, WBTC, cbBTC, AERO"],
    ["swap 1 ETH to FOO", "the sandbox does not know FOO on base; it knows ETH, WETH, USDC, USDT, DAI, WBTC, cbBTC, AERO"],
    ["buy 0.1 ETH with USDC", 'intent must name one amount, the one to sell; for example "swap 0.1 ETH to USDC"'],
    ["swap 1 ETH to 2000 USDC", 'intent must name one amount, the one to sell; for example "swap 0.1 ETH to USDC"'],
    ["swap 1 ETH to USDC on arbitrum", "intent names arbitrum, but chain is base"],
    [`swap ${10n ** 60n} ETH to USDC`, "amount does not fit into 256 bits"],
    ["swap 0.000000000000000001 ETH to USDC", "amount is too small to buy any USDC"],
  ];
  for (const [sentence, message] of cases) assert.throws(() => swap(sentence), { message }, sentence);
});

test("the chain comes from the request, else from the sentence, else it is base", () => {
  assert.equal(parseIntent("swap 1 ETH to ARB on Arbitrum", undefined).chain, "arbitrum");
  assert.equal(parseIntent("swap 1 OP to ETH", "optimism").chain, "optimism");
  assert.equal(parseIntent("swap 1 ETH to USDC", undefined).chain, "base");
});

test("the documented example gives an exact, self-consistent answer", () => {
  const answer = swap("swap 0.1 ETH to USDC");
  assert.deepEqual(answer.intent, {
    chain: "base",
    inputTokenAddress: null,
    inputTokenSymbol: "ETH",
    outputTokenAddress: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
    outputTokenSymbol: "USDC",
    amount: "100000000000000000",
    userWalletAddress: WALLET,
  });
  assert.deepEqual(answer.quote, {
    fromTokenAmount: "100000000000000000",
    toTokenAmount: "195984566",
    estimatedGas: "218000",
    priceImpact: "-0.051",
    tradeFee: "0.00467723265321074",
  });
  assert.deepEqual(answer.inputToken, { address: NATIVE, symbol: "ETH", decimals: "18", unitPrice: "1960.63" });
  assert.deepEqual(answer.outputToken, { address: answer.intent.outputTokenAddress, symbol: "USDC", decimals: "6", unitPrice: "0.99989" });
  const { data, ...transaction } = answer.unsignedTx;
  assert.deepEqual(transaction, {
    chainType: "evm",
    from: WALLET,
    to: CHAINS.base.router,
    value: "100000000000000000",
    gas: "218000",
    gasPrice: "10943011",
    maxPriorityFeePerGas: "7301883",
  });
  assert.match(data, /^0x3593564c([0-9a-f]{64})+$/);
});

/** Every pair of every chain, in amounts from a cent to a million dollars' worth. */
function* everySwap() {
  for (const [chain, { tokens }] of Object.entries(CHAINS)) {
    for (const input of tokens.values()) {
      for (const output of tokens.values()) {
        if (input === output) continue;
        for (const dollars of ["0.05", "250", "40,000", "1,000,000"]) {
          yield { chain, input, output, answer: swap(`swap $${dollars} of ${input.symbol} to ${output.symbol}`, chain) };
        }
      }
    }
  }
}

const scaled = (text) => {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(12, "0"));
};

test("on every chain and pair the amounts, prices, impact and fee add up", () => {
  let count = 0;
  for (const { chain, input, output, answer } of everySwap()) {
    const { quote, inputToken, outputToken, intent, unsignedTx } = answer;
    const where = `${chain} ${input.symbol}→${output.symbol}`;
    assert.match(quote.priceImpact, /^(0|-\d+(\.\d+)?)$/, where);
    const kept = 10n ** 14n - scaled(quote.priceImpact.replace("-", ""));
    const valueIn = BigInt(intent.amount) * scaled(inputToken.unitPrice) * 10n ** BigInt(outputToken.decimals);
    const unit = scaled(outputToken.unitPrice) * 10n ** BigInt(inputToken.decimals);
    assert.equal(BigInt(quote.toTokenAmount), (valueIn * kept) / (unit * 10n ** 14n), where);
    assert.equal(quote.fromTokenAmount, intent.amount, where);
    assert.equal(quote.estimatedGas, unsignedTx.gas, where);
    const fee = BigInt(unsignedTx.gas) * BigInt(unsignedTx.gasPrice) * scaled(chain === "bsc" ? "612.4" : "1960.63");
    const [whole, fraction = ""] = quote.tradeFee.split(".");
    assert.equal(BigInt(whole + fraction.padEnd(30, "0")), fee, where);
    count += 1;
  }
  assert.ok(count > 500, String(count));
});

test("a native input is sent as value without approval, a token is approved for the spender alone", () => {
  for (const { chain, input, answer } of everySwap()) {
    const { intent, unsignedTx, approval, inputToken } = answer;
    const { router, spender, native } = CHAINS[chain];
    assert.notEqual(spender, router);
    assert.deepEqual([unsignedTx.to, unsignedTx.from, intent.userWalletAddress], [router, WALLET, WALLET]);
    assert.equal(inputToken.decimals, String(input.decimals));
    assert.equal(approval.tokenAddress, inputToken.address);
    assert.equal(approval.spenderAddress, spender);
    if (input.symbol === native) {
      assert.deepEqual([intent.inputTokenAddress, unsignedTx.value, approval.isRequired, approval.requiredAmount], [null, intent.amount, false, "0"]);
    } else {
      assert.deepEqual([intent.inputTokenAddress, unsignedTx.value, approval.isRequired], [input.address, "0", true]);
      assert.deepEqual([approval.requiredAmount, approval.approveAmount, approval.currentAllowance], [intent.amount, intent.amount, "0"]);
    }
  }
});

test("ETH is the native coin of Base and a token on BSC", () => {
  assert.equal(swap("swap 1 ETH to USDC", "base").approval.isRequired, false);
  const { intent, unsignedTx, approval, inputToken } = swap("swap 1 ETH to USDC", "bsc");
  assert.equal(intent.inputTokenAddress, "0x2170Ed0880ac9A755fd29B2688956BD959F933F8");
  assert.deepEqual([unsignedTx.value, approval.isRequired, inputToken.decimals], ["0", true, "18"]);
  assert.equal(swap("swap 1 USDC to ETH", "bsc").inputToken.decimals, "18");
  assert.equal(swap("swap 1 USDC to ETH", "base").inputToken.decimals, "6");
});

test("the end of the wallet address chooses what is approved already", () => {
  const at = (ending) => swap("swap 10 USDT to ETH", "ethereum", WALLET.slice(0, -2) + ending).approval;
  assert.deepEqual([at("aa").isRequired, at("aa").currentAllowance], [false, "10000000"]);
  assert.deepEqual([at("AB").isRequired, at("AB").currentAllowance], [true, "5000000"]);
  assert.deepEqual([at("b1").isRequired, at("b1").currentAllowance], [true, "0"]);
  assert.equal(at("b1").message, "Sandbox: approve 10 USDT for 0x000000000022D473030F116dDEE9F6B43aC78BA3 before the swap.");
});

test("large swaps lose enough to the pools to show both warnings", () => {
  const impact = (intent) => -Number(swap(intent).quote.priceImpact);
  assert.ok(impact("swap 1000 USDC to ETH") < 1);
  assert.ok(impact("swap 1,000,000 USDC to ETH") > 3);
  assert.ok(impact("swap 3,000,000 USDC to ETH") > 10);
});

/** Reads `execute(bytes,bytes[],uint256)` back, by the ABI's rules and not by the encoder's code. */
function decodeExecute(data) {
  const words = data.slice(10);
  const uint = (at) => BigInt(`0x${words.slice(at * 2, at * 2 + 64)}`);
  const bytes = (at) => words.slice((at + 32) * 2, (at + 32 + Number(uint(at))) * 2);
  const list = Number(uint(32));
  const inputs = Array.from({ length: Number(uint(list)) }, (_, index) => bytes(list + 32 + Number(uint(list + 32 + index * 32))));
  return { commands: bytes(Number(uint(0))), inputs, deadline: uint(64) };
}

test("the calldata names the amount, the tokens and a deadline that has passed", () => {
  const words = (hex) => hex.match(/.{64}/g).map((word) => BigInt(`0x${word}`));
  const answer = swap("swap 0.1 ETH to USDC");
  const { commands, inputs, deadline } = decodeExecute(answer.unsignedTx.data);
  assert.equal(commands, "0b00");
  assert.deepEqual(words(inputs[0]), [2n, 100000000000000000n]);
  const [recipient, amountIn, minimum, , payer, length] = words(inputs[1]);
  assert.deepEqual([recipient, amountIn, minimum, payer, length], [1n, 100000000000000000n, 195004643n, 0n, 43n]);
  assert.equal(inputs[1].slice(6 * 64, 6 * 64 + 86), "4200000000000000000000000000000000000006" + "0001f4" + "833589fcd6edb6e08f4c7c32d4f71b54bda02913");
  assert.equal(deadline, 1577836800n);
});

test("the calldata of each kind of swap holds the router's commands for it", () => {
  const commands = (intent, chain) => decodeExecute(swap(intent, chain).unsignedTx.data).commands;
  assert.equal(commands("swap 1 ETH to WETH"), "0b");
  assert.equal(commands("swap 1 WETH to ETH"), "020c");
  assert.equal(commands("swap 1 USDC to ETH"), "000c");
  assert.equal(commands("swap 1 USDC to DAI"), "00");
  assert.equal(commands("swap 100 ARB to WBTC", "arbitrum"), "00");
});

test("addresses are 20 bytes and no two tokens of a chain share one", () => {
  for (const [chain, { tokens, router }] of Object.entries(CHAINS)) {
    const addresses = [...tokens.values()].map(({ address }) => address);
    for (const address of [...addresses, router]) assert.match(address, /^0x[0-9a-fA-F]{40}$/);
    assert.equal(new Set(addresses.map((address) => address.toLowerCase())).size, addresses.length, chain);
  }
});
