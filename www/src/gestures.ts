// One gesture is one action. Send and Stop stand in the same place and hand each other the focus, so the second click
// of a double click, and the repeats of a key that is held, reach another button than the first did.

/** The second click of a double click, or a later one; clicks by keyboard count as none. */
export function isFurtherClick(event: MouseEvent): boolean {
  return event.detail > 1;
}

/** Takes the repeats of a held key from whatever in a form would act on them. */
export function ignoreHeldKeys(form: HTMLFormElement): void {
  form.addEventListener("keydown", (event) => {
    if (event.repeat && actsIn(event.target, event.key)) event.preventDefault();
  });
}

/** Enter sends from every control but one of several lines. Space presses a button, once it has begun on that one. */
function actsIn(target: EventTarget | null, key: string): boolean {
  if (key === "Enter") return !(target instanceof HTMLTextAreaElement);
  return key === " " && target instanceof HTMLButtonElement;
}
