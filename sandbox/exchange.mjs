// One request from its first byte to its last: record, key, route, body, fault, work, delivery.
import { timingSafeEqual } from "node:crypto";
import { deliver } from "./delivery.mjs";
import { faultReply } from "./fault-reply.mjs";
import { replacesReply } from "./faults.mjs";
import { percentDecoded } from "./percent.mjs";
import { badRequest, json, refusal, Refused, unauthorized } from "./replies.mjs";
import { operations, unknownFields } from "./validate.mjs";

const MAX_BODY_BYTES = 1024 * 1024;
const LOOKUP = "/v1/developer/chat/requests/";

/** @param {object} sandbox what startSandbox put together: options, journal, faults, calls */
export async function handle(sandbox, request, response) {
  const { journal, options } = sandbox;
  const record = journal.open(request, options.now());
  const exchange = open(sandbox, request, response, record);
  try {
    const text = await readBody(request);
    if (exchange.signal.aborted) return;
    await answer(sandbox, exchange, text);
  } catch (error) {
    if (exchange.signal.aborted || response.headersSent) return void response.destroy();
    const refused = error instanceof Refused;
    const reply = refused ? badRequest(...error.messages) : refusal(error.status ?? 500, error.message);
    if (reply.status === 500) console.error(error);
    await deliver(exchange, counted(journal, async () => reply), {});
  }
}

function open({ journal }, request, response, record) {
  const closed = new AbortController();
  const exchange = { request, response, record, signal: closed.signal, endedByFault: false };
  response.once("close", () => {
    record.completed = response.writableFinished;
    record.closed = !response.writableFinished && !exchange.endedByFault;
    closed.abort();
    if (record.closed) journal.count("closedByClient");
    journal.live("openRequests", -1);
  });
  return exchange;
}

async function readBody(request) {
  const pieces = [];
  let size = 0;
  try {
    for await (const piece of request) {
      size += piece.length;
      // Read on, so that the client hears the refusal instead of a broken pipe.
      if (size <= MAX_BODY_BYTES) pieces.push(piece);
    }
  } catch {
    return "";
  }
  if (size > MAX_BODY_BYTES) throw Object.assign(new Error("body is larger than 1 MB"), { status: 413 });
  return Buffer.concat(pieces).toString("utf8");
}

async function answer(sandbox, exchange, text) {
  const { journal, faults } = sandbox;
  const { record } = exchange;
  const { refused, call } = check(sandbox, exchange, text);
  const isRefused = refused !== undefined;
  // A request that the API would refuse is refused whatever is scripted, except on paths it does not have.
  const fault = isRefused && refused.status !== 404 ? undefined : faults.take(record, text);
  if (fault) {
    record.fault = fault.name ?? Object.keys(fault).filter((name) => name !== "match" && name !== "times").join(" ");
    journal.count("faults");
  }
  if (fault && replacesReply(fault)) {
    if (fault.charge) journal.count("charges");
    const reply = faultReply(fault, exchange.request.headers.authorization);
    return deliver(exchange, async () => reply, fault);
  }
  const work = isRefused ? async () => refused : call(fault ?? {});
  await deliver(exchange, counted(journal, work), fault ?? {});
}

/** Counts the API's own refusals before they are sent, so that whoever hears one finds it counted. */
const counted = (journal, work) => async () => {
  const reply = await work();
  if (reply.status === 401) journal.count("unauthorized");
  else if (reply.status >= 400 && reply.status < 500) journal.count("rejected");
  return reply;
};

/** What the API says before any work: a refusal, or the call to make. */
function check(sandbox, exchange, text) {
  const { record } = exchange;
  const path = record.path.split("?")[0];
  const route = path.startsWith(LOOKUP) ? "GET" : operations.has(path) ? "POST" : undefined;
  if (route === undefined) {
    keep(sandbox, record, text);
    return { refused: refusal(404, `Cannot ${record.method} ${path}`) };
  }
  if (record.method !== route) return { refused: refusal(405, `${path} takes ${route}`, { allow: route }) };
  if (!keyFits(sandbox.options.key, exchange.request.headers.authorization)) return { refused: unauthorized() };
  if (route === "GET") return lookUpCall(sandbox, path);
  return postCall(sandbox, exchange, path, text);
}

function lookUpCall({ chat, journal }, path) {
  journal.count("statusLookups");
  const id = percentDecoded(path.slice(LOOKUP.length));
  return { call: (fault) => async () => chat.lookUp(id, fault) };
}

function postCall(sandbox, exchange, path, text) {
  const { record, request } = exchange;
  const type = (request.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
  if (type !== "application/json") return { refused: refusal(415, "content-type must be application/json") };
  const body = keep(sandbox, record, text);
  if (body === undefined) return { refused: badRequest("body is not valid JSON") };
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return { refused: badRequest("body must be a JSON object") };
  }
  record.unknownFields = unknownFields(path, body);
  const messages = operations.get(path).checkRequest(body);
  if (messages.length > 0) return { refused: badRequest(...messages) };
  return { call: (fault) => sandbox.calls[path](body, exchange, fault) };
}

/** Parses and records the body; undefined when it is not JSON. */
function keep({ journal }, record, text) {
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  journal.keepBody(record, text, parsed);
  return parsed;
}

/** Compared exactly, and in constant time: a habit worth keeping even here. `null` takes everybody. */
function keyFits(keys, authorization = "") {
  if (keys === null) return true;
  const given = Buffer.from(authorization);
  return [keys].flat().some((key) => {
    const expected = Buffer.from(`Bearer ${key}`);
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
}

/** A call that is charged once its example data could be made. */
export const chargedCall = (make, charge) => (body) => {
  const value = make(body);
  charge();
  return async () => json(200, value);
};
