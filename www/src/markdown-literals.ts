// Characters of a model's text that are no markup though the Markdown parser would take them for it: the dollar of a
// price, the star of a product, the underscore in a name, the brackets of a range. Stand-ins take them through the
// parser and are turned back where text is shown, so that an amount keeps every character.

/** Unicode keeps these code points for a program's own use, so text does not rightly hold them. */
const STAND_INS = "\uFDD0\uFDD1\uFDD2\uFDD3\uFDD4";
/** In the order of their stand-ins. */
const LITERALS = "$*_([";
const ANY_STAND_IN = /[\uFDD0-\uFDD4]/g;

/** Beyond this an address is none, so that what could become one is not held back for ever. */
const LONGEST_ADDRESS = 2_048;

/** Text that came out of the parser, as the model wrote it. */
export function restoreLiterals(text: string): string {
  return text.replace(ANY_STAND_IN, (standIn) => LITERALS.charAt(STAND_INS.indexOf(standIn)));
}

function asLiteral(text: string): string {
  return text.replace(/[$*_([]/g, (character) => STAND_INS.charAt(LITERALS.indexOf(character)));
}

export interface Parser {
  write: (text: string) => void;
  /** Whether text is now between marks such as `*` or `__`. */
  isWithin: (mark: string) => boolean;
}

/** Stands before a parser and gives it the text with stand-ins, however the text is cut into parts. */
export class LiteralGuard {
  readonly #parser: Parser;
  /** What can be passed on, in one piece. */
  #ready = "";
  /** A run of stars or underscores, or what follows `](`: what comes next decides on it. */
  #held = "";
  /** Whether nothing but marks and spaces is on the line so far. */
  #isLineOfMarks = true;
  #previous = "";
  #isEscaped = false;
  /** While what followed a `](` is gone through once more: what it holds begins no address of its own. */
  #isAgain = false;

  constructor(parser: Parser) {
    this.#parser = parser;
  }

  write(text: string): void {
    // A stand-in that the model wrote would be turned into what it never wrote.
    for (const character of text.replace(ANY_STAND_IN, "\uFFFD")) this.#take(character);
    this.#flush();
  }

  /** Passes on what was held back. */
  end(): void {
    if (this.#held !== "") this.#settle("");
    this.#flush();
  }

  #take(character: string): void {
    if (this.#held !== "" && this.#isHeldOn(character)) {
      this.#held += character;
      return;
    }
    if (this.#held !== "") this.#settle(character);
    const isMark = character === "*" || character === "_";
    const beginsAddress = character === "(" && this.#previous === "]";
    // `$` and an escaped bracket would begin a formula, which this page does not set.
    const isLiteral = character === "$" || this.#isEscaped || (beginsAddress && this.#isAgain);
    if (isLiteral) this.#pass(character, asLiteral(character));
    else if (isMark || beginsAddress) this.#held = character;
    else this.#pass(character, character);
  }

  #isHeldOn(character: string): boolean {
    if (!this.#held.startsWith("(")) return this.#held.startsWith(character);
    return character !== ")" && !/\s/.test(character) && this.#held.length < LONGEST_ADDRESS;
  }

  #settle(next: string): void {
    const held = this.#held;
    this.#held = "";
    if (!held.startsWith("(")) {
      this.#flush();
      return this.#pass(held, this.#isMarkup(held, next) ? held : asLiteral(held));
    }
    if (next === ")" && ADDRESS.test(held)) return this.#pass(held, `(${asLiteral(held.slice(1))}`);
    this.#pass("(", asLiteral("("));
    this.#isAgain = true;
    for (const character of held.slice(1)) this.#take(character);
    this.#isAgain = false;
    if (this.#held !== "") this.#settle(next);
  }

  #pass(original: string, shown: string): void {
    this.#ready += shown;
    this.#isEscaped = original === "\\" && !this.#isEscaped;
    this.#previous = original.slice(-1);
    this.#isLineOfMarks = original === "\n" || (this.#isLineOfMarks && /^[\s>*_+-]*$/.test(original));
  }

  #flush(): void {
    if (this.#ready !== "") this.#parser.write(this.#ready);
    this.#ready = "";
  }

  /** By CommonMark's rules, except within a word and after a bracket, where stars are a product or a power. */
  #isMarkup(run: string, next: string): boolean {
    const [before, after] = [kindOf(this.#previous), kindOf(next)];
    // A bullet or a rule.
    if (after === "space" && this.#isLineOfMarks) return true;
    if (run.length > 3) return false;
    const isInWord = before === "word" && after === "word";
    // As in "(3 + 2)*4", "(3 + 2)**4" and "`p`*`q`".
    const isFactor = /[)\]}%`]/.test(this.#previous) && (run.length === 1 || /\d/.test(next));
    if (this.#isWithinAny(run)) {
      // Models end bold text at a colon or a percent sign, and go on without a space.
      if (run.startsWith("**")) return before !== "space" && !isFactor;
      return before !== "space" && (before !== "sign" || after !== "word") && !isInWord;
    }
    return after !== "space" && (after !== "sign" || before !== "word") && !isInWord && !isFactor;
  }

  #isWithinAny(run: string): boolean {
    const { isWithin } = this.#parser;
    return run.length === 3 ? isWithin(run.slice(1)) || isWithin(run.slice(2)) : isWithin(run);
  }
}

/** What a link can lead to: numbers in parentheses, and names beside them, lead nowhere. */
const ADDRESS = /^\((?:[a-z][a-z\d+.-]*:|[/#?]\p{L})/iu;

/** Scripts that put no spaces between words, where marks stand in the middle of them. */
const UNSPACED = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]/u;

function kindOf(character: string): "space" | "word" | "unspaced" | "sign" {
  if (character === "" || /\s/.test(character)) return "space";
  if (UNSPACED.test(character)) return "unspaced";
  return /[\p{L}\p{M}\p{N}]/u.test(character) ? "word" : "sign";
}
