// A button that copies text and says whether it could.
import { element } from "./dom.js";
import type { Strings } from "./locales/index.js";

/** How long the button says what happened, in milliseconds. */
const NOTICE_MS = 2_000;

export function copyButton(text: () => string, { actions }: Strings): HTMLButtonElement {
  // The text is the button's name, so a screen reader that is on it hears the change.
  const button = element("button", { type: "button", class: "quiet", "aria-live": "polite" }, actions.copy);
  button.addEventListener("click", async () => {
    button.textContent = (await copy(text())) ? actions.copied : actions.copyFailed;
    setTimeout(() => (button.textContent = actions.copy), NOTICE_MS);
  });
  return button;
}

/** False where the browser has no clipboard here (plain http) or the visitor forbids it. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
