// The documented wire shape of a chat stream: one `data:` line per event, `[DONE]` at the end.

export const dataEvent = (data) => `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;

export const DONE = dataEvent("[DONE]");
export const COMMENT = ": heartbeat\n\n";

/** One chunk of an answer; `extra` carries what only the last one has (`usage`). */
export function chunkEvent(answer, delta, finishReason = null, extra = {}) {
  return dataEvent({
    chatId: answer.chatId,
    messageId: answer.messageId,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: finishReason }],
    ...extra,
  });
}

/** The events of a whole answer, as fast as its deltas come; ends early when they are cancelled. */
export async function* chatEvents(answer, deltas, fault = {}) {
  const { finishReason = "stop", noDone = false } = fault;
  yield chunkEvent(answer, { role: "assistant" });
  for await (const content of deltas) yield chunkEvent(answer, { content });
  if (deltas.cancelled) return;
  yield chunkEvent(answer, {}, finishReason, { usage: answer.usage });
  if (!noDone) yield DONE;
}

/** Applies the faults that change what the events are, in a place that the script names. */
export async function* alterEvents(events, fault) {
  const insertions = insertionsOf(fault);
  let index = 0;
  let held;
  const emit = (text) => (fault.lineEnding ? text.replaceAll("\n", fault.lineEnding) : text);
  for await (const text of events) {
    if (held !== undefined) yield emit(held);
    held = undefined;
    for (const extra of insertions.get(index) ?? []) yield emit(extra);
    insertions.delete(index);
    index += 1;
    // The last event can only be known by waiting for the next one: held back under this fault alone.
    if (fault.noLastBlankLine) held = text;
    else yield emit(text);
  }
  if (held !== undefined) yield emit(held.slice(0, -1));
  for (const texts of insertions.values()) for (const extra of texts) yield emit(extra);
}

/** `position → texts`: what `malformed`, `errorEvent` and `insert` put before the event at a position. */
function insertionsOf(fault) {
  const insertions = new Map();
  const add = (at, text) => insertions.set(at, [...(insertions.get(at) ?? []), text]);
  if (fault.malformed !== undefined) add(fault.malformed === true ? 2 : fault.malformed, dataEvent('{"choices":[{"delta":'));
  if (fault.errorEvent) {
    const { at = 2, ...error } = fault.errorEvent;
    add(at, dataEvent({ error }));
  }
  for (const { at = 0, raw, data } of fault.insert ?? []) add(at, raw ?? dataEvent(data));
  return insertions;
}
