// Asks before a visitor leaves, or loads the page anew, while a call is on its way: its answer could not be had again,
// though it may be billed, and asking once more would be billed once more.

let underWay = 0;

/** @param call  a call that may be billed; the page is held until it has ended, in whatever way */
export async function holdPage<Answer>(call: Promise<Answer>): Promise<Answer> {
  // Only meanwhile: a page that always listens is kept out of some browsers' cache for the back button.
  if (underWay === 0) addEventListener("beforeunload", ask);
  underWay += 1;
  try {
    return await call;
  } finally {
    underWay -= 1;
    if (underWay === 0) removeEventListener("beforeunload", ask);
  }
}

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
