// What the tests of sessions share: the settings of a Worker that has them, and a page that may call it.
import { sessionSecret } from "./gateway.mjs";

export const partner = "https://partner.example";
export const settings = { SESSION_SECRET: sessionSecret, DAILY_BUDGET: "100000", SESSION_BUDGET: "1000", ALLOWED_ORIGINS: partner };
/** Limits that no test reaches. */
export const generous = { caller: 100_000, address: 100_000, session: 100_000 };
