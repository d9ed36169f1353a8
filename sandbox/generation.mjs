import { pause } from "./pause.mjs";

/**
 * An answer being produced, delta by delta, on its own clock: whoever listens may come late, go
 * away or stand still without holding it up. This is what lets a stream with a `requestId` go on
 * when its client is gone.
 */
export class Generation {
  #deltas;
  #produced = 0;
  #waiting = [];
  #stop = new AbortController();

  /** @param {string[]} deltas @param {{ pace: number, thinking: number, signal: AbortSignal }} options */
  constructor(deltas, { pace, thinking, signal }) {
    this.#deltas = deltas;
    const stop = AbortSignal.any([this.#stop.signal, signal]);
    /** Resolves to true when all was produced, false when it was cancelled. */
    this.finished = this.#run(pace, thinking, stop);
  }

  get cancelled() {
    return this.#stop.signal.aborted;
  }

  get produced() {
    return this.#produced;
  }

  cancel() {
    this.#stop.abort();
  }

  async #run(pace, thinking, signal) {
    let going = await pause(thinking, signal);
    while (going && this.#produced < this.#deltas.length) {
      going = await pause(pace, signal);
      if (going) this.#produced += 1;
      this.#wake();
    }
    if (!going) this.#stop.abort();
    this.#wake();
    return going;
  }

  #wake() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  async *[Symbol.asyncIterator]() {
    for (let index = 0; index < this.#deltas.length; index += 1) {
      while (this.#produced <= index && !this.cancelled) {
        await new Promise((resolve) => this.#waiting.push(resolve));
      }
      if (this.#produced <= index) return;
      yield this.#deltas[index];
    }
  }
}
