// Shows the Worker that a person is here: Cloudflare Turnstile, only where the Worker uses it, and only once it wants a
// session.
import type { MinaraOptions } from "minara";

import { element } from "./dom.js";
import { fetchHealth } from "./health.js";
import type { Strings } from "./locales/index.js";

/** Cloudflare wants it from this address and unchanged. The Worker's Content-Security-Policy lets it in. */
const SCRIPT = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";

export type ChallengeFailure = "unavailable" | "failed" | "unanswered";

/** Why there is no token. No call was made. */
export class ChallengeError extends Error {
  constructor(
    readonly failure: ChallengeFailure,
    message: string,
  ) {
    super(message);
  }
}

/** What `new Minara({ session })` takes. */
type Session = NonNullable<MinaraOptions["session"]>;

/**
 * @param place  an empty `section`: it has a name and takes room only while a challenge is open
 */
export function challengeIn(place: HTMLElement, strings: Strings): Session {
  // Here from the start: a screen reader announces what changes, not what appears.
  const status = element("p", { role: "status" });
  place.append(status);

  return async ({ signal }) => {
    // Where the health cannot be had, the call for the session will say why.
    const siteKey = (await fetchHealth())?.turnstileSiteKey;
    if (siteKey === undefined) return undefined;
    const turnstile = await loadTurnstile();
    signal.throwIfAborted();
    const container = element("div", { class: "challenge-widget" });
    place.setAttribute("aria-label", strings.challenge.label);
    place.append(container);
    status.textContent = strings.challenge.open;
    try {
      return await solve(turnstile, container, { siteKey, language: strings.language, signal });
    } finally {
      container.remove();
      status.textContent = "";
      place.removeAttribute("aria-label");
    }
  };
}

interface Terms {
  siteKey: string;
  language: string;
  /** Aborted when no call waits for the answer any more: the challenge goes with them. */
  signal: AbortSignal;
}

async function solve(turnstile: Turnstile, container: HTMLElement, terms: Terms): Promise<string> {
  let widget: string | null | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      terms.signal.addEventListener("abort", () => reject(terms.signal.reason));
      widget = turnstile.render(container, widgetOptions(terms, resolve, reject));
    });
  } finally {
    if (widget) turnstile.remove(widget);
  }
}

function widgetOptions(
  { siteKey, language }: Terms,
  resolve: (token: string) => void,
  reject: (error: ChallengeError) => void,
): WidgetOptions {
  const fail = (failure: ChallengeFailure, message: string) => reject(new ChallengeError(failure, message));
  const unanswered = () => fail("unanswered", "Turnstile's challenge was not answered in time.");
  return {
    sitekey: siteKey,
    // The Worker accepts no other.
    action: "session",
    appearance: "interaction-only",
    language,
    // The error box offers it.
    retry: "never",
    callback: resolve,
    "error-callback": (code) => {
      fail("failed", `Turnstile failed with the code ${code}.`);
      // Else it would also warn on the console.
      return true;
    },
    "expired-callback": unanswered,
    "timeout-callback": unanswered,
    "unsupported-callback": () => fail("failed", "Turnstile does not work in this browser."),
  };
}

let loading: Promise<Turnstile> | undefined;

/** Once for all challenges; again after it could not be had. */
function loadTurnstile(): Promise<Turnstile> {
  loading ??= new Promise<Turnstile>((resolve, reject) => {
    const script = element("script", { src: SCRIPT, async: true });
    const settle = () => {
      // What loads need not be Turnstile: some networks answer with a page of their own.
      if (window.turnstile) return resolve(window.turnstile);
      script.remove();
      loading = undefined;
      reject(new ChallengeError("unavailable", `Turnstile could not be loaded from ${SCRIPT}.`));
    };
    script.addEventListener("load", settle);
    script.addEventListener("error", settle);
    document.head.append(script);
  });
  return loading;
}

/** The part of Turnstile's script that is used here. */
interface Turnstile {
  render(container: HTMLElement, options: WidgetOptions): string | null | undefined;
  remove(widget: string): void;
}

interface WidgetOptions {
  sitekey: string;
  action: string;
  appearance: "interaction-only";
  language: string;
  retry: "never";
  callback: (token: string) => void;
  /** Gives true where it has dealt with the error. */
  "error-callback": (code: string) => boolean;
  "expired-callback": () => void;
  "timeout-callback": () => void;
  "unsupported-callback": () => void;
}

declare global {
  interface Window {
    turnstile?: Turnstile;
  }
}
