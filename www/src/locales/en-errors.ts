// What the page says of a failed call: what to do, and whether it may have been billed.
import type { Strings } from "./strings.js";

export const errors: Strings["errors"] = {
  codes: {
    invalid_request: {
      what: "The request was not accepted.",
      advice: "Change what the details name and send it again.",
    },
    key_in_browser: {
      what: "An API key was given to a page, where anyone could read it.",
      advice: "Remove the key from the page and let the Worker hold it.",
    },
    unauthorized: {
      what: "This page is not signed in to its server.",
      advice: "Reload the page. If that does not help, tell the person who runs it.",
    },
    session_required: { what: "Your session has ended.", advice: "Reload the page to start a new one." },
    payment_required: {
      what: "The credits of this site are used up.",
      advice: "Only the person who runs it can top them up.",
    },
    forbidden: {
      what: "This call is not allowed here.",
      advice: "Open the page at its own address. If it still fails, tell the person who runs it.",
    },
    not_found: {
      what: "This conversation or address is not known.",
      advice: "Start a new chat, or reload the page.",
    },
    method_not_allowed: {
      what: "The server does not take this kind of call.",
      advice: "Reload the page: it may be older than its server.",
    },
    unsupported_media_type: {
      what: "The server does not take this form of request.",
      advice: "Reload the page: it may be older than its server.",
    },
    conflict: {
      what: "This request was already used for something else, or is too old.",
      advice: "Send it again as a new question.",
    },
    payload_too_large: { what: "The text is too long.", advice: "Shorten it and send it again." },
    rate_limited: { what: "Too many requests just now.", advice: "Wait a moment, then try again." },
    budget_exhausted: {
      what: "The budget of this site is used up for now.",
      advice: "Come back later.",
    },
    not_configured: {
      what: "This site is not ready: its server has no working connection to Minara.",
      advice: "Come back later, or tell the person who runs it.",
    },
    upstream_error: {
      what: "Minara’s service failed while working on this.",
      advice: "Wait a moment before you ask again.",
    },
    bad_response: {
      what: "Minara’s answer could not be read.",
      advice: "Ask again only if you accept that it is a new call.",
    },
    unsupported_transaction: {
      what: "The answer is a transaction of a kind that cannot be checked here.",
      advice: "Do not sign it. Try a swap on an EVM chain such as Base or Ethereum.",
    },
    stream_error: { what: "Minara stopped this answer with an error.", advice: "Ask again if you still need it." },
    stream_truncated: {
      what: "The answer was cut off before its end.",
      advice: "What has arrived is shown. Ask again if you need the rest.",
    },
    event_too_large: {
      what: "A part of the answer was too large to read.",
      advice: "Ask for something shorter.",
    },
    timeout: { what: "The answer took too long.", advice: "Ask again, perhaps with a shorter question." },
    network: {
      what: "The connection failed.",
      advice: "Check that you are online, then ask again.",
    },
    internal: {
      what: "Something in this page or its server went wrong.",
      advice: "Reload the page. If it happens again, report it with the reference below.",
    },
  },
  challenge: {
    unavailable: {
      what: "The security check could not be loaded.",
      advice:
        "Check that you are online and that your browser does not block challenges.cloudflare.com, then try again.",
    },
    failed: {
      what: "The security check failed.",
      advice: "Try again. If it keeps failing, reload the page or use another browser.",
    },
    unanswered: {
      what: "The security check was not answered in time.",
      advice: "Try again, and answer it when it appears.",
    },
  },
  unexpected: {
    what: "Something in this page went wrong.",
    advice: "Reload the page and try again.",
  },
  billing: {
    not_sent: "Nothing was sent, so nothing was billed.",
    refused: "The call was refused, so it was not billed.",
    done: "The work was done, so it was probably billed.",
    unknown: "It may have been billed.",
  },
  retryAfter: (seconds) => `It can be tried again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`,
  details: "Details",
  reference: "Reference",
};
