/** How far from the bottom still counts as being there, in CSS pixels. */
const NEAR = 80;

/** Makes a change and keeps the end of the page in sight, but only for a reader who was there already. */
export function followScroll(change: () => void): void {
  const { scrollHeight, clientHeight } = document.documentElement;
  const atBottom = scrollHeight - clientHeight - scrollY <= NEAR;
  change();
  // Unchanged is the height where another view is shown, which is not to be moved.
  const height = document.documentElement.scrollHeight;
  if (atBottom && height !== scrollHeight) scrollTo(0, height);
}
