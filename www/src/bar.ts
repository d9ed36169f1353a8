import { svg } from "./dom.js";

/** A share of 1 as a filled bar. The number always stands beside it in words, so screen readers skip it. */
export function bar(share: number): SVGElement {
  const width = Math.min(Math.max(share, 0), 1) * 100;
  return svg(
    "svg",
    { class: "bar", viewBox: "0 0 100 1", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "bar-track", width: 100, height: 1 }),
    svg("rect", { class: "bar-fill", width, height: 1 }),
  );
}
