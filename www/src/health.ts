// Asks the Worker what it is connected to, and says so where nobody can miss it.
import { element } from "./dom.js";
import type { Strings } from "./locales/index.js";

export interface Health {
  status: "ok";
  upstream: "sandbox" | "live";
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

/** Undefined when the Worker cannot be reached or is not ready. */
async function fetchHealth(): Promise<Health | undefined> {
  try {
    const response = await fetch("/api/health", { headers: { accept: "application/json" } });
    return response.ok ? ((await response.json()) as Health) : undefined;
  } catch {
    return undefined;
  }
}
