// The WebAssembly module: loaded once, instantiated when first needed, and instantiated afresh after a trap.
import { onAbort } from "./abort.js";
import { MinaraError, misuse, unloaded } from "./errors.js";
import { createGlue } from "./glue.js";

/** @import { WasmSource } from "./index.js" */
/** @typedef {ReturnType<ReturnType<typeof createGlue>["start"]>} Bindings */

/**
 * What an entry knows of its runtime.
 * @typedef {object} Platform
 * @property {boolean} inPage             whether whoever opens the page can read what the client is given
 * @property {() => WebAssembly.Module} [compile]      where compiling need not be waited for
 * @property {(signal: AbortSignal) => Promise<WebAssembly.Module>} [load]  elsewhere
 * @property {(source: WasmSource) => Promise<WebAssembly.Module>} [build]  of what is given, where the runtime compiles
 */

/** @type {Platform} */
let platform;
/** @type {WebAssembly.Module | undefined} */
let module;
/** @type {Instance | undefined} */
let current;
/** @type {Promise<void> | undefined} */
let loading;
/** How many calls wait for it. */
let waiting = 0;
/** Whether a page waits for it by `init`, which has no limit. */
let isAsked = false;
/** @type {AbortController} */
let left;

/** @param {Platform} entry */
export function setPlatform(entry) {
  platform = entry;
}

export const inPage = () => platform.inPage;

/** Whether the module is there, or can be at once. */
export const isLoaded = () => (current ?? platform.compile) !== undefined;

/** @param {WasmSource} [source] */
export function init(source) {
  const load = shared(source);
  isAsked = true;
  return load;
}

/** @param {WasmSource} [source] */
function shared(source) {
  if (loading) return loading;
  left = new AbortController();
  waiting = 0;
  isAsked = false;
  const begun = load(source).catch((cause) => {
    // A load that failed, for want of a network perhaps, can be tried again.
    if (loading === begun) loading = undefined;
    throw loadFailure(cause);
  });
  return (loading = begun);
}

/** @param {WasmSource} [source] */
async function load(source) {
  const found = module ?? (await (source === undefined ? (platform.compile ?? platform.load)?.(left.signal) : moduleOf(source)));
  if (current) return;
  const next = new Instance();
  // Engines have refused to instantiate larger modules on a page's main thread at once.
  next.start(await WebAssembly.instantiate(/** @type {WebAssembly.Module} */ (found), next.imports));
  // Not before: another file than ours, or another build's, has failed above, and the next load may bring the right one.
  module = found;
  current ??= next;
}

/**
 * Of what `init` was given. Compiling is the entries' matter: tools for edge runtimes refuse code that could, and rewrite it.
 * @param {WasmSource} source
 */
function moduleOf(source) {
  if (source instanceof WebAssembly.Module) return source;
  if (platform.build) return platform.build(source);
  throw misuse("init takes a compiled module here, for this runtime forbids to compile one; it needs none.");
}

/** @param {unknown} cause */
function loadFailure(cause) {
  // A wrong argument, or a network that failed: known where it happened.
  if (cause instanceof MinaraError) return cause;
  // Anything else is another build's module, another file, or a page of HTML in its place.
  return unloaded(cause, { code: "internal" });
}

/**
 * The running instance, whether or not it has to be loaded first. A load that no call waits for any more may have stalled
 * for good: the next call begins another.
 * @param {AbortSignal | null} [signal]  ends the waiting
 */
export async function ready(signal) {
  if (!current && !platform.compile) {
    const load = shared();
    waiting += 1;
    const stop = onAbort(signal, () => {
      if (loading !== load || (waiting -= 1) > 0) return;
      loading = undefined;
      if (!isAsked) left.abort();
    });
    await load.finally(stop);
  }
  return running("");
}

/**
 * The running instance, at once.
 * @param {string} who  what needs it, for the message
 */
export function running(who) {
  return (current ??= instantiate(who));
}

/** @param {string} who */
function instantiate(who) {
  try {
    module ??= platform.compile?.();
    if (!module) {
      throw misuse(`${who} needs the WebAssembly module, which a page loads first: await init() before using it.`);
    }
    const next = new Instance();
    next.start(new WebAssembly.Instance(module, next.imports));
    return next;
  } catch (cause) {
    module = undefined;
    throw loadFailure(cause);
  }
}

/** One instance of the module, with everything that hangs on it. */
export class Instance {
  #glue = createGlue();
  /** @type {Set<(failure: MinaraError) => void>} */
  #watchers = new Set();
  /** @type {MinaraError | undefined} set by a trap */
  failure;
  /** @type {Bindings} */
  bindings = /** @type {never} */ (undefined);
  /** @type {WebAssembly.Memory} in which JavaScript reads and writes by address */
  memory = /** @type {never} */ (undefined);

  get imports() {
    return this.#glue.imports;
  }

  /** @param {WebAssembly.Instance} instance */
  start({ exports }) {
    const guarded = Object.entries(exports).map(([name, value]) => [name, this.#guard(name, value)]);
    this.bindings = this.#glue.start(Object.fromEntries(guarded));
    this.memory = /** @type {WebAssembly.Memory} */ (exports.memory);
  }

  /**
   * A trap leaves the instance callable but in an unknown state. Whatever waits on it then would wait for ever,
   * because its task queue has stopped: so all of that fails at once, and the next use gets a new instance.
   * @param {string} name
   * @param {unknown} value
   */
  #guard(name, value) {
    if (typeof value !== "function" || UNGUARDED.test(name)) return value;
    const isPlatforms = CALLED_BY_PLATFORM.test(name);
    // By name, for a list of them costs a tenth of a short chunk's time; an export ignores those that it does not take.
    /** @type {(...args: unknown[]) => unknown} */
    const guarded = (a, b, c, d, e, f, g, h) => {
      // Timers and answers that were still to come must not set an instance going that has failed.
      if (isPlatforms && this.failure) return [];
      try {
        return value(a, b, c, d, e, f, g, h);
      } catch (fault) {
        // What is thrown on purpose is thrown by the glue. Anything that comes through the module has left it halfway.
        this.#fail(/** @type {Error} */ (fault));
        // The platform called this one, and would only report what it throws as uncaught.
        // An empty list, for the glue looks into what some of them give.
        if (isPlatforms) return [];
        throw this.failure;
      }
    };
    return guarded;
  }

  /** @param {Error} cause */
  #fail(cause) {
    const message =
      `The WebAssembly module failed (${cause.message}). This is a fault of the package minara: please report it. ` +
      "The next call uses a fresh instance.";
    this.failure ??= new MinaraError(message, { code: "internal", outcome: "unknown", cause });
    if (current === this) current = undefined;
    for (const watcher of this.#watchers) watcher(this.failure);
    this.#watchers.clear();
  }

  /**
   * Tells `watcher` of a trap, until it is told to stop.
   * @param {(failure: MinaraError) => void} watcher
   * @returns {() => void} stops
   */
  watch(watcher) {
    if (this.failure) watcher(this.failure);
    else this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * The promise of an async export, which a trap leaves pending: this one rejects.
   * @template T
   * @param {Promise<T>} promise
   * @returns {Promise<T>}
   */
  settle(promise) {
    return new Promise((resolve, reject) => {
      const stop = this.watch(reject);
      promise.then(resolve, reject).finally(stop);
    });
  }
}

/** Called for every string that crosses over; they do not run our code. */
const UNGUARDED = /^__(wbindgen_(malloc|realloc|free|exn_store|start)|externref)/;

/** Promise jobs, timers, event listeners, finalizers. */
const CALLED_BY_PLATFORM = /closure|^__wbg_\w+_free$/;
