// The box in which a question is written: Enter sends, Shift+Enter starts a line, and an input method's own Enter
// does neither.
import type { MinaraError } from "minara";

import { element } from "./dom.js";
import { Draft } from "./draft.js";
import { Field, ModeSwitch, showViolations } from "./field.js";
import { ignoreHeldKeys } from "./gestures.js";
import type { Strings } from "./locales/index.js";
import { RunButtons } from "./run-buttons.js";

export interface ComposerActions {
  send: () => void;
  stop: () => void;
}

/** What Safari gives as `keyCode` for the Enter that ends a composition; `isComposing` is false by then. */
const COMPOSING_KEY_CODE = 229;

export class Composer {
  readonly root: HTMLFormElement;
  readonly #box: HTMLTextAreaElement;
  readonly #field: Field;
  readonly #mode: ModeSwitch;
  readonly #buttons: RunButtons;
  readonly #draft: Draft;
  /** What was last put into the box by {@link edit}. */
  #given = "";

  constructor({ chat: text, actions }: Strings, { send, stop }: ComposerActions) {
    this.#box = element("textarea", { rows: 2, placeholder: text.placeholder, enterkeyhint: "send", dir: "auto" });
    this.#field = new Field("message", text.question, this.#box, `${text.keys} ${text.expertHint}`);
    this.#draft = new Draft("chat", [this.#field]);
    this.#mode = new ModeSwitch(text.mode, text);
    this.#buttons = new RunButtons(text.send, actions.stop, stop);
    const bar = element("div", { class: "composer-bar" }, this.#mode.root, this.#buttons.start, this.#buttons.stop);
    this.root = element("form", { class: "composer", novalidate: true }, this.#field.root, bar);
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.running) send();
    });
    this.#box.addEventListener("keydown", (event) => this.#onKey(event));
    ignoreHeldKeys(this.root);
  }

  get mode(): "fast" | "expert" {
    return this.#mode.value;
  }

  get running(): boolean {
    return this.#buttons.running;
  }

  set running(running: boolean) {
    this.#buttons.running = running;
  }

  /** The question, which leaves the box empty for the next one. */
  take(): string {
    const question = this.#box.value;
    this.#box.value = "";
    this.#draft.forget();
    this.#field.clear();
    return question;
  }

  /** Puts a question into the box, to be changed or sent. What a visitor has written there stays, below it. */
  edit(question: string): void {
    const draft = this.#box.value;
    if (draft.trim() === "" || draft === this.#given) this.#box.value = question;
    else if (!draft.startsWith(question)) this.#box.value = `${question}\n\n${draft}`;
    this.#given = question;
    this.#draft.keep();
    this.#field.clear();
    this.focus();
  }

  submit(): void {
    this.root.requestSubmit();
  }

  focus(): void {
    this.#box.focus();
  }

  /** Puts a question back that broke a rule, and says which. */
  refuse(question: string, { violations = [], message }: MinaraError): void {
    this.edit(question);
    const others = showViolations(violations, [this.#field]);
    if (others.length > 0) this.#field.showError(message);
  }

  #onKey(event: KeyboardEvent): void {
    const isComposing = event.isComposing || event.keyCode === COMPOSING_KEY_CODE;
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    // A key that is held on has sent already, here or where it was pressed.
    if (!event.repeat) this.submit();
  }
}
