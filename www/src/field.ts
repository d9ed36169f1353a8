// A labelled form control that can show what is wrong with its value.
import type { Violation, Warning } from "minara";

import { element, newId } from "./dom.js";

export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export class Field {
  readonly root: HTMLElement;
  readonly #message: HTMLElement;
  readonly #hintId: string | undefined;

  /**
   * @param name  the field's name in the package's requests, to which its violations refer
   */
  constructor(
    readonly name: string,
    label: string,
    readonly control: Control,
    hint?: string,
  ) {
    control.id ||= newId(name);
    this.#hintId = hint ? newId("hint") : undefined;
    this.#message = element("p", { class: "field-message", id: newId("message"), hidden: true });
    this.root = element(
      "div",
      { class: "field" },
      element("label", { for: control.id }, label),
      control,
      this.#hintId !== undefined && element("p", { class: "hint", id: this.#hintId }, hint),
      this.#message,
    );
    this.#describe([]);
    control.addEventListener("input", () => this.clear());
  }

  /** What the visitor wrote; undefined when nothing, so that the API's default holds. */
  get value(): string | undefined {
    return this.control.value === "" ? undefined : this.control.value;
  }

  showError(message: string): void {
    this.#show(message, "is-error");
    this.control.setAttribute("aria-invalid", "true");
  }

  /** A doubt that stops nothing. */
  showWarning(message: string): void {
    this.#show(message, "is-warning");
  }

  clear(): void {
    this.#message.hidden = true;
    this.control.removeAttribute("aria-invalid");
    this.#describe([]);
  }

  #show(message: string, kind: string): void {
    this.#message.className = `field-message ${kind}`;
    this.#message.textContent = asSentence(message);
    this.#message.hidden = false;
    this.#describe([this.#message.id]);
  }

  #describe(ids: string[]): void {
    const all = [...(this.#hintId ? [this.#hintId] : []), ...ids];
    if (all.length > 0) this.control.setAttribute("aria-describedby", all.join(" "));
    else this.control.removeAttribute("aria-describedby");
  }
}

/** Holds a number as people write one. What is none goes to the package as NaN, which refuses it for every field. */
export class NumberField extends Field {
  /**
   * @param noNumber  said of what is no number, in place of the package's sentence, which would name NaN
   */
  constructor(
    name: string,
    label: string,
    control: Control,
    readonly noNumber: string,
    hint?: string,
  ) {
    super(name, label, control, hint);
  }

  /** Undefined when nothing was written. */
  get number(): number | undefined {
    if (this.value === undefined) return undefined;
    const text = this.value.trim();
    return /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  }

  override showError(message: string): void {
    super.showError(Number.isNaN(this.number) ? this.noNumber : message);
  }
}

/** Shows each violation at its field and gives back those that no field stands for. */
export function showViolations(violations: readonly Violation[], fields: readonly Field[]): Violation[] {
  const found = violations.map((violation) => ({
    violation,
    field: fields.find(({ name }) => name === violation.field),
  }));
  for (const { violation, field } of found) field?.showError(violation.message);
  fields.find(({ control }) => control.getAttribute("aria-invalid") === "true")?.control.focus();
  return found.filter(({ field }) => !field).map(({ violation }) => violation);
}

/** Shows each warning at its field, while that holds the value that was sent. */
export function showWarnings(warnings: readonly Warning[], sent: ReadonlyMap<Field, string>): void {
  for (const [field, value] of sent) {
    const warning = warnings.find((candidate) => candidate.field === field.name);
    if (warning && field.control.value === value) field.showWarning(warning.message);
  }
}

/** The package's messages are clauses that follow the field's name. */
function asSentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}${/[.!?]$/.test(clause) ? "" : "."}`;
}

/** A choice of a few, each with its text. */
export function select(options: readonly (readonly [value: string, text: string])[]): HTMLSelectElement {
  return element("select", {}, ...options.map(([value, text]) => element("option", { value }, text)));
}

/** Fast or Expert, as radio buttons that look like one switch. */
export class ModeSwitch {
  readonly root: HTMLFieldSetElement;
  readonly #expert: HTMLInputElement;

  constructor(legend: string, names: { fast: string; expert: string }) {
    const group = newId("mode");
    const choice = (value: "fast" | "expert") =>
      element("input", { type: "radio", name: group, value, checked: value === "fast" });
    this.#expert = choice("expert");
    this.root = element(
      "fieldset",
      { class: "switch" },
      element("legend", {}, legend),
      element("label", {}, choice("fast"), element("span", {}, names.fast)),
      element("label", {}, this.#expert, element("span", {}, names.expert)),
    );
  }

  get value(): "fast" | "expert" {
    return this.#expert.checked ? "expert" : "fast";
  }
}
