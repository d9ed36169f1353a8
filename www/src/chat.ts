// Chat: a question goes out, its answer streams in, and the conversation goes on under its chatId.
import { type ChatInput, type Minara, MinaraError, type Mode } from "minara";

import { Answer } from "./answer.js";
import { watchAttempts } from "./attempts.js";
import { Composer } from "./composer.js";
import { element } from "./dom.js";
import { holdPage } from "./leaving.js";
import type { Strings } from "./locales/index.js";
import { viewTitle } from "./navigation.js";
import { followScroll } from "./scroll.js";

/** The API's, by which the client's hooks know the call. */
const PATH = "/v1/developer/chat";

export function chatView(minara: Minara, strings: Strings): HTMLElement {
  return new Chat(minara, strings).root;
}

/** A question as it was sent, so that it can be sent again as it was. */
interface Asked {
  question: string;
  mode: Mode;
}

class Chat {
  readonly root: HTMLElement;
  readonly #minara: Minara;
  readonly #strings: Strings;
  readonly #log: HTMLElement;
  readonly #welcome: HTMLElement;
  readonly #newChat: HTMLButtonElement;
  readonly #composer: Composer;
  /** Tells a screen reader what goes on; the log itself is announced once the answer is complete. */
  readonly #status = element("p", { class: "visually-hidden", role: "status" });
  /** The API's name for this conversation, once it has answered. */
  #chatId: string | undefined;
  #controller: AbortController | undefined;

  constructor(minara: Minara, strings: Strings) {
    const { chat: text } = strings;
    this.#minara = minara;
    this.#strings = strings;
    this.#composer = new Composer(strings, {
      send: () => void this.#ask(this.#composer.take(), this.#composer.mode),
      stop: () => this.#controller?.abort(),
    });
    this.#log = element("div", { class: "log", role: "log", "aria-label": text.conversation, "aria-busy": "false" });
    this.#newChat = element("button", { type: "button", class: "quiet", hidden: true }, text.newChat);
    this.#newChat.addEventListener("click", () => this.#startOver());
    this.#welcome = this.#makeWelcome();
    const heading = element("div", { class: "chat-heading" }, viewTitle(text.title), this.#newChat);
    this.root = element(
      "section",
      { class: "view chat-view" },
      heading,
      this.#welcome,
      this.#log,
      this.#composer.root,
      this.#status,
    );
  }

  /** Suggestions fill the box and send nothing: a call costs credits. */
  #makeWelcome(): HTMLElement {
    const { chat: text } = this.#strings;
    const suggestions = text.suggestions.map((suggestion) => {
      const button = element("button", { type: "button" }, suggestion);
      button.addEventListener("click", () => this.#composer.edit(suggestion));
      return element("li", {}, button);
    });
    return element(
      "div",
      { class: "welcome" },
      element("p", {}, text.intro),
      element("ul", { class: "suggestions", "aria-label": text.suggestionsLabel }, ...suggestions),
    );
  }

  async #ask(question: string, mode: Mode): Promise<void> {
    const controller = (this.#controller = new AbortController());
    const asked = element(
      "article",
      { class: "question" },
      element("h2", { class: "visually-hidden" }, this.#strings.chat.you),
      element("p", { dir: "auto" }, question),
    );
    const answer = new Answer(mode, this.#strings);
    const isMaybeBilled = watchAttempts(PATH);
    this.#begin(asked, answer);
    try {
      await holdPage(this.#stream({ message: question, mode, chatId: this.#chatId }, answer, controller));
      this.#end(this.#strings.chat.answered);
    } catch (error) {
      this.#end("");
      if (controller.signal.aborted) followScroll(() => answer.markStopped(isMaybeBilled()));
      else this.#fail(error, { question, mode }, asked, answer);
    }
  }

  async #stream(request: ChatInput<true>, answer: Answer, controller: AbortController): Promise<void> {
    // Under an id a stream that is cut is completed from the answer that the API keeps, and no connection charges
    // twice.
    const stream = this.#minara.chatStream(request, { signal: controller.signal, requestId: true });
    try {
      for await (const { text } of stream) followScroll(() => answer.write(text));
      followScroll(() => answer.finish(stream.finishReason));
    } finally {
      // Also a stopped answer belongs to the conversation, unless a new one was begun meanwhile.
      if (this.#controller === controller) this.#chatId = stream.chatId ?? this.#chatId;
    }
  }

  #begin(asked: HTMLElement, answer: Answer): void {
    this.#composer.running = true;
    this.#welcome.hidden = true;
    this.#newChat.hidden = false;
    this.#log.setAttribute("aria-busy", "true");
    this.#status.textContent = this.#strings.chat.answering;
    this.#log.append(asked, answer.root);
    scrollTo(0, document.documentElement.scrollHeight);
  }

  #end(status: string): void {
    this.#composer.running = false;
    this.#log.setAttribute("aria-busy", "false");
    this.#status.textContent = status;
  }

  #fail(error: unknown, { question, mode }: Asked, asked: HTMLElement, answer: Answer): void {
    if (error instanceof MinaraError && error.violations) {
      this.#takeBack(asked, answer);
      this.#composer.refuse(question, error);
    } else {
      const resend = () => {
        // One answer at a time; meanwhile the button is not shown.
        if (this.#composer.running) return;
        this.#takeBack(asked, answer);
        void this.#ask(question, mode);
        this.#composer.focus();
      };
      const edit = element("button", { type: "button", class: "quiet" }, this.#strings.chat.editQuestion);
      edit.addEventListener("click", () => this.#composer.edit(question));
      followScroll(() => answer.markFailed(error, { retry: resend, actions: [edit] }));
    }
  }

  /** A question that was never asked leaves no trace in the conversation. */
  #takeBack(asked: HTMLElement, answer: Answer): void {
    asked.remove();
    answer.root.remove();
    if (this.#log.childElementCount === 0) this.#startOver();
  }

  #startOver(): void {
    this.#controller?.abort();
    this.#controller = undefined;
    this.#chatId = undefined;
    this.#log.replaceChildren();
    this.#welcome.hidden = false;
    this.#newChat.hidden = true;
    this.#composer.focus();
  }
}
