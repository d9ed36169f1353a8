// Markdown that arrives in parts, shown as it arrives. What the model wrote is not trusted: raw HTML stays text,
// links lead to http(s) only, and no picture is fetched.
import * as smd from "streaming-markdown";

import { element } from "./dom.js";
import type { Strings } from "./locales/index.js";
import { LiteralGuard, restoreLiterals } from "./markdown-literals.js";

export interface MarkdownWriter {
  write(text: string): void;
  /** Shows what was held back because it could have become markup. */
  end(): void;
}

type Data = smd.Default_Renderer_Data;

/**
 * @param root  takes the rendered elements
 * @param topHeading  level of the highest heading, so that answers fit below the page's own headings
 */
export function renderMarkdown(root: HTMLElement, strings: Strings["markdown"], topHeading: number): MarkdownWriter {
  const renderer = smd.default_renderer(root);
  const headings = headingLevels(topHeading);
  const open: smd.Token[] = [];
  renderer.add_token = (data, token) => {
    open.push(token);
    addToken(data, token, strings, headings);
  };
  renderer.add_text = (data, text) => smd.default_add_text(data, restoreLiterals(text));
  renderer.set_attr = (data, attribute, value) => setAttribute(data, attribute, restoreLiterals(value), strings);
  renderer.end_token = (data) => {
    const lost = lostMarks(open.pop(), parser.pending);
    if (lost) unwrap(current(data), lost);
    smd.default_end_token(data);
  };
  const parser = smd.parser(renderer);
  const guard = new LiteralGuard({
    write: (text) => smd.parser_write(parser, text),
    isWithin: (mark) => open.some((token) => MARKS.get(token) === mark),
  });
  return {
    write: (text) => guard.write(text),
    end: () => {
      guard.end();
      smd.parser_end(parser);
      // The parser ends no element at the end of the text.
      while (open.length > 0) renderer.end_token(renderer.data);
    },
  };
}

/** What an element's text stands between, on both sides alike. */
const MARKS: ReadonlyMap<smd.Token | undefined, string> = new Map([
  [smd.ITALIC_AST, "*"],
  [smd.ITALIC_UND, "_"],
  [smd.STRONG_AST, "**"],
  [smd.STRONG_UND, "__"],
  [smd.STRIKE, "~~"],
]);

/**
 * What the parser took for the beginning of an element that then had no end, or of a link that had no address.
 * @param pending  what the parser was reading when it ended the element
 */
function lostMarks(token: smd.Token | undefined, pending: string): [before: string, after: string] | undefined {
  if (token === smd.LINK || token === smd.IMAGE) {
    if (pending.startsWith("](")) return undefined;
    return [token === smd.LINK ? "[" : "![", pending === "]" ? "]" : ""];
  }
  const mark = MARKS.get(token);
  const isEnded = mark !== undefined && [mark.charAt(0), mark.charAt(0).repeat(2)].includes(pending);
  return mark === undefined || isEnded ? undefined : [mark, ""];
}

/** Leaves of an element only its content. */
function unwrap(node: HTMLElement, [before, after]: [before: string, after: string]): void {
  node.replaceWith(before, ...node.childNodes, after);
}

function addToken(
  data: Data,
  token: smd.Token,
  strings: Strings["markdown"],
  headings: (token: smd.Token) => smd.Token,
): void {
  if (token >= smd.HEADING_1 && token <= smd.HEADING_6) {
    smd.default_add_token(data, headings(token));
    readAsWritten(data);
  } else if (token === smd.IMAGE) {
    // A link to the picture instead of the picture; within a link, just its text.
    smd.default_add_token(data, current(data).closest("a") ? smd.ITALIC_AST : smd.LINK);
  } else if (token === smd.CHECKBOX) {
    push(data, element("span", { role: "img", "aria-label": strings.open }, "☐"));
  } else {
    smd.default_add_token(data, token);
    readAsWritten(data);
    if (token === smd.TABLE) makeScrollable(current(data), strings.table);
    if (token === smd.CODE_BLOCK || token === smd.CODE_FENCE) makeScrollable(current(data).parentElement, strings.code);
  }
}

function setAttribute(data: Data, attribute: smd.Attr, value: string, strings: Strings["markdown"]): void {
  const node = current(data);
  if (attribute === smd.HREF || attribute === smd.SRC) {
    if (node instanceof HTMLAnchorElement) linkTo(node, value);
  } else if (attribute === smd.CHECKED) {
    node.textContent = "☑";
    node.setAttribute("aria-label", strings.done);
  } else if (attribute === smd.START) {
    node.setAttribute("start", String(Number.parseInt(value, 10)));
  } else if (attribute === smd.LANG) {
    node.setAttribute("data-language", value);
  }
}

function linkTo(anchor: HTMLAnchorElement, address: string): void {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return;
  anchor.href = address;
  anchor.rel = "noopener noreferrer nofollow";
  anchor.target = "_blank";
}

/**
 * `#` and `##` become the top level (models use either for a title), `###` the next, and so on, but never more than
 * one level below the heading before.
 */
function headingLevels(top: number): (token: smd.Token) => smd.Token {
  let last = top - 1;
  return (token) => {
    last = Math.min(top + Math.max(0, token - smd.HEADING_2), last + 1, 6);
    return (smd.HEADING_1 - 1 + last) as smd.Token;
  };
}

/** A block is read from the right where its own first letters are, whatever the page's language. Code never is. */
function readAsWritten(data: Data): void {
  const node = current(data);
  if (node.parentElement === data.nodes[0] && !(node instanceof HTMLPreElement)) node.dir = "auto";
}

/** Wide tables and long code scroll by themselves, also by keyboard, so that the page never does. */
function makeScrollable(target: HTMLElement | null, label: string): void {
  if (!target) return;
  const frame = element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": label });
  target.replaceWith(frame);
  frame.append(target);
}

function current(data: Data): HTMLElement {
  const node = data.nodes[data.index];
  if (!node) throw new Error("the markdown parser ended more elements than it began");
  return node;
}

function push(data: Data, node: HTMLElement): void {
  current(data).append(node);
  data.index += 1;
  data.nodes[data.index] = node;
}
