// Chains and their tokens: real contract addresses and decimals, which differ from chain to chain.

/** How the API's answers write a chain's own coin where an address is wanted. */
export const NATIVE = "0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE";

/** Permit2, at the same address everywhere: it holds the approvals, the router does the swap. */
const PERMIT2 = "0x000000000022D473030F116dDEE9F6B43aC78BA3";

const chain = (fields, native, tokens) => ({
  ...fields,
  spender: PERMIT2,
  native,
  tokens: new Map([
    [native, { symbol: native, address: NATIVE, decimals: 18 }],
    ...tokens.map(([symbol, address, decimals = 18]) => [symbol.toUpperCase(), { symbol, address, decimals }]),
  ]),
});

const OP_STACK_WETH = "0x4200000000000000000000000000000000000006";

export const CHAINS = {
  base: chain(
    { id: 8453, router: "0x3fC91A3afd70395Cd496C647d5a6CC9D4B2b7FAD", wrapped: "WETH", gasPrice: 10943011n, priorityFee: 7301883n },
    "ETH",
    [
      ["WETH", OP_STACK_WETH],
      ["USDC", "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", 6],
      ["USDT", "0xfde4C96c8593536E31F229EA8f37b2ADa2699bb2", 6],
      ["DAI", "0x50c5725949A6F0c72E6C4a641F24049A917DB0Cb"],
      ["WBTC", "0x0555E30da8f98308EdB960aa94C0Db47230d2B9c", 8],
      ["cbBTC", "0xcbB7C0000aB88B473b1f5aFd9ef808440eed33Bf", 8],
      ["AERO", "0x940181a94A35A4569E4529A3CDfB74e38FD98631"],
    ],
  ),
  ethereum: chain(
    { id: 1, router: "0x3fC91A3afd70395Cd496C647d5a6CC9D4B2b7FAD", wrapped: "WETH", gasPrice: 812450011n, priorityFee: 50000000n },
    "ETH",
    [
      ["WETH", "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2"],
      ["USDC", "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", 6],
      ["USDT", "0xdAC17F958D2ee523a2206206994597C13D831ec7", 6],
      ["DAI", "0x6B175474E89094C44Da98b954EedeAC495271d0F"],
      ["WBTC", "0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599", 8],
      ["LINK", "0x514910771AF9Ca656af840dff83E8264EcF986CA"],
      ["UNI", "0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984"],
    ],
  ),
  bsc: chain(
    { id: 56, router: "0x4Dae2f939ACf50408e13d58534Ff8c2776d45265", wrapped: "WBNB", gasPrice: 100000000n, priorityFee: 100000000n },
    "BNB",
    [
      ["WBNB", "0xbb4CdB9CBd36B01bD1cBaEBF2De08d9173bc095c"],
      ["USDC", "0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d", 18],
      ["USDT", "0x55d398326f99059fF775485246999027B3197955", 18],
      ["DAI", "0x1AF3F329e8BE154074D8769D1FFa4eE058B1DBc3"],
      ["ETH", "0x2170Ed0880ac9A755fd29B2688956BD959F933F8"],
      ["BTCB", "0x7130d2A12B9BCbFAe4f2634d864A1Ee1Ce3Ead9c"],
      ["CAKE", "0x0E09FaBB73Bd3Ade0a17ECC321fD13a19e81cE82"],
    ],
  ),
  arbitrum: chain(
    { id: 42161, router: "0x5E325eDA8064b456f4781070C0738d849c824258", wrapped: "WETH", gasPrice: 20004000n, priorityFee: 10000n },
    "ETH",
    [
      ["WETH", "0x82aF49447D8a07e3bd95BD0d56f35241523fBab1"],
      ["USDC", "0xaf88d065e77c8cC2239327C5EDb3A432268e5831", 6],
      ["USDC.e", "0xFF970A61A04b1cA14834A43f5dE4533eBDDB5CC8", 6],
      ["USDT", "0xFd086bC7CD5C481DCC9C85ebE478A1C0b69FCbb9", 6],
      ["DAI", "0xDA10009cBd5D07dd0CeCc66161FC93D7c9000da1"],
      ["WBTC", "0x2f2a2543B76A4166549F7aaB2e75Bef0aefC5B0f", 8],
      ["ARB", "0x912CE59144191C1204E64559FE8253a0e49E6548"],
    ],
  ),
  optimism: chain(
    { id: 10, router: "0xCb1355ff08Ab38bBCE60111F1bb2B784bE25D7e8", wrapped: "WETH", gasPrice: 1050240n, priorityFee: 1000000n },
    "ETH",
    [
      ["WETH", OP_STACK_WETH],
      ["USDC", "0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85", 6],
      ["USDT", "0x94b008aA00579c1307B0EF2c499aD98a8ce58e58", 6],
      ["DAI", "0xDA10009cBd5D07dd0CeCc66161FC93D7c9000da1"],
      ["WBTC", "0x68f180fcCe6836688e9084f035309E29Bf0A2095", 8],
      ["OP", "0x4200000000000000000000000000000000000042"],
    ],
  ),
};

export const isNative = (token) => token.address === NATIVE;
