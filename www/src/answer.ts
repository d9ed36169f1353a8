// One answer in the conversation: text as it comes, then how it ended and what can be done with it.
import { copyButton } from "./copy.js";
import { element } from "./dom.js";
import { errorBox, type ErrorBoxOptions } from "./errors.js";
import type { Strings } from "./locales/index.js";
import { renderMarkdown } from "./markdown.js";
import { waitingLine } from "./waiting.js";

export type AnswerState = "waiting" | "streaming" | "done" | "stopped" | "failed";

export class Answer {
  readonly root: HTMLElement;
  readonly #strings: Strings;
  readonly #prose = element("div", { class: "prose" });
  readonly #footer = element("div", { class: "answer-footer" });
  readonly #markdown;
  #text = "";

  constructor(mode: "fast" | "expert", strings: Strings) {
    this.#strings = strings;
    this.#markdown = renderMarkdown(this.#prose, strings.markdown, 3);
    this.#footer.append(waitingLine(strings.chat.waiting[mode]));
    const heading = element("h2", {}, "Minara ", element("span", { class: "mode-tag" }, strings.chat[mode]));
    this.root = element("article", { class: "answer" }, heading, this.#prose, this.#footer);
    this.#state = "waiting";
  }

  set #state(state: AnswerState) {
    this.root.dataset["state"] = state;
  }

  write(text: string): void {
    this.#text += text;
    this.#markdown.write(text);
    this.#state = "streaming";
  }

  /** @param reason  why the answer ended, where that was said */
  finish(reason?: string): void {
    const { noText, cutShort } = this.#strings.chat;
    const note = this.#text.trim() === "" ? noText : reason === "length" ? cutShort : undefined;
    this.#end("done", note === undefined ? undefined : element("p", { class: "note" }, note));
  }

  /** What has arrived stays, marked as incomplete. */
  markStopped(isMaybeBilled: boolean): void {
    const { incomplete, stoppedUnbilled } = this.#strings.chat;
    this.#end("stopped", element("p", { class: "note" }, isMaybeBilled ? incomplete : stoppedUnbilled));
  }

  markFailed(error: unknown, options: Omit<ErrorBoxOptions, "strings">): void {
    this.#end("failed", errorBox(error, { strings: this.#strings, ...options }));
  }

  #end(state: AnswerState, note?: HTMLElement): void {
    this.#markdown.end();
    this.#state = state;
    const copy =
      this.#text.trim() !== "" &&
      element(
        "div",
        { class: "actions" },
        copyButton(() => this.#text, this.#strings),
      );
    this.#footer.replaceChildren(...[note, copy].filter((part) => part instanceof HTMLElement));
  }
}
