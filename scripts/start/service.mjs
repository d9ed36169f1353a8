import { createInterface } from "node:readline";

import { Failure } from "../process/failure.mjs";
import { endGroup, exitOf, spawnGroup } from "../process/group.mjs";

/** How much of a service's output is kept to explain why it did not start. */
const keptLines = 200;

/**
 * A long-running child in a process group of its own. Until `show()` its output is only kept; after that each
 * line goes to the terminal. Secrets are masked in both.
 */
export class Service {
  /** @type {string[]} */
  #kept = [];
  #shown = false;
  /** @type {Failure | undefined} */
  #failure;
  #secrets;
  #child;

  /**
   * @param {string} name
   * @param {string} command
   * @param {string[]} args
   * @param {{ cwd: string, env: NodeJS.ProcessEnv, secrets?: string[] }} options
   */
  constructor(name, command, args, { cwd, env, secrets = [] }) {
    this.name = name;
    this.#secrets = secrets.filter((secret) => secret !== "");
    const child = spawnGroup(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => this.#take(line));
    }
    /** Rejects when the service ends: nothing here asks one to, but the end of the whole command. */
    this.ended = exitOf(child).then((code) => {
      throw new Failure(`${name} ended with exit code ${code}.${this.#unseen()}`);
    });
    this.ended.catch((failure) => (this.#failure = failure));
  }

  /**
   * Waits until `isReady` says so; the service's end or the deadline is a Failure with what it said.
   * @param {() => Promise<boolean>} isReady
   * @param {{ deadlineMs: number, pollMs?: number }} limits
   */
  async ready(isReady, { deadlineMs, pollMs = 50 }) {
    const deadline = Date.now() + deadlineMs;
    while (!(await isReady())) {
      if (this.#failure) throw this.#failure;
      if (Date.now() > deadline) {
        throw new Failure(`${this.name} was not ready within ${deadlineMs / 1000} s.${this.#unseen()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  /**
   * Whether the service printed a line with this text before `show()`.
   * @param {string} text
   */
  hasSaid(text) {
    return this.#kept.some((line) => line.includes(text));
  }

  /** Ends it with everything that it has started. */
  end() {
    return endGroup(this.#child);
  }

  /** From now on what the service says goes to the terminal. */
  show() {
    this.#shown = true;
  }

  /** @param {string} text */
  #take(text) {
    const line = mask(text, this.#secrets);
    if (this.#shown) {
      console.log(line);
      return;
    }
    this.#kept.push(line);
    if (this.#kept.length > keptLines) this.#kept.shift();
  }

  #unseen() {
    return !this.#shown && this.#kept.length > 0 ? ` It said:\n${this.#kept.join("\n")}` : "";
  }
}

/**
 * @param {string} text
 * @param {string[]} secrets
 */
export function mask(text, secrets) {
  return secrets.reduce((masked, secret) => masked.replaceAll(secret, "[secret]"), text);
}
