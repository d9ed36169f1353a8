// Keeps what a visitor has written and not sent over a reload of the page: the text alone, for this tab alone. It comes
// back into its fields, and only the visitor sends it.
import type { Field } from "./field.js";

/** Addresses of wallets, and keys, are kept in no storage, whichever field they are written in. */
const ADDRESS_OR_KEY = /[a-z\d]{32}/i;

export class Draft {
  readonly #key: string;
  readonly #fields: readonly Field[];
  /** As the page gives the fields out. */
  readonly #untouched: string;

  /**
   * @param name    its own in the page
   * @param fields  get back what was kept of them
   */
  constructor(name: string, fields: readonly Field[]) {
    this.#key = `draft:${name}`;
    this.#fields = fields;
    this.#untouched = this.#text();
    const kept = readKept(this.#key);
    for (const field of fields) {
      putBack(field, kept[field.name]);
      field.control.addEventListener("input", () => this.keep());
    }
  }

  /** Changes that a script makes come with no event, so that they are kept only by this. */
  keep(): void {
    const text = this.#text();
    if (text === this.#untouched) this.forget();
    else inStorage((storage) => storage.setItem(this.#key, text));
  }

  forget(): void {
    inStorage((storage) => storage.removeItem(this.#key));
  }

  #text(): string {
    const values = this.#fields.map(({ name, control }) => [name, control.value] as const);
    return JSON.stringify(Object.fromEntries(values.filter(([, value]) => !ADDRESS_OR_KEY.test(value))));
  }
}

function readKept(key: string): Record<string, unknown> {
  return inStorage((storage) => JSON.parse(storage.getItem(key) ?? "{}") as Record<string, unknown> | null) ?? {};
}

function putBack({ control }: Field, text: unknown): void {
  if (typeof text !== "string") return;
  const before = control.value;
  control.value = text;
  // A choice that the page no longer has would leave none.
  if (control.value !== text) control.value = before;
}

/** Where the browser blocks the storage, which throws at the first touch, or it is full, nothing is kept. */
function inStorage<Result>(use: (storage: Storage) => Result): Result | undefined {
  try {
    return use(sessionStorage);
  } catch {
    return undefined;
  }
}
