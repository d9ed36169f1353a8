// POST /v1/developer/intent-to-swap-tx: a quote that adds up and a transaction that does nothing.
import { addressBytes, encode } from "./abi.mjs";
import { parseIntent } from "./intent.mjs";
import { PRICE_PLACES, PRICES, scaledPrice } from "./markets.mjs";
import { Refused } from "./replies.mjs";
import { CHAINS, isNative, NATIVE } from "./tokens.mjs";

const MILLION = 1_000_000n;
/** Swaps of this many USD lose half their value to the pool: large ones show the warnings. */
const POOL_DEPTH_USD = 20_000_000n;
/**
 * The routers are real, the deadline is long past (1 January 2020): signed by mistake, the
 * transaction is reverted and moves nothing. Wallets say so before they ask.
 */
const EXPIRED = 1_577_836_800n;
/** Universal Router `execute(bytes,bytes[],uint256)` and the commands used here. */
const EXECUTE = "3593564c";
const COMMAND = { swap: "00", transferFrom: "02", wrap: "0b", unwrap: "0c" };
/** The router's own names for "whoever calls" and "the router itself". */
const CALLER = 1n;
const ROUTER = 2n;
const STABLES = new Set(["USDC", "USDC.e", "USDT", "DAI"]);

export function swapTransaction({ intent, walletAddress, chain }) {
  if (!/^0x[0-9a-fA-F]{40}$/.test(walletAddress)) throw new Refused("walletAddress must be 0x and 40 hex digits");
  const swap = parseIntent(intent, chain);
  const route = routeOf(swap);
  const quote = quoteOf(swap, route);
  return {
    intent: {
      chain: swap.chain,
      inputTokenAddress: isNative(swap.input) ? null : swap.input.address,
      inputTokenSymbol: swap.input.symbol,
      outputTokenAddress: swap.output.address,
      outputTokenSymbol: swap.output.symbol,
      amount: String(swap.amount),
      userWalletAddress: walletAddress,
    },
    quote,
    inputToken: tokenView(swap.input),
    outputToken: tokenView(swap.output),
    unsignedTx: transactionOf(swap, route, quote, walletAddress),
    approval: approvalOf(swap, walletAddress),
    note: "Sandbox: example data with made-up prices. The transaction's deadline has passed, so it would be reverted.",
  };
}

const tokenView = ({ address, symbol, decimals }) => ({
  address,
  symbol,
  decimals: String(decimals),
  unitPrice: PRICES[symbol.toUpperCase()],
});

/** The pools between two tokens: `tokens` are addresses, `fees` in parts per million between them. */
function routeOf({ chain, input, output }) {
  const { tokens, wrapped } = CHAINS[chain];
  const hub = tokens.get(wrapped);
  const [from, to] = [input, output].map((token) => (isNative(token) ? hub : token));
  if (from === to) return { tokens: [from.address], fees: [] };
  const fee = (token) => (STABLES.has(token.symbol) ? 500n : 3000n);
  if (STABLES.has(from.symbol) && STABLES.has(to.symbol)) return { tokens: [from.address, to.address], fees: [100n] };
  if (from === hub || to === hub) return { tokens: [from.address, to.address], fees: [fee(from === hub ? to : from)] };
  return { tokens: [from.address, hub.address, to.address], fees: [fee(from), fee(to)] };
}

/**
 * `toTokenAmount = amount × price in ÷ price out × (1 + priceImpact ÷ 100)`, rounded down. The
 * impact is what the swap loses altogether, pool fees included; `tradeFee` is the network's, in USD.
 */
function quoteOf({ chain, input, output, amount }, { fees }) {
  const valueIn = amount * scaledPrice(input.symbol);
  const usd = valueIn / 10n ** BigInt(input.decimals + PRICE_PLACES);
  const depth = fees.length === 0 ? 0n : (usd * MILLION) / (usd + POOL_DEPTH_USD) + 1n;
  const lost = fees.reduce((sum, fee) => sum + fee, depth);
  const kept = lost >= MILLION ? 1n : MILLION - lost;
  const unit = scaledPrice(output.symbol) * 10n ** BigInt(input.decimals) * MILLION;
  const toTokenAmount = (valueIn * kept * 10n ** BigInt(output.decimals)) / unit;
  if (toTokenAmount === 0n) throw new Refused(`amount is too small to buy any ${output.symbol}`);
  if (toTokenAmount >= 1n << 256n) throw new Refused("the amount bought does not fit into 256 bits");
  const gas = 126_000n + 92_000n * BigInt(fees.length) + (isNative(input) ? 0n : 41_000n);
  return {
    fromTokenAmount: String(amount),
    toTokenAmount: String(toTokenAmount),
    estimatedGas: String(gas),
    priceImpact: kept === MILLION ? "0" : `-${decimal(MILLION - kept, 4)}`,
    tradeFee: networkFee(chain, gas),
  };
}

function networkFee(chain, gas) {
  const { gasPrice, native } = CHAINS[chain];
  return decimal(gas * gasPrice * scaledPrice(native), 18 + PRICE_PLACES);
}

/** A whole number of 10^−places as decimal text without trailing zeros. */
function decimal(value, places) {
  const digits = String(value).padStart(places + 1, "0");
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, "");
}

function transactionOf({ chain, input, output, amount }, route, { toTokenAmount, estimatedGas }, from) {
  const { router, gasPrice, priorityFee } = CHAINS[chain];
  const minimum = (BigInt(toTokenAmount) * 995n) / 1000n;
  const steps = stepsOf(input, output, amount, minimum, route);
  const commands = steps.map(([command]) => command).join("");
  const inputs = steps.map(([, data]) => data);
  return {
    chainType: "evm",
    from,
    to: router,
    data: `0x${EXECUTE}${encode(["bytes", "bytes[]", "uint256"], [commands, inputs, EXPIRED])}`,
    value: isNative(input) ? String(amount) : "0",
    gas: estimatedGas,
    gasPrice: String(gasPrice),
    maxPriorityFeePerGas: String(priorityFee),
  };
}

/** The router's commands: wrap what is native, swap along the path, unwrap what should be native. */
function stepsOf(input, output, amount, minimum, { tokens, fees }) {
  const [wraps, unwraps] = [isNative(input), isNative(output)];
  const steps = [];
  if (wraps) steps.push([COMMAND.wrap, encode(["address", "uint256"], [fees.length ? ROUTER : CALLER, amount])]);
  if (fees.length > 0) {
    const path = tokens.map((token, index) => addressBytes(token) + (fees[index]?.toString(16).padStart(6, "0") ?? "")).join("");
    const types = ["address", "uint256", "uint256", "bytes", "bool"];
    const values = [unwraps ? ROUTER : CALLER, amount, unwraps ? 0n : minimum, path, wraps ? 0n : 1n];
    steps.push([COMMAND.swap, encode(types, values)]);
  } else if (!wraps) {
    steps.push([COMMAND.transferFrom, encode(["address", "address", "uint256"], [input.address, ROUTER, amount])]);
  }
  if (unwraps) steps.push([COMMAND.unwrap, encode(["address", "uint256"], [CALLER, minimum])]);
  return steps;
}

/** Wallets that end in `aa` have approved the amount already, those in `ab` half of it. */
function approvalOf({ chain, input, amount }, walletAddress) {
  const { spender } = CHAINS[chain];
  if (isNative(input)) {
    const nothing = { requiredAmount: "0", approveAmount: "0", currentAllowance: "0" };
    const message = `Sandbox: no approval is needed, ${input.symbol} is the chain's own coin.`;
    return { isRequired: false, tokenAddress: NATIVE, spenderAddress: spender, ...nothing, message };
  }
  const ending = walletAddress.slice(-2).toLowerCase();
  const allowance = ending === "aa" ? amount : ending === "ab" ? amount / 2n : 0n;
  const isRequired = allowance < amount;
  const shown = `${decimal(amount, input.decimals)} ${input.symbol}`;
  return {
    isRequired,
    tokenAddress: input.address,
    spenderAddress: spender,
    requiredAmount: String(amount),
    approveAmount: String(amount),
    currentAllowance: String(allowance),
    message: isRequired
      ? `Sandbox: approve ${shown} for ${spender} before the swap.`
      : `Sandbox: ${shown} is approved already; no approval is needed.`,
  };
}
