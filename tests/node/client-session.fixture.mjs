// What the tests of a client's sessions share: the answers of a Worker that wants one, and what it was asked.

export const baseUrl = "https://worker.example/api";
export const refusal = (code, status = 401) => ({
  status,
  json: { error: { code, message: "Begin a session first.", requestId: "r-1" } },
});
export const DEMAND = refusal("session_required");
const inTenMinutes = () => new Date(Date.now() + 600_000).toISOString();
export const granted = (token, expiresAt = inTenMinutes()) => ({ json: { token, expiresAt } });
export const ANSWER = { json: { content: "gm" } };

export const asked = (fetch) => fetch.requests.map(({ url, headers }) => [url.slice(baseUrl.length), headers.authorization]);

/** What the message of a failure ends with whose call was never sent. */
export const LOST = "The call was not made, and nothing was billed.";
