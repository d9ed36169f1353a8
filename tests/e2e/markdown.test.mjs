// A model's text as the page shows it: no character of an amount is taken for markup, however the text arrives.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { build } from "esbuild";

import { launchChromium } from "../chromium.mjs";

const source = (name) => new URL(`../../www/src/${name}.ts`, import.meta.url).pathname;
/** By the names that they have in the page. */
const ENTRIES = { markdown: source("markdown"), literals: source("markdown-literals") };
const paragraph = (html) => `<p dir="auto">${html}</p>`;
const shownAsWritten = (...texts) => texts.map((text) => [text, paragraph(text)]);
const link = (address, text = address) =>
  `<a href="${address}" rel="noopener noreferrer nofollow" target="_blank">${text}</a>`;
const code = (text, language = "") =>
  `<div class="scroll" tabindex="0" role="group" aria-label="Code"><pre><code${language}>${text}</code></pre></div>`;

const DOLLARS = [
  ...shownAsWritten(
    "Buy $ETH at $3,000. Stop at $-5?",
    "Buy $ETH now.",
    "From $(5) to $[6], or $$7 and $$",
    "Buy $ETH, $SOL and $BTC for $x$y$",
  ),
  [
    "**$SOL** is up 5% today, from $140 to $147.",
    paragraph("<strong>$SOL</strong> is up 5% today, from $140 to $147."),
  ],
  ["*$5* and __$6__", paragraph("<em>$5</em> and <strong>$6</strong>")],
  ["It costs \\$5.", paragraph("It costs $5.")],
  ["- $5\n- $6", '<ul dir="auto"><li>$5</li><li>$6</li></ul>'],
  ["# $BTC at $1", '<h3 dir="auto">$BTC at $1</h3>'],
  ["[$5](https://a.example/$b)", paragraph(link("https://a.example/$b", "$5"))],
];

const STARS_AND_UNDERSCORES = [
  ...shownAsWritten(
    "2*3*4 = 24",
    "2 * 3 * 4 = 24",
    "2 *3 = 6",
    "5*(3+2)*4 and 5*(3+2)*(4+1)",
    "Take *(3+2)*4 of it",
    "2%*3 and 5*(1) and [2]*3 or 4*[5]",
    "(3+2)**2 and x**2",
    "2**3 + 4**5 = 1032",
    "x**2 and y**2",
    "card ****1234, or **** at the end ****",
    "token_id, user_id and __a__b for foo_(x)_bar",
    "a snake_case_ name_ and more",
    "Up 5%* and 6%** (*after fees",
    "(1+2)**3 and (1+2)**4",
  ),
  [
    "**Price:**105k and **Low:**99k, **up 5%**since, **BTC (Bitcoin)**is up",
    paragraph(
      "<strong>Price:</strong>105k and <strong>Low:</strong>99k, <strong>up 5%</strong>since, " +
        "<strong>BTC (Bitcoin)</strong>is up",
    ),
  ],
  ["`p`*`q`*`r` = 6", paragraph("<code>p</code>*<code>q</code>*<code>r</code> = 6")],
  ["**Total: 2 * 3 = 6** and *7 * 8*", paragraph("<strong>Total: 2 * 3 = 6</strong> and <em>7 * 8</em>")],
  [
    "*2*3*4* and **10**x and **2*3*4**",
    paragraph("<em>2*3*4</em> and <strong>10</strong>x and <strong>2*3*4</strong>"),
  ],
  ["*a _b_ **c*d** e*", paragraph("<em>a <em>b</em> <strong>c*d</strong> e</em>")],
  [
    "***both*** and ***one** two*",
    paragraph("<strong><em>both</em></strong> and <strong><em>one</em></strong><em> two</em>"),
  ],
  ["**비트코인**은 **140달러(최고)**를", paragraph("<strong>비트코인</strong>은 <strong>140달러(최고)</strong>를")],
  ["가격(5%)**BTC**는", paragraph("가격(5%)<strong>BTC</strong>는")],
  ["价格**上涨**了，*注意：*谨慎", paragraph("价格<strong>上涨</strong>了，<em>注意：</em>谨慎")],
  [
    "* one\n* *two*\n\n***\n\nend",
    `<ul dir="auto"><li>one</li><li><em>two</em></li></ul><hr dir="auto">${paragraph("end")}`,
  ],
  ["one *two\n\n* three", `${paragraph("one *two")}<ul dir="auto"><li>three</li></ul>`],
  ["~~5~~ and ~~6, about ~7", paragraph("<s>5</s> and ~~6, about ~7")],
  ["\\*5\\* and 2\\*3", paragraph("*5* and 2*3")],
];

const BRACKETS = [
  ...shownAsWritten(
    "The range is [1.5, 2.0]",
    "from [1.5, 2.0] to (2, 3]",
    "half open: [0, 1) and [2, 3)",
    "x[0] = [[1], [2]] ![3]",
    "[1.5](2.0) and [1.5, 2.0](3, 4) and [1](",
    "[1, 2](half of it, 5 of 6",
    "[Support](105k) and [Resistance](1.2M), [long/short](3/1), [10](20ETH), [BTC](#1)",
    "](](](](]( and [a](b[c](d",
  ),
  ["**[1.5, 2.0]** [**3**, 4]", paragraph("<strong>[1.5, 2.0]</strong> [<strong>3</strong>, 4]")],
  ["[a](https://a.example/x_y*z) [1]", paragraph(`${link("https://a.example/x_y*z", "a")} [1]`)],
  ["[a](https://a.example", paragraph("[a](https://a.example")],
  ["\\(x = 5\\) and \\[6, 7\\]", paragraph("(x = 5) and [6, 7]")],
  ["\\[\n8 + 9\n\\]", paragraph("[<br>8 + 9<br>]")],
];

const OTHERS = [
  ...shownAsWritten("140.50. Then 1.000.000. Then", "1.5. Then", "-5% or +5%", "3.5 ETH"),
  ["3. third", '<ol dir="auto" start="3"><li>third</li></ol>'],
  ["`$5 2*3*4 [1] a_b \\* \\$ ](x y`", paragraph("<code>$5 2*3*4 [1] a_b \\* \\$ ](x y</code>")],
  ["```a_b\n$5 2*3*4 [1] \\* **\n140.50. x\n```", code("$5 2*3*4 [1] \\* **\n140.50. x", ' data-language="a_b"')],
  ["https://a.example/$b_c*d end", paragraph(`${link("https://a.example/$b_c*d")} end`)],
  ["\uFDD0\uFDD1\uE000", paragraph("\uFFFD\uFFFD\uE000")],
];

describe("Markdown", () => {
  let browser, page;
  before(async () => {
    browser = await launchChromium();
    page = await browser.newPage();
    const options = { bundle: true, format: "iife", write: false };
    for (const [globalName, entry] of Object.entries(ENTRIES)) {
      const { outputFiles } = await build({ entryPoints: [entry], globalName, ...options });
      await page.addScriptTag({ content: outputFiles[0].text });
    }
  });
  after(() => browser?.close());

  /** The HTML of a text that comes whole, character by character, and cut in two at each place: each different one. */
  const shown = (text) =>
    page.evaluate((written) => {
      const strings = { table: "Table", code: "Code", done: "done", open: "not done" };
      const characters = [...written];
      const cuts = characters.map((_, at) => [characters.slice(0, at).join(""), characters.slice(at).join("")]);
      const render = (parts) => {
        const root = document.createElement("div");
        const writer = globalThis.markdown.renderMarkdown(root, strings, 3);
        for (const part of parts) writer.write(part);
        writer.end();
        return root.innerHTML;
      };
      return [...new Set([[written], characters, ...cuts].map(render))];
    }, text);

  test("takes time in proportion to the text, whatever it is made of", async () => {
    const steps = (text) =>
      page.evaluate((written) => {
        let taken = 0;
        const guard = new globalThis.literals.LiteralGuard({
          write: (part) => void (taken += part.length),
          isWithin: () => false,
        });
        const { test } = RegExp.prototype;
        RegExp.prototype.test = function (read) {
          taken += read.length;
          return test.call(this, read);
        };
        try {
          guard.write(written);
          guard.end();
        } finally {
          RegExp.prototype.test = test;
        }
        return taken;
      }, text);
    for (const piece of ["](", "[a](b", "* ", "**", "$", "word "]) {
      const [once, fourfold] = [await steps(piece.repeat(2_000)), await steps(piece.repeat(8_000))];
      assert.ok(fourfold <= 5 * once, `${piece}: ${once}, then ${fourfold}`);
    }
  });

  for (const [name, cases] of [
    ["shows each dollar sign, and what is between two of them, as it was written", DOLLARS],
    ["takes stars and underscores for emphasis only where they begin and end one", STARS_AND_UNDERSCORES],
    ["keeps the brackets of what is no link", BRACKETS],
    ["leaves numbers, code and addresses as they are", OTHERS],
  ]) {
    test(name, async () => {
      for (const [text, html] of cases) assert.deepEqual(await shown(text), [html], text);
    });
  }
});
