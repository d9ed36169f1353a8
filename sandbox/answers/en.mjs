export default {
  locale: "en-US",
  banner: "> **Sandbox answer** – example data from a local server, not market data and not advice.",
  earlier: (question) => `Going on from your earlier question, “${question}”:`,

  price: (m, deep) => `## ${m.symbol} price action

**${m.symbol}** trades at **${m.price}**, ${m.day} on the day and ${m.week} on the week.

- **Support:** ${m.support}, tested twice this month
- **Resistance:** ${m.resistance}
- **RSI(14):** ${m.rsi}, neither stretched nor washed out

The short-term trend is ${m.rises ? "up" : "down"}: ${m.rises ? "dips are bought" : "rallies are sold"} as long as ${m.rises ? m.support : m.resistance} holds.${deep ? `

### Timeframes side by side

| Timeframe | Change | Reading |
| --- | ---: | --- |
| 1 day | ${m.day} | noise around the average |
| 1 week | ${m.week} | ${m.rises ? "buyers in control" : "sellers in control"} |
| 1 month | ${m.month} | sets the wider range |

### Two ways it can go

1. **A close beyond ${m.resistance}** opens the next leg up. Volume should rise with it; a break on thin volume often comes back.
2. **A close below ${m.support}** turns the last low into resistance and asks for patience.

### What to watch

- *Funding* on perpetuals: far from zero, one side pays to stay in.
- *Exchange flows:* coins that move to exchanges are for sale more often than not.
- *Bitcoin:* on most days it explains more of the move than any news about ${m.symbol} itself.

Size a position by its stop, not by conviction: with 1 % of the account at risk and a stop 4 % away, the position is a quarter of the account.

More in the [Minara documentation](https://minara.ai/docs/trade/agent-api/api-key).` : ""}`,

  swap: (m, deep) => `## Swapping tokens

Say what to sell, how much, and what to buy, for example \`swap 0.1 ETH to USDC\`. The answer is a **quote** and an **unsigned transaction**; nothing moves before your wallet signs.

1. Check the amount, the chain and the price impact.
2. Approve the token, if it is an ERC-20: only the amount that is needed.
3. Ask for a fresh quote, then sign the swap.${deep ? `

### What the numbers mean

| Field | Meaning |
| --- | --- |
| \`toTokenAmount\` | expected output in the smallest unit, not a promise |
| \`priceImpact\` | what the swap loses to the pools, in percent |
| \`tradeFee\` | network fee in USD |

### Before you sign

- **The spender is not the router.** Approve the address in \`approval.spenderAddress\`.
- **Never approve without a limit:** a later bug in the spender could take everything.
- **Mind the size:** above 3 % impact, several small swaps are cheaper than a large one.

More in the [Minara documentation](https://minara.ai/docs/trade/agent-api/api-key).` : ""}`,

  perp: (m, deep) => `## Perpetuals and leverage

Leverage multiplies the **position**, not your edge. At *n*× a move of 100 ÷ *n* % against you takes the whole margin.

- Put the **stop** well before the rough liquidation price.
- Aim for a **target** at least twice as far away as the stop.
- ${m.symbol} at ${m.price}: first levels are ${m.support} and ${m.resistance}.${deep ? `

### What leverage does to the room you have

| Leverage | Liquidated after | Stop no further than |
| ---: | ---: | ---: |
| 5× | 20 % | 12 % |
| 10× | 10 % | 6 % |
| 20× | 5 % | 3 % |
| 40× | 2.5 % | 1.5 % |

### Costs that are easy to forget

1. **Funding** is paid every eight hours on the whole position.
2. **Fees** are charged on the position as well: 0.05 % twice is 1 % of the margin at 10×.
3. **Slippage** at the stop: in a fast market it fills later than it says.

More in the [Minara documentation](https://minara.ai/docs/trade/agent-api/api-key).` : ""}`,

  prediction: (m, deep) => `## Reading a prediction market

A price of 0.62 for **Yes** says that the market sees a chance of about **62 %**.

- Outcomes of one event need not add up to 100 %: some include others.
- Thin books move on small orders; look at the volume first.${deep ? `

### From price to decision

| Your estimate | Price of Yes | Edge |
| ---: | ---: | ---: |
| 70 % | 0.62 | +8 points |
| 62 % | 0.62 | none |
| 50 % | 0.62 | buy No instead |

1. Write your own estimate down **before** you look at the price.
2. Ask what the other side knows.
3. Read the resolution rules: many surprises are in there.

More in the [Minara documentation](https://minara.ai/docs/trade/agent-api/api-key).` : ""}`,

  code: (m, deep) => `## Calling the API from a page

\`\`\`js
import { Minara } from "minara";

const minara = new Minara({ baseUrl: "/api" });
for await (const part of minara.chatStream({ message: "Analyze ${m.symbol}" })) {
  output.append(part.text);
}
\`\`\`

The key stays on the server: the page talks to **your** Worker, and the Worker to Minara.${deep ? `

### The calls

| Call | Gives |
| --- | --- |
| \`chat\`, \`chatStream\` | an answer, whole or as it is written |
| \`intentToSwap\` | a quote and an unsigned transaction |
| \`perpTradingSuggestion\` | side, entry, stop and target |
| \`predictionMarketAsk\` | a probability for each outcome |

### Good habits

- **Stop what nobody reads:** leaving the loop closes the stream.
- **Set \`requestId\`** where an answer must not be paid for twice.
- **Look at \`error.code\`**, not at the message.

More in the [Minara documentation](https://minara.ai/docs/trade/agent-api/api-key).` : ""}`,

  general: (m, deep) => `## What you can ask

- **Markets:** “Analyze the recent price action of SOL.”
- **Swaps:** “How do I swap 0.1 ETH to USDC?”
- **Perpetuals:** “What does 10× leverage mean for my stop?”
- **Predictions:** “How do I read a Polymarket price?”${deep ? `

### Which mode for what

| Mode | For | Takes |
| --- | --- | ---: |
| \`fast\` | a figure, a definition, a first look | seconds |
| \`expert\` | a decision with reasons and risks | 10–30 s |

1. Name the **token** and the **time** you look at.
2. Say what you want to **decide**, not only what you want to know.
3. Ask for the **risks**: they are the part that is easy to skip.

More in the [Minara documentation](https://minara.ai/docs/trade/agent-api/api-key).` : ""}`,
};
