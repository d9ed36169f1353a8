// Whether a call that was stopped can have been billed, as far as the client's hooks tell: a call that is stopped while
// the package still loads, or while a session is opened for it, never reached Minara.
import type { RequestInfo, ResponseInfo } from "minara";

/** By the API's path: how many attempts were sent and have not come back refused. */
const unrefused = new Map<string, number>();

/** For the client's `onRequest`. */
export function noteRequest({ path }: RequestInfo): void {
  count(path, 1);
}

/** For the client's `onResponse`. What was refused is not billed; any other end leaves it open. */
export function noteResponse({ path, status }: ResponseInfo): void {
  if (status !== undefined && status >= 400 && status < 500) count(path, -1);
}

function count(path: string, change: number): void {
  unrefused.set(path, (unrefused.get(path) ?? 0) + change);
}

/** Begins with a call on this path; what it gives says whether one can have been billed since. */
export function watchAttempts(path: string): () => boolean {
  const before = unrefused.get(path) ?? 0;
  return () => (unrefused.get(path) ?? 0) > before;
}
