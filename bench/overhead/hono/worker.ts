// A gateway of the same duties as a team would write it in TypeScript with Hono and zod. What the benchmark sends, calls of
// sessions that the API answers with 200, goes through the same checks in the same order, the same writes of the budget
// and one log line. Elsewhere it does less: a cost comes back by the class of the status, errors tell no outcome, a session
// has 1,000 places and no budget of its own, repetitions are not counted, and there are no client tokens, no look-ups and
// no end of a lease that nobody settles.
import { DurableObject } from "cloudflare:workers";
import { type Context, Hono } from "hono";
import { z } from "zod";

interface Env {
  MINARA_API_KEY: string;
  MINARA_BASE_URL: string;
  SESSION_SECRET: string;
  DAILY_BUDGET: string;
  ALLOWED_ORIGINS: string;
  BUDGET: { idFromName(name: string): unknown; get(id: unknown): Budget };
  CALLER_LIMIT: RateLimit;
  ADDRESS_LIMIT: RateLimit;
}
interface RateLimit {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}
type Variables = { id: string; started: number; upstream?: number; cost?: number; status?: number };
type App = { Bindings: Env; Variables: Variables };
type Code = "invalid_request" | "forbidden" | "session_required" | "unauthorized" | "rate_limited" | "not_found"
  | "unsupported_media_type" | "payload_too_large" | "budget_exhausted" | "upstream_error" | "bad_response" | "network"
  | "timeout" | "not_configured" | "internal";

class Refusal extends Error {
  constructor(readonly status: number, readonly code: Code, message: string, readonly violations?: unknown[]) {
    super(message);
  }
}

const name = (max: number) => z.string().min(1).max(max);
const prose = name(32_000).refine((text) => text.trim() !== "");
const mode = z.enum(["fast", "expert"]);
const requestId = z.string().regex(/^[A-Za-z0-9._:-]{1,96}$/);
const schemas = {
  chat: z.strictObject({
    mode,
    stream: z.boolean(),
    message: z.strictObject({ role: z.literal("user"), content: prose }),
    chatId: name(256).optional(),
    requestId: requestId.optional(),
    background: z.boolean().optional(),
  }),
  "intent-to-swap-tx": z.strictObject({
    intent: prose,
    walletAddress: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
    chain: name(64).optional(),
  }),
  "perp-trading-suggestion": z.strictObject({
    symbol: name(64),
    style: z.enum(["scalping", "day-trading", "swing-trading"]).optional(),
    marginUSD: z.number().positive().optional(),
    leverage: z.number().min(1).max(40).optional(),
    strategy: name(64).optional(),
  }),
  "prediction-market-ask": z.strictObject({
    link: z.url({ protocol: /^https?$/ }),
    mode,
    only_result: z.boolean().optional(),
    customPrompt: z.string().max(32_000).optional(),
  }),
};

const encoder = new TextEncoder();
let hmacKey: Promise<CryptoKey> | undefined;

async function sessionOf(token: string, env: Env): Promise<string> {
  const bytes = Uint8Array.from(atob(token.slice(4).replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  if (!token.startsWith("ms1.") || bytes.length !== 56) throw new Refusal(401, "unauthorized", "bad token");
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  hmacKey ??= crypto.subtle.importKey("raw", encoder.encode(env.SESSION_SECRET), algorithm, false, ["verify"]);
  const domain = encoder.encode("minara session token 1\0");
  const message = new Uint8Array(domain.length + 24);
  message.set(domain);
  message.set(bytes.subarray(0, 24), domain.length);
  const signed = await crypto.subtle.verify("HMAC", await hmacKey, bytes.subarray(24), message);
  if (!signed) throw new Refusal(401, "unauthorized", "bad token");
  if (new DataView(bytes.buffer).getUint32(20) <= Date.now() / 1000) throw new Refusal(401, "session_required", "expired");
  return `s${token.slice(4, 26)}`;
}

async function bodyOf(request: Request, limit: number): Promise<unknown> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw new Refusal(413, "payload_too_large", "too large");
  const chunks: Uint8Array[] = [];
  let size = 0;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal(400, "invalid_request", "body did not arrive in time")), 10_000);
  });
  var timer: number;
  const read = async () => {
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > limit) throw new Refusal(413, "payload_too_large", "too large");
      chunks.push(chunk);
    }
  };
  await Promise.race([read(), late]).finally(() => clearTimeout(timer));
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(chunks.length === 1 ? chunks[0] : await new Blob(chunks).arrayBuffer()));
  } catch {
    throw new Refusal(400, "invalid_request", "body must be JSON");
  }
}

const app = new Hono<App>();
let counter = 0;
const isolate = { id: "" };

app.use("/api/*", async (c, next) => {
  isolate.id ||= crypto.randomUUID().slice(0, 8);
  c.set("id", `w-${isolate.id}-${(counter++).toString(16)}`);
  c.set("started", Date.now());
  const origin = c.req.header("origin");
  const own = new URL(c.req.url).origin;
  const allowed = (c.env.ALLOWED_ORIGINS ?? "").split(",").includes(origin ?? "");
  const site = c.req.header("sec-fetch-site");
  if (c.req.method === "POST" && !/^application\/json\s*(;|$)/i.test(c.req.header("content-type") ?? "")) {
    throw new Refusal(415, "unsupported_media_type", "send application/json");
  }
  const foreign = origin ? origin !== own && !allowed : site !== undefined && site !== "same-origin" && site !== "none";
  if (foreign) throw new Refusal(403, "forbidden", "foreign origin");
  await next();
  finish(c, c.res.status, undefined);
  c.header("x-request-id", c.get("id"));
  c.header("cache-control", "no-store, no-transform");
  c.header("x-content-type-options", "nosniff");
  c.header("vary", "Origin");
  const total = Date.now() - c.get("started");
  const upstream = c.get("upstream");
  c.header("server-timing", upstream === undefined ? `check;dur=${total}` : `check;dur=${total - upstream}, upstream;dur=${upstream}`);
  if (origin && allowed) {
    c.header("access-control-allow-origin", origin);
    c.header("access-control-expose-headers", "X-Request-Id, Retry-After");
  }
});

function finish(c: Context<App>, status: number, reject: string | undefined) {
  const ms = Date.now() - c.get("started");
  console.log(JSON.stringify({ id: c.get("id"), route: c.req.path, status, ms, cost: c.get("cost"), upstream: c.get("status"), reject }));
}

let budgetId: unknown;

app.post("/api/v1/developer/:call", async (c) => {
  const call = c.req.param("call") as keyof typeof schemas;
  const schema = schemas[call];
  if (!schema) throw new Refusal(404, "not_found", "no such path");
  const token = /^bearer +(.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  if (!token) throw new Refusal(401, "session_required", "a session is needed");
  const caller = await sessionOf(token, c.env);
  const address = c.req.header("cf-connecting-ip");
  const verdicts = await Promise.all([
    c.env.CALLER_LIMIT.limit({ key: caller }),
    address ? c.env.ADDRESS_LIMIT.limit({ key: address }) : { success: true },
  ]);
  if (!verdicts.every(({ success }) => success)) throw new Refusal(429, "rate_limited", "too many requests");
  const parsed = schema.safeParse(await bodyOf(c.req.raw, 65_536));
  if (!parsed.success) throw new Refusal(400, "invalid_request", parsed.error.message, parsed.error.issues);
  const body = parsed.data as z.infer<typeof schemas.chat>;
  const prefix = `${caller}.`;
  if (body.requestId) body.requestId = prefix + body.requestId;
  const text = JSON.stringify(body);
  const lease = body.requestId ?? c.get("id");
  const cost = "mode" in body && body.mode === "expert" ? 3 : 1;
  const hash = body.requestId ? await crypto.subtle.digest("SHA-256", encoder.encode(text)).then((d) => new Uint8Array(d).toHex()) : "";
  const budget = c.env.BUDGET.get((budgetId ??= c.env.BUDGET.idFromName("budget")));
  let verdict: string;
  try {
    verdict = await budget.reserve(lease, caller, call, hash, cost, body.chatId ?? "");
  } catch {
    throw new Refusal(503, "not_configured", "the budget cannot be reached");
  }
  if (verdict === "not_own") throw new Refusal(404, "not_found", "no such chat");
  if (verdict !== "reserved" && verdict !== "again") throw new Refusal(429, "budget_exhausted", verdict);
  c.set("cost", cost);
  const settle = (spent: boolean, open: boolean, chat = "", job = "") => budget.settle(lease, caller, spent, open, chat, job).catch(() => {});
  const asked = Date.now();
  const controller = new AbortController();
  c.req.raw.signal.addEventListener("abort", () => controller.abort("client"), { once: true });
  const timer = setTimeout(() => controller.abort("first-byte"), body.stream ? 90_000 : 180_000);
  let response: Response;
  try {
    const accept = body.stream ? "text/event-stream" : "application/json";
    response = await fetch(`${c.env.MINARA_BASE_URL}/v1/developer/${call}`, {
      method: "POST",
      headers: { authorization: `Bearer ${c.env.MINARA_API_KEY}`, accept, "content-type": "application/json" },
      body: text,
      redirect: "manual",
      signal: controller.signal,
    });
  } catch {
    c.executionCtx.waitUntil(settle(true, false));
    throw new Refusal(502, "network", "the API could not be reached");
  } finally {
    clearTimeout(timer);
  }
  setTimeout(() => controller.abort("total"), 300_000);
  c.set("upstream", Date.now() - asked);
  c.set("status", response.status);
  if (!response.ok) {
    c.executionCtx.waitUntil(settle(response.status >= 500, false));
    throw new Refusal(502, "upstream_error", "the API failed");
  }
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) {
    const { readable, writable } = new IdentityTransformStream();
    c.executionCtx.waitUntil(relay(response.body!, writable, settle).then(() => budget.release(lease)));
    return new Response(readable, { headers: { "content-type": "text/event-stream" } });
  }
  if (!type.startsWith("application/json")) throw new Refusal(502, "bad_response", "not JSON");
  const headers = { "content-type": "application/json" };
  const answer = await response.text();
  if (call !== "chat") {
    c.executionCtx.waitUntil(settle(true, false));
    return new Response(answer, { status: response.status, headers });
  }
  const ids = JSON.parse(answer) as { chatId?: string; id?: string };
  await settle(true, false, ids.chatId, ids.id);
  return new Response(answer.replaceAll(prefix, ""), { status: response.status, headers });
});

type Settle = (spent: boolean, open: boolean, chat?: string) => Promise<void>;

async function relay(body: ReadableStream<Uint8Array>, writable: WritableStream, settle: Settle) {
  const reader = body.getReader();
  const writer = writable.getWriter();
  const decoder = new TextDecoder();
  let beginning = "";
  while (!/\n\n|\r\r|\r\n\r\n/.test(beginning)) {
    const { done, value } = await reader.read();
    if (done) break;
    beginning += decoder.decode(value, { stream: true });
    await writer.write(value);
  }
  const data = /^data: ?(.*)$/m.exec(beginning)?.[1];
  await settle(true, true, data ? (JSON.parse(data) as { chatId?: string }).chatId : "");
  reader.releaseLock();
  writer.releaseLock();
  await body.pipeTo(writable);
}

app.get("/api/health", (c) => c.json({ status: "ok", upstream: "sandbox" }));

app.onError((error, c) => {
  const refusal = error instanceof Refusal ? error : new Refusal(500, "internal", "internal error");
  finish(c, refusal.status, refusal.code);
  const { code, message, violations } = refusal;
  return c.json({ error: { code, message, requestId: c.get("id"), violations } }, refusal.status as 400);
});

export default app;

interface Lease {
  caller: string;
  charge: number;
  settled: boolean;
}

/** Books in the tables of the Worker's own: sums in memory, every change written, nothing read again after a restart. */
export class Budget extends DurableObject<Env> {
  #sql: SqlStorage;
  #charged = 0;
  #accounts = new Map<string, { charged: number; open: number }>();
  #leases = new Map<string, Lease>();
  #alarm = false;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#sql = state.storage.sql;
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS lease (
      id TEXT PRIMARY KEY, caller TEXT NOT NULL, route TEXT NOT NULL, hash TEXT NOT NULL, charge INTEGER NOT NULL,
      day INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, state INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS own (caller TEXT NOT NULL, id TEXT NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (caller, id)) WITHOUT ROWID;`);
  }

  reserve(id: string, caller: string, route: string, hash: string, cost: number, chat: string) {
    const now = Date.now();
    const has = (query: string, ...values: unknown[]) => this.#sql.exec(query, ...values).toArray()[0];
    if (chat && !has("SELECT 1 FROM own WHERE caller = ? AND id = ?", caller, chat)) return "not_own";
    if (hash && has("SELECT id FROM lease WHERE id = ?", id)) return "again";
    const account = this.#accounts.get(caller) ?? { charged: 0, open: 0 };
    if (account.open >= 1000 || this.#charged + cost > Number(this.env.DAILY_BUDGET)) return "spent";
    this.#charged += cost;
    account.charged += cost;
    account.open += 1;
    this.#accounts.set(caller, account);
    this.#leases.set(id, { caller, charge: cost, settled: false });
    const insert = "INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)";
    this.#sql.exec(insert, id, caller, route, hash, cost, Math.floor(now / 864e5), now, now + 510_000);
    if (!this.#alarm) {
      this.#alarm = true;
      this.ctx.storage.setAlarm(now + 510_000);
    }
    return "reserved";
  }

  settle(id: string, caller: string, spent: boolean, open: boolean, chat?: string, job?: string) {
    const lease = this.#leases.get(id);
    if (lease && !lease.settled) {
      lease.settled = true;
      if (!spent) lease.charge = 0;
      this.#sql.exec("UPDATE lease SET charge = ?, state = ? WHERE id = ?", lease.charge, open ? 1 : 2, id);
      if (!open) this.#close(id, lease);
    }
    for (const owned of [chat, job]) {
      if (owned) this.#sql.exec("INSERT OR REPLACE INTO own VALUES (?, ?, ?)", caller, owned, Date.now());
    }
  }

  release(id: string) {
    const lease = this.#leases.get(id);
    if (!lease) return;
    this.#close(id, lease);
    this.#sql.exec("UPDATE lease SET state = 2 WHERE id = ?", id);
  }

  #close(id: string, lease: Lease) {
    this.#leases.delete(id);
    this.#accounts.get(lease.caller)!.open -= 1;
  }

  alarm() {
    this.#alarm = false;
  }
}
