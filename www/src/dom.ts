// Elements in one call. Everything a person or the API wrote goes in as text, never as HTML.

/** `true` sets an empty attribute; `false` and undefined leave it out. */
export type Attributes = Record<string, string | number | boolean | undefined>;

export type Child = Node | string | false | undefined;

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  return fill(document.createElement(name), attributes, children);
}

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Name] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill<Kind extends Element>(target: Kind, attributes: Attributes, children: Child[]): Kind {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) target.setAttribute(name, value === true ? "" : String(value));
  }
  target.append(...children.filter((child) => child !== undefined && child !== false));
  return target;
}

let lastId = 0;

/** An id for `for`, `aria-describedby` and the like. */
export function newId(prefix: string): string {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
