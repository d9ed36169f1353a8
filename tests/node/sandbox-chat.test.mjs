import assert from "node:assert/strict";
import { test } from "node:test";
import { compose, languageOf, split } from "../../sandbox/answer.mjs";
import { ask, CHAT, joined, payloads, post, postRaw, question, sandboxFor } from "./sandbox.fixture.mjs";

const HOUR = 3_600_000;

test("a stream has the documented wire shape", async (t) => {
  const sandbox = await sandboxFor(t);
  const response = await post(sandbox, CHAT, question("Analyze SOL.", { stream: true }));
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(response.headers.get("cache-control"), "no-cache");
  const text = await response.text();
  assert.ok(text.endsWith("data: [DONE]\n\n"));
  const data = payloads(text);
  const chunks = data.slice(0, -1).map((payload) => JSON.parse(payload));
  const { chatId, messageId } = chunks[0];
  assert.match(chatId, /^chat_[0-9a-f]{24}$/);
  assert.match(messageId, /^msg_[0-9a-f]{24}$/);
  const shape = (delta, finish_reason = null, rest = {}) => ({
    chatId,
    messageId,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason }],
    ...rest,
  });
  const { usage } = chunks.at(-1);
  assert.deepEqual(chunks[0], shape({ role: "assistant" }));
  assert.deepEqual(chunks.at(-1), shape({}, "stop", { usage }));
  for (const chunk of chunks.slice(1, -1)) assert.deepEqual(chunk, shape({ content: chunk.choices[0].delta.content }));
  assert.equal(usage.outputTokens, chunks.length - 2);
  assert.equal(usage.totalTokens, usage.inputTokens + usage.outputTokens);
});

test("each event is a write of its own", async (t) => {
  const sandbox = await sandboxFor(t);
  const { chunks, head, whole } = await postRaw(sandbox, CHAT, question("Analyze SOL.", { stream: true }));
  assert.match(head, /^HTTP\/1\.1 200 OK/);
  assert.ok(whole && chunks.length > 50);
  for (const chunk of chunks) assert.match(chunk.toString("utf8"), /^data: [^\n]+\n\n$/u);
});

test("streamed and whole answers to a question are the same text", async (t) => {
  const sandbox = await sandboxFor(t);
  for (const mode of ["fast", "expert"]) {
    const whole = (await ask(sandbox, CHAT, question("Analyze SOL.", { mode }))).body;
    const streamed = await (await post(sandbox, CHAT, question("Analyze SOL.", { mode, stream: true }))).text();
    assert.equal(joined(streamed), whole.content);
  }
});

test("the pace is kept between deltas: at one delta an hour only the role arrives, and a stop is seen", async (t) => {
  const sandbox = await sandboxFor(t, { pace: HOUR });
  const stop = new AbortController();
  const response = await post(sandbox, CHAT, question("Analyze SOL.", { stream: true }), { signal: stop.signal });
  const reader = response.body.getReader();
  const { value } = await reader.read();
  assert.equal(payloads(new TextDecoder().decode(value)).length, 1);
  assert.equal(sandbox.counters.openRequests, 1);
  const next = reader.read();
  stop.abort();
  await assert.rejects(next, { name: "AbortError" });
  await sandbox.until(({ counters }) => counters.closedByClient === 1 && counters.openRequests === 0);
  const [{ closed, completed, produced, events }] = sandbox.requests;
  assert.deepEqual({ closed, completed, produced, events }, { closed: true, completed: false, produced: 0, events: 1 });
});

test("a client that goes away before the answer begins is recorded too", async (t) => {
  const sandbox = await sandboxFor(t, { pace: HOUR });
  const stop = new AbortController();
  const pending = post(sandbox, CHAT, question("Analyze SOL."), { signal: stop.signal });
  await sandbox.until(({ counters }) => counters.charges === 1);
  stop.abort();
  await assert.rejects(pending, { name: "AbortError" });
  await sandbox.until(({ requests }) => requests[0].closed);
  assert.equal(sandbox.counters.closedByClient, 1);
});

test("a whole stream does not count as closed by the client", async (t) => {
  const sandbox = await sandboxFor(t);
  await (await post(sandbox, CHAT, question("hi", { stream: true }))).text();
  await sandbox.until(({ requests }) => requests[0].completed);
  assert.equal(sandbox.counters.closedByClient, 0);
  assert.equal(sandbox.requests[0].closed, false);
});

test("a chat goes on with what was asked before", async (t) => {
  const sandbox = await sandboxFor(t);
  const first = (await ask(sandbox, CHAT, question("Analyze the price of SOL."))).body;
  const second = (await ask(sandbox, CHAT, question("And the risks?", { chatId: first.chatId }))).body;
  assert.equal(second.chatId, first.chatId);
  assert.notEqual(second.messageId, first.messageId);
  assert.ok(second.content.includes("Going on from your earlier question, “Analyze the price of SOL.”:"));
  assert.ok(second.content.includes("SOL"), "the coin is remembered");
  assert.ok(second.usage.inputTokens > first.usage.inputTokens);
  const unknown = await ask(sandbox, CHAT, question("hi", { chatId: "chat_unknown" }));
  assert.deepEqual([unknown.status, unknown.body.message], [404, "no chat chat_unknown"]);
});

test("the language of the question is the language of the answer", () => {
  const cases = [
    ["Analyze the recent price action of SOL.", "en", "## SOL price action"],
    ["SOL의 최근 가격 움직임을 분석해 주세요.", "ko", "## SOL 가격 움직임"],
    ["分析 SOL 最近的价格走势。", "zh", "## SOL 价格走势"],
    ["SOL'ün son fiyat hareketini analiz et.", "tr", "## SOL fiyat hareketi"],
  ];
  for (const [content, language, heading] of cases) {
    assert.equal(languageOf(content), language);
    const text = compose({ question: content, mode: "fast", earlier: [] }).deltas.join("");
    assert.ok(text.includes(heading), text);
    assert.match(text.split("\n")[0], /^> .*sandbox/i);
  }
});

const TOPIC_QUESTIONS = {
  price: ["ETH price?", "ETH 시세는?", "ETH 行情", "ETH fiyatı ne olur, analiz et"],
  swap: ["How do I swap tokens?", "토큰 스왑은?", "怎么兑换？", "Takas nasıl yapılır?"],
  perp: ["What is leverage?", "레버리지란?", "什么是杠杆？", "Kaldıraç nedir?"],
  prediction: ["How do I read Polymarket?", "예측 시장이란?", "预测市场？", "Tahmin piyasası nedir?"],
  code: ["Show me some code", "코드 보여줘", "给我代码", "Bana bir kod göster, nasıl?"],
  general: ["Hello", "안녕하세요", "你好", "Merhaba, nasılsın?"],
};

test("six topics in four languages are all different, and expert says more than fast", () => {
  const seen = new Set();
  for (const questions of Object.values(TOPIC_QUESTIONS)) {
    for (const content of questions) {
      const [fast, expert] = ["fast", "expert"].map((mode) => compose({ question: content, mode, earlier: [] }).deltas.join(""));
      assert.ok(expert.startsWith(fast) && expert.length > fast.length * 1.5, content);
      assert.doesNotMatch(expert, /undefined|NaN|\[object/, content);
      assert.match(expert, /^## .+$/mu, content);
      assert.match(expert, /^\| .+ \|$/mu, content);
      assert.match(expert, /^1\. |^- /mu, content);
      assert.match(expert, /\*\*.+\*\*/u, content);
      assert.match(expert, /\[.+\]\(https:\/\/minara\.ai\/.+\)/u, content);
      seen.add(fast);
    }
  }
  assert.equal(seen.size, 24);
});

test("code questions get a code block", () => {
  const text = compose({ question: "Show me some code", mode: "fast", earlier: [] }).deltas.join("");
  assert.match(text, /^```js\n[\s\S]+\n```$/mu);
});

test("deltas join to the text and never part a code point", () => {
  for (const text of ["a  b\n\nc ", "가격은 84달러입니다", "😀😀😀😀😀😀😀😀 ok", "  ", "", "x".repeat(20)]) {
    const deltas = split(text);
    assert.equal(deltas.join(""), text);
    for (const delta of deltas) assert.ok(delta.isWellFormed());
  }
});

test("two hundred streams at once all arrive whole", async (t) => {
  const sandbox = await sandboxFor(t);
  const texts = await Promise.all(
    Array.from({ length: 200 }, async () => (await post(sandbox, CHAT, question("hi", { stream: true }))).text()),
  );
  assert.equal(new Set(texts.map(joined)).size, 1);
  assert.ok(texts.every((text) => text.endsWith("data: [DONE]\n\n")));
  assert.equal(sandbox.counters.charges, 200);
  await sandbox.until(({ counters }) => counters.openRequests === 0);
});
