// Asks the Worker what it is connected to, and says so where nobody can miss it.
import { element } from "./dom.js";
import type { Strings } from "./locales/index.js";

export interface Health {
  status: "ok";
  upstream: "sandbox" | "live";
  /** Where the Worker wants a Turnstile challenge to be solved for a session. */
  turnstileSiteKey?: string;
}

/**
 * Says what the Worker is, now and whenever the visitor comes back to the page: it may have been started anew
 * meanwhile, with a key.
 * @param notice  an empty `role="status"` element; it is empty while the Worker is connected to the real API
 * @returns looks once more
 */
export function watchSource(notice: HTMLElement, strings: Strings): () => void {
  let asked = 0;
  let shown = 0;
  const look = async () => {
    const turn = (asked += 1);
    const health = await askHealth();
    // Answers may overtake each other.
    if (turn < shown) return;
    shown = turn;
    show(health, notice, strings);
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void look();
  });
  void look();
  return () => void look();
}

function show(health: Health | undefined, notice: HTMLElement, { source }: Strings): void {
  const { dataset } = document.documentElement;
  const state = health?.upstream ?? "unreachable";
  // A screen reader would read out again what is written again.
  if (dataset["source"] === state) return;
  dataset["source"] = state;
  notice.classList.toggle("is-error", state === "unreachable");
  if (state === "sandbox") notice.replaceChildren(element("strong", {}, source.sandboxTitle), " ", source.sandbox);
  else notice.replaceChildren(...(state === "unreachable" ? [source.unreachable] : []));
}

let known: Health | undefined;

/** As the Worker last said it; undefined when it never could be reached or was not ready. */
export async function fetchHealth(): Promise<Health | undefined> {
  return known ?? askHealth();
}

async function askHealth(): Promise<Health | undefined> {
  try {
    const response = await fetch("/api/health", { headers: { accept: "application/json" }, cache: "no-store" });
    if (!response.ok) return undefined;
    return (known = (await response.json()) as Health);
  } catch {
    return undefined;
  }
}
