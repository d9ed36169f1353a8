// Where a form's result is shown: empty, loading, stopped, failed or done, and what results are made of.
import type { MinaraError } from "minara";

import { copyButton } from "./copy.js";
import { element, newId } from "./dom.js";
import { errorBox } from "./errors.js";
import { type Field, showViolations } from "./field.js";
import type { Strings } from "./locales/index.js";
import { waitingLine } from "./waiting.js";

export class ResultPanel {
  readonly root: HTMLElement;
  readonly #content = element("div", { class: "result-content" });
  /** Says in words what the panel shows; the panel itself is too long to be read out whole. */
  readonly #status = element("p", { class: "visually-hidden", role: "status" });
  /** What the newest call was for: the fields may have been changed since. */
  #subject = "";

  constructor(
    readonly strings: Strings,
    empty: string,
  ) {
    const heading = element("h2", { id: newId("result") }, strings.result.title);
    this.root = element(
      "section",
      { class: "card result", "aria-labelledby": heading.id },
      heading,
      this.#content,
      this.#status,
    );
    this.#show("empty", element("p", { class: "muted" }, empty));
  }

  showLoading(subject: string): void {
    const { loading } = this.strings.result;
    this.#subject = subject;
    this.#show("loading", this.#asked(), waitingLine(loading));
    this.#status.textContent = loading;
  }

  showAnswer(view: HTMLElement, answer: unknown): void {
    this.#show("done", this.#asked(), view, rawAnswer(answer, this.strings));
    this.#status.textContent = this.strings.result.ready;
    this.#bringIntoView();
  }

  showStopped(isMaybeBilled: boolean): void {
    const { stopped, stoppedBilling, stoppedUnbilled } = this.strings.result;
    const billing = isMaybeBilled ? stoppedBilling : stoppedUnbilled;
    const note = element("p", { class: "note" }, element("strong", {}, stopped), " ", billing);
    this.#show("stopped", this.#asked(), note);
    this.#status.textContent = `${stopped} ${billing}`;
  }

  showViolations(error: MinaraError, fields: Field[]): void {
    const others = showViolations(error.violations ?? [], fields);
    // What no field of this form stands for is shown whole, as any other error.
    if (others.length > 0) return this.showError(error);
    const note = element("p", { class: "note", role: "alert" }, this.strings.result.checkFields);
    this.#show("error", note);
  }

  showError(error: unknown, retry?: () => void): void {
    this.#show("error", this.#asked(), errorBox(error, { strings: this.strings, ...(retry && { retry }) }));
    this.#bringIntoView();
  }

  #asked(): HTMLElement {
    return element("p", { class: "asked" }, `${this.strings.result.asked} `, element("bdi", {}, this.#subject));
  }

  #show(state: string, ...children: HTMLElement[]): void {
    this.root.dataset["state"] = state;
    this.root.setAttribute("aria-busy", String(state === "loading"));
    this.#status.textContent = "";
    this.#content.replaceChildren(...children);
  }

  /** On a narrow screen the result is below the form. */
  #bringIntoView(): void {
    this.root.scrollIntoView({ block: "nearest" });
  }
}

function rawAnswer(answer: unknown, strings: Strings): HTMLElement {
  const json = JSON.stringify(answer, null, 2);
  return element(
    "details",
    { class: "raw" },
    element("summary", {}, strings.result.rawAnswer),
    element("pre", { tabindex: 0, role: "group", "aria-label": strings.result.rawAnswer }, element("code", {}, json)),
    element(
      "div",
      { class: "actions" },
      copyButton(() => json, strings),
    ),
  );
}

/** A line of a result: a name and what holds for it; a missing value says so. */
export function row(name: string, value: string | Node | undefined, strings: Strings, note?: string): HTMLElement {
  const shown = value === undefined ? element("span", { class: "muted" }, strings.result.missing) : value;
  const remark = note !== undefined && element("span", { class: "remark" }, note);
  return element("div", {}, element("dt", {}, name), element("dd", {}, shown, remark));
}

/** Something that a reader must not miss; the word in front says so without colour. */
export function warningNote(text: string, strings: Strings): HTMLElement {
  return element("p", { class: "warning-note" }, element("strong", {}, `${strings.result.warning}: `), text);
}
