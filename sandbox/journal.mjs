// What the sandbox saw: the last requests, and counters over all of them.
import { EventEmitter } from "node:events";

/** Older entries are dropped, so that a long load test does not fill the memory. */
const KEPT_REQUESTS = 1000;
/** Longer bodies are counted, not kept. */
const KEPT_BODY_BYTES = 128 * 1024;

const emptyCounters = () => ({
  posts: {},
  charges: 0,
  statusLookups: 0,
  unauthorized: 0,
  rejected: 0,
  faults: 0,
  closedByClient: 0,
});

export class Journal {
  #changes = new EventEmitter().setMaxListeners(0);
  #counters = emptyCounters();
  #nextId = 1;
  /** Live numbers: they survive a reset, because the connections do. */
  #live = { openConnections: 0, openRequests: 0 };

  /** @type {object[]} oldest first */
  requests = [];

  /** A snapshot; `posts` counts by path, and nothing in it changes later. */
  get counters() {
    return { ...this.#counters, posts: { ...this.#counters.posts }, ...this.#live };
  }

  /** Opens the record of a request; it is filled in as the exchange goes on. */
  open(request, at) {
    const record = {
      id: this.#nextId++,
      method: request.method,
      path: request.url,
      headers: withoutKey(request.headers),
      body: undefined,
      unknownFields: [],
      at: new Date(at).toISOString(),
      status: undefined,
      fault: undefined,
      // Events written, and deltas produced by then (they differ when a client leaves a job behind).
      events: 0,
      produced: 0,
      closed: false,
      completed: false,
    };
    this.requests.push(record);
    if (this.requests.length > KEPT_REQUESTS) this.requests.shift();
    if (request.method === "POST") {
      const path = request.url.split("?")[0];
      this.#counters.posts[path] = (this.#counters.posts[path] ?? 0) + 1;
    }
    this.live("openRequests", 1);
    return record;
  }

  keepBody(record, text, parsed) {
    record.body = text.length > KEPT_BODY_BYTES ? `[${text.length} characters]` : (parsed ?? text);
  }

  count(name) {
    this.#counters[name] += 1;
    this.changed();
  }

  live(name, by) {
    this.#live[name] += by;
    this.changed();
  }

  changed() {
    this.#changes.emit("change");
  }

  reset() {
    this.requests = [];
    this.#counters = emptyCounters();
    this.changed();
  }

  /** Resolves as soon as `holds()` is true: looked at now and after every change, never by polling. */
  until(holds, timeout) {
    return new Promise((resolve, reject) => {
      const look = () => {
        let done;
        try {
          done = holds();
        } catch (error) {
          return settle(reject, error);
        }
        if (done) settle(resolve, done);
      };
      const settle = (how, value) => {
        clearTimeout(timer);
        this.#changes.off("change", look);
        how(value);
      };
      const timer = setTimeout(() => {
        settle(reject, new Error(`not seen within ${timeout} ms; counters: ${JSON.stringify(this.counters)}`));
      }, timeout);
      this.#changes.on("change", look);
      look();
    });
  }
}

/** Records show a key by its last four characters only, as the API's own pages do. */
function withoutKey(headers) {
  if (!headers.authorization) return { ...headers };
  return { ...headers, authorization: redact(headers.authorization) };
}

function redact(authorization) {
  const [scheme, ...rest] = authorization.split(" ");
  const secret = rest.length ? rest.join(" ") : scheme;
  const shown = secret.length > 8 ? secret.slice(-4) : "";
  return `${rest.length ? `${scheme} ` : ""}…${shown}`;
}
