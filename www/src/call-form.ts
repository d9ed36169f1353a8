// A form that makes one call and shows its result. Swap, perp and prediction are such forms; each says which fields it
// has, how it calls, and how it shows an answer.
import { type CallResponse, MinaraError } from "minara";

import { watchAttempts } from "./attempts.js";
import { element } from "./dom.js";
import { Draft } from "./draft.js";
import { type Field, showWarnings } from "./field.js";
import { ignoreHeldKeys } from "./gestures.js";
import { holdPage } from "./leaving.js";
import type { Strings } from "./locales/index.js";
import { viewTitle } from "./navigation.js";
import { ResultPanel } from "./result.js";
import { RunButtons } from "./run-buttons.js";

export interface CallForm<Request, Answer> {
  title: string;
  intro: string;
  /** The form's content, in which the fields stand. */
  controls: HTMLElement[];
  /** The fields to which a violation may refer. */
  fields: Field[];
  /** Those of the fields whose text is kept over a reload: none that tells who the visitor is. */
  drafted: Field[];
  submit: string;
  /** Shown where the result will be. */
  empty: string;
  /** The API's, by which the client's hooks know the call. */
  path: string;
  /** What the fields ask for now. */
  request: () => Request;
  /** A request in a few words. */
  subject: (request: Request) => string;
  call: (request: Request, signal: AbortSignal) => Promise<CallResponse<Answer>>;
  show: (answer: Answer, request: Request) => HTMLElement;
}

export function callForm<Request, Answer>(options: CallForm<Request, Answer>, strings: Strings): HTMLElement {
  const { form, result } = new Caller(options, strings);
  const heading = element("div", { class: "view-heading" }, viewTitle(options.title), element("p", {}, options.intro));
  return element("section", { class: "view form-view" }, heading, form, result.root);
}

/** Makes the form's call, one at a time. */
class Caller<Request, Answer> {
  readonly form: HTMLFormElement;
  readonly result: ResultPanel;
  readonly #options: CallForm<Request, Answer>;
  readonly #buttons: RunButtons;
  readonly #draft: Draft;
  #controller: AbortController | undefined;

  constructor(options: CallForm<Request, Answer>, strings: Strings) {
    this.#options = options;
    this.#draft = new Draft(options.path, options.drafted);
    this.result = new ResultPanel(strings, options.empty);
    this.#buttons = new RunButtons(options.submit, strings.actions.stop, () => this.#controller?.abort());
    const actions = element("div", { class: "actions" }, this.#buttons.start, this.#buttons.stop);
    this.form = element("form", { class: "card", novalidate: true }, ...options.controls, actions);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    ignoreHeldKeys(this.form);
  }

  async #send(): Promise<void> {
    if (this.#buttons.running) return;
    const { signal } = (this.#controller = new AbortController());
    const { fields, path } = this.#options;
    for (const field of fields) field.clear();
    const request = this.#options.request();
    const sent = new Map(fields.map((field) => [field, field.control.value]));
    const isMaybeBilled = watchAttempts(path);
    this.#begin(request);
    try {
      const { data, warnings } = await holdPage(this.#options.call(request, signal));
      showWarnings(warnings, sent);
      this.result.showAnswer(this.#options.show(data, request), data);
    } catch (error) {
      // What nobody has taken is still to be sent.
      if (!isMaybeBilled()) this.#draft.keep();
      if (signal.aborted) this.result.showStopped(isMaybeBilled());
      else this.#fail(error);
    } finally {
      this.#buttons.running = false;
    }
  }

  #begin(request: Request): void {
    this.#buttons.running = true;
    this.#draft.forget();
    this.result.showLoading(this.#options.subject(request));
  }

  #fail(error: unknown): void {
    if (error instanceof MinaraError && error.violations) this.result.showViolations(error, this.#options.fields);
    else this.result.showError(error, () => this.#sendAgain());
  }

  /** The button that was pressed goes with its error, and the focus must not go with it. */
  #sendAgain(): void {
    void this.#send();
    this.#buttons.stop.focus({ preventScroll: true });
  }
}
