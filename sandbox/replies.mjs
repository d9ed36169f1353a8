// The few shapes of reply that all routes share.
import { STATUS_CODES } from "node:http";

const JSON_TYPE = "application/json; charset=utf-8";

export const json = (status, value, headers = {}) => ({
  status,
  headers: { "content-type": JSON_TYPE, ...headers },
  body: Buffer.from(JSON.stringify(value)),
});

/** A refusal: `message` is one sentence, or the list of all that is wrong with a body (400). */
export const refusal = (statusCode, message, headers) =>
  json(statusCode, { statusCode, error: STATUS_CODES[statusCode], message }, headers);

export const badRequest = (...messages) => refusal(400, messages);

/** The API documents a 401 without a body. */
export const unauthorized = () => ({ status: 401, headers: {}, body: Buffer.alloc(0) });

/** Thrown by the makers of example data where a request makes no sense; becomes a 400. */
export class Refused extends Error {
  constructor(...messages) {
    super(messages.join("; "));
    this.messages = messages;
  }
}
