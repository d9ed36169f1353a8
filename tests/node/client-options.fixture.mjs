// What the refusals of options say, and the key that none of them may repeat.

export const CANARY = "sk-minara-canary-5e1f9c0d7b";

export const LOOK = "signal, timeout, maxRetries, maxRetryAfter, headers, extraBody";
export const CALL = `${LOOK}, requestId`;
export const unknown = (known) => `is not a known option (known: ${known})`;
export const LIMITS = "must be an object of total, firstByte and idle, in milliseconds";
