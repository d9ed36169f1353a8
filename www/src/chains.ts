// The chains that the API documents, and the coin of each, in which its gas is paid.

const KNOWN = [
  { value: "base", name: "Base", coin: "ETH" },
  { value: "ethereum", name: "Ethereum", coin: "ETH" },
  { value: "bsc", name: "BNB Smart Chain", coin: "BNB" },
  { value: "arbitrum", name: "Arbitrum", coin: "ETH" },
  { value: "optimism", name: "Optimism", coin: "ETH" },
] as const;

/** As a choice offers them. */
export const CHAINS = KNOWN.map(({ value, name }) => [value, name] as const);

/** Undefined for any other chain: nothing is guessed of one. */
export function knownChain(chain: string | null | undefined): (typeof KNOWN)[number] | undefined {
  return KNOWN.find(({ value }) => value === chain?.toLowerCase());
}
