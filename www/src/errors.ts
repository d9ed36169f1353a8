// A failed call in words: what happened, what to do, whether it may have been billed, and whether trying again is
// honest to offer.
import { MinaraError } from "minara";

import { ChallengeError } from "./challenge.js";
import { element } from "./dom.js";
import { isFurtherClick } from "./gestures.js";
import type { Strings } from "./locales/index.js";

export interface ErrorBoxOptions {
  strings: Strings;
  /** Shown as "Try again", only where the error says that sending again is safe. */
  retry?: () => void;
  /** Further buttons, such as one that puts the question back. */
  actions?: HTMLElement[];
}

export function errorBox(error: unknown, { strings, retry, actions = [] }: ErrorBoxOptions): HTMLElement {
  const { what, advice, billing, wait } = describeError(error, strings);
  const consequences = [wait, billing].filter((sentence) => sentence !== undefined);
  const sentences = element(
    "div",
    { role: "alert" },
    element("p", {}, element("strong", {}, what), " ", advice),
    consequences.length > 0 && element("p", {}, consequences.join(" ")),
  );
  const box = element("div", { class: "error-box" }, sentences);
  const buttons = [...actions];
  if (retry && isRepeatable(error)) buttons.unshift(retryButton(error, retry, strings));
  // In the conversation, which is announced as it changes, a button that counts down would interrupt at every second.
  if (buttons.length > 0) box.append(element("div", { class: "actions", "aria-live": "off" }, ...buttons));
  box.append(errorDetails(error, strings));
  return box;
}

function isRepeatable(error: unknown): error is MinaraError | ChallengeError {
  return error instanceof ChallengeError || (error instanceof MinaraError && error.retryable);
}

/** The sentences for an error, without any markup. */
function describeError(error: unknown, { errors }: Strings) {
  if (error instanceof ChallengeError) {
    return { ...errors.challenge[error.failure], billing: errors.billing.not_sent, wait: undefined };
  }
  if (!(error instanceof MinaraError)) return { ...errors.unexpected, billing: undefined, wait: undefined };
  // A newer Worker may name a code that this page does not know yet.
  const text = Object.hasOwn(errors.codes, error.code) ? errors.codes[error.code] : errors.unexpected;
  const wait = error.retryAfter === undefined ? undefined : errors.retryAfter(Math.ceil(error.retryAfter));
  return { ...text, billing: errors.billing[error.outcome], wait };
}

/** For the person who has to find out: the code, the message, and the reference that the server's log has too. */
function errorDetails(error: unknown, { errors }: Strings): HTMLElement {
  const details = element("details", {}, element("summary", {}, errors.details));
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof MinaraError)) {
    details.append(element("p", { lang: "en" }, message));
    return details;
  }
  const status = error.status === undefined ? "" : ` (HTTP ${error.status})`;
  details.append(element("p", { lang: "en" }, element("code", {}, error.code), `${status}: ${message}`));
  if (error.requestId) details.append(element("p", {}, `${errors.reference}: `, element("code", {}, error.requestId)));
  return details;
}

/** Cannot be pressed before the time that the server asked for has passed. */
function retryButton(error: MinaraError | ChallengeError, retry: () => void, { actions }: Strings): HTMLButtonElement {
  const button = element("button", { type: "button", class: "retry" }, actions.tryAgain);
  button.addEventListener("click", (event) => {
    if (!isFurtherClick(event)) retry();
  });
  const wait = error instanceof MinaraError ? (error.retryAfter ?? 0) : 0;
  const end = performance.now() + wait * 1000;
  const update = () => {
    const left = Math.ceil((end - performance.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? actions.tryAgainIn(left) : actions.tryAgain;
    if (left <= 0) clearInterval(timer);
  };
  const timer = setInterval(update, 1000);
  update();
  return button;
}
