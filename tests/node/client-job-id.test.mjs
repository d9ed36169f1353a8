// Jobs by their ids: what an answer may not take from a job, and waiting for one that was started elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

const QUESTION = { message: "Compare the largest DEXs.", mode: "expert" };
const BASE = { baseUrl: "https://worker.example/api" };

test("a member __proto__ of the API's answer takes nothing from the job", async () => {
  const body = '{"__proto__":{"id":"bg_2"},"id":"bg_1","status":"queued"}';
  const done = { json: { id: "bg_1", status: "completed", result: { content: "done" } } };
  const fetch = mockFetch([{ status: 202, body, headers: { "content-type": "application/json" } }, done]);
  const job = await new Minara({ ...BASE, fetch }).chatBackground(QUESTION);
  assert.deepEqual(Object.entries(job), [["id", "bg_1"], ["status", "queued"]]);
  assert.deepEqual(await job.wait(), { content: "done" });
});
