// Asks the Worker what it is connected to, and says so where nobody can miss it.
import { element } from "./dom.js";
import type { Strings } from "./locales/index.js";

export interface Health {
  status: "ok";
  upstream: "sandbox" | "live";
  /** Where the Worker wants a Turnstile challenge to be solved for a session. */
  turnstileSiteKey?: string;
}

/** @param notice  an empty `role="status"` element; it stays empty when the Worker is connected to the real API */
export async function showSource(notice: HTMLElement, { source }: Strings): Promise<void> {
  const health = await fetchHealth();
  document.documentElement.dataset["source"] = health?.upstream ?? "unreachable";
  if (health?.upstream === "sandbox") {
    notice.replaceChildren(element("strong", {}, source.sandboxTitle), " ", source.sandbox);
  } else if (!health) {
    notice.classList.add("is-error");
    notice.replaceChildren(source.unreachable);
  }
}

let known: Promise<Health | undefined> | undefined;

/** Asked once, and again after a failure; undefined when the Worker cannot be reached or is not ready. */
export function fetchHealth(): Promise<Health | undefined> {
  known ??= askHealth().then((health) => {
    if (!health) known = undefined;
    return health;
  });
  return known;
}

async function askHealth(): Promise<Health | undefined> {
  try {
    const response = await fetch("/api/health", { headers: { accept: "application/json" } });
    return response.ok ? ((await response.json()) as Health) : undefined;
  } catch {
    return undefined;
  }
}
