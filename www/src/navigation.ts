// Shows one feature at a time, named by the address's fragment, so that the back button and links work.
import { element } from "./dom.js";

export interface View {
  /** The fragment: `#swap`. */
  id: string;
  name: string;
  root: HTMLElement;
}

export function mountNavigation(
  navigation: HTMLElement,
  main: HTMLElement,
  views: [View, ...View[]],
  label: string,
): void {
  const links = views.map((view) => element("a", { href: `#${view.id}` }, view.name));
  navigation.setAttribute("aria-label", label);
  navigation.append(...links);
  main.append(...views.map((view) => view.root));

  const scrolled = new Map<View, number>();
  let shown = show(views, links);
  // The browser knows one page and its height, not the views in it.
  history.scrollRestoration = "manual";
  addEventListener("hashchange", () => {
    scrolled.set(shown, scrollY);
    shown = show(views, links);
    // The heading takes the focus, so that the new view is announced and the next Tab starts in it.
    shown.root.querySelector("h1")?.focus({ preventScroll: true });
    scrollTo(0, scrolled.get(shown) ?? 0);
  });
}

/** Shows the view that the address names, else the first. */
function show(views: [View, ...View[]], links: readonly HTMLElement[]): View {
  const wanted = views.find((view) => `#${view.id}` === location.hash) ?? views[0];
  views.forEach((view, index) => {
    view.root.hidden = view !== wanted;
    if (view === wanted) links[index]?.setAttribute("aria-current", "page");
    else links[index]?.removeAttribute("aria-current");
  });
  document.title = `${wanted.name} · Minara`;
  return wanted;
}

/** A view's title, ready to be focused by {@link mountNavigation}. */
export function viewTitle(text: string): HTMLHeadingElement {
  return element("h1", { tabindex: -1 }, text);
}
