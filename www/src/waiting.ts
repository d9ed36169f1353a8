import { element } from "./dom.js";

/** Something is on its way: three dots that pulse (or rest, where motion is not wanted), and what is waited for. */
export function waitingLine(text: string): HTMLElement {
  const dots = element("span", { class: "dots", "aria-hidden": "true" }, element("i"), element("i"), element("i"));
  return element("p", { class: "waiting" }, dots, element("span", {}, text));
}
