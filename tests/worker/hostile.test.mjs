import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { test } from "node:test";

import { bodies, canary, freshToken, paths, sessionSecret, sessionToken, startGateway } from "./gateway.mjs";
import { amount } from "./length.mjs";

const admin = "the-administrator's-token-0123456789";
const partner = "https://partner.example";
const now = Math.floor(Date.now() / 1000);
const visitor = freshToken();
const known = new Set(Object.values(paths).map((path) => path.slice(4)));

/** A source of chance that gives the same requests in every run. */
function chance(seed) {
  let at = 0;
  const next = () => createHash("sha256").update(`${seed}:${(at += 1)}`).digest().readUInt32LE() / 2 ** 32;
  return { pick: (list) => list[Math.floor(next() * list.length)], is: (share) => next() < share };
}

const hostile = {
  method: ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "post", "PROPFIND", "POST\u00e9", "P OST"],
  path: [
    "/api/v1/developer/chat/../../../secret", "/api/v1/developer/%2e%2e/%2e%2e/v1/keys", "//api/v1/developer/chat",
    "/api//v1/developer/chat", "/api/v1/developer/chat/", "/api/v1/developer/chat%00", "/api/v1/developer/chat;x=1",
    "/api/v1/developer/ch%61t", "/API/v1/developer/chat", "/api/v1/developer/chat\\..\\..", "/api/v1/account",
    "/v1/developer/chat", "/api/v1/developer/chat/requests/../../chat", "/api/v1/developer/chat/requests/%2e%2e%2fchat",
    "http://api.minara.ai/v1/developer/chat", "https://evil.example/api/v1/developer/chat", "*", "/api/v1/developer/\u00e9",
    `/api/v1/developer/chat/requests/${"a".repeat(129)}`, "/api/v1/developer/chat/requests/a?b/../..",
  ],
  type: ["", "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json\r\nx-evil: 1\r\nx: ", "application/json-seq"],
  origin: ["https://evil.example", "null", "http://partner.example", "https://partner.example.evil.example", "https://evil.example, https://partner.example", "file://"],
  token: [
    "", "ms1.", visitor.slice(0, -2), `${visitor}AA`, visitor.toUpperCase(), "sk-minara-guess", admin, "Bearer",
    freshToken({ secret: "another-secret-of-the-same-length-00000" }), sessionToken({ started: now - 3600, expires: now - 3000 }),
    sessionToken({ started: now - 3600, expires: now + 90_000, secret: "forged" }), "x".repeat(7000), `${visitor.slice(0, 30)}\u00ff${visitor.slice(31)}`,
  ],
  body: [
    "", "{", "[]", "null", "1", '"text"', "{}", '{"mode":"fast"}', "\u0000", '{"__proto__":{"mode":"fast"}}', `${"[".repeat(5000)}`,
    '{"symbol":"BTC","leverage":1e999}', '{"symbol":"BTC","apiKey":"x"}', '{"symbol":{"$ne":1}}', Buffer.from([0xff, 0xfe, 0x7b]),
    '{"mode":"fast","stream":false,"message":{"role":"system","content":"x"}}', " ".repeat(70_000),
    '{"mode":"fast","stream":false,"message":{"role":"user","content":"hi"},"chatId":"chat_of_another"}',
    '{"mode":"fast","stream":false,"message":{"role":"user","content":"hi"},"requestId":"../../x"}',
    '{"intent":"a","walletAddress":"0x742d35cc6634c0532925a3b844bc9e7595f0beb1","\u0000":1}',
  ],
  extra: [
    "transfer-encoding: chunked", "content-length: 5", "host: evil.example\r\nhost: api.minara.ai", "x-huge: " + "a".repeat(100_000),
    "x-http-method-override: GET\r\nx-original-url: /secret\r\nx-rewrite-url: /secret", "expect: 100-continue", "content-encoding: gzip",
    "origin: https://evil.example", `authorization: Bearer ${"y".repeat(40)}`, "range: bytes=0-1", "upgrade: websocket\r\nconnection: upgrade",
  ],
};

/** One request: mostly valid parts, so that every check is met alone and in company. */
function generate({ pick, is }) {
  const path = pick(Object.values(paths));
  const parts = {
    method: "POST",
    path,
    type: pick(["application/json", "application/json; charset=utf-8", "Application/JSON"]),
    origin: pick(["", "", partner]),
    token: visitor,
    body: JSON.stringify(bodies[path]),
    extra: "",
  };
  let isValid = true;
  for (const name of Object.keys(hostile)) {
    if (is(0.85)) continue;
    parts[name] = pick(hostile[name]);
    isValid = false;
  }
  const body = Buffer.from(parts.body);
  const lines = [`${parts.method} ${parts.path} HTTP/1.1`, "host: localhost", "connection: close", `content-type: ${parts.type}`];
  if (parts.origin) lines.push(`origin: ${parts.origin}`);
  if (parts.token) lines.push(`authorization: Bearer ${parts.token}`);
  if (parts.extra) lines.push(parts.extra);
  lines.push(`content-length: ${body.length}`);
  // What the runtime makes of contradictory framing is its own affair: only what comes out is looked at.
  const isAmbiguous = parts.extra !== "" || parts.method.includes(" ") || parts.type.includes("\r\n");
  return { bytes: Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]), isValid, isAmbiguous, parts };
}

function send(port, bytes) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const pieces = [];
    const done = () => resolve(Buffer.concat(pieces).toString("latin1"));
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on("data", (piece) => pieces.push(piece));
    socket.on("error", done);
    socket.on("close", done);
    socket.write(bytes);
  });
}

const count = amount(1_000, 10_000);

test(`of ${count} hostile requests none reaches the API unless it is wholly valid`, async () => {
  const settings = { SESSION_SECRET: sessionSecret, ADMIN_TOKEN: admin, DAILY_BUDGET: "1000000", SESSION_BUDGET: "1000000", SESSION_IN_FLIGHT: "1000", ALLOWED_ORIGINS: partner, BODY_TIMEOUT_MS: "200" };
  const gateway = await startGateway({ settings, limits: { caller: 1e9, address: 1e9, session: 1e9 } });
  try {
    const random = chance("hostile requests");
    let valid = 0;
    let ambiguous = 0;
    const statuses = {};
    let left = count;
    const next = async () => {
      for (; left > 0; ) {
        left -= 1;
        const { bytes, isValid, isAmbiguous, parts } = generate(random);
        const answer = await send(gateway.worker.port, bytes);
        gateway.keep(answer);
        const status = answer.slice(9, 12);
        statuses[status] = (statuses[status] ?? 0) + 1;
        const what = JSON.stringify({ ...parts, answer: answer.slice(0, 200), body: String(parts.body).slice(0, 80), extra: parts.extra.slice(0, 60) });
        if (isAmbiguous) ambiguous += 1;
        else if (isValid) valid += 1;
        if (isValid) assert.equal(status, "200", what);
        else if (!isAmbiguous) assert.match(status, /^(4\d\d|501|204|30\d|200)?$/, what);
        if (!isValid && !isAmbiguous && status === "200") assert.match(parts.path, /^(\/v1|\/API|\*|http|\/api\/v1\/developer\/\u00e9)/u, `only the page: ${what}`);
        // 501 is the runtime's own, to methods that it does not know.
        assert.ok(!/^5/.test(status) || status === "501", what);
      }
    };
    await Promise.all(Array.from({ length: 16 }, next));

    const { counters, requests } = gateway.sandbox;
    assert.deepEqual(Object.keys(counters.posts).filter((path) => !known.has(path)), []);
    for (const { method, path } of requests) assert.ok(method === "POST" && known.has(path), `${method} ${path}`);
    assert.ok(gateway.posts >= valid && gateway.posts <= valid + ambiguous, `${gateway.posts} of ${valid} and ${ambiguous}`);
    const usage = await gateway.usage(admin);
    const reserved = usage.routes.reduce((sum, { calls }) => sum + calls, 0);
    assert.ok(gateway.posts <= reserved, `${gateway.posts} calls, ${reserved} reservations`);
    assert.deepEqual([counters.rejected, counters.unauthorized], [0, 0], "what reaches the API is what it accepts");
    const table = Object.entries(statuses).map(([status, many]) => `${status || "closed"}: ${many}`);
    console.log(`${count} requests, ${valid} of them valid: ${table.join(", ")}; the API saw ${gateway.posts}, ${reserved} were reserved`);
    assert.ok(!gateway.worker.log.some((line) => line.includes(canary)));
  } finally {
    await gateway.stop();
  }
});
