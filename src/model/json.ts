/**
 * JSON from anybody. Unlike `JSON.parse` it refuses keys given twice, the key `__proto__`, nesting without end and numbers that are
 * not finite, and it counts what its result takes, so that a small text cannot ask for much memory.
 */

const DEEPEST = 32;

/** Bytes that may still be taken. One for all that is read from a file. */
export interface Budget {
  left: number;
}

/** @throws RangeError when there is no more. */
export function take(budget: Budget, bytes: number, what: string): void {
  budget.left -= bytes;
  if (budget.left < 0) throw new RangeError(`${what} holds more than a file of its size should`);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LONGEST_NUMBER = 40;

/**
 * The value that `text` says.
 *
 * @param what how Errors call it
 * @throws SyntaxError for what is not JSON, RangeError for what is too deep or takes more than the budget
 */
export function parseJson(text: string, what: string, budget: Budget): unknown {
  return new Reader(text, what, budget).all();
}

class Reader {
  readonly #text: string;
  readonly #what: string;
  readonly #budget: Budget;
  readonly #keys = new Set<string>();
  #at = 0;
  #depth = 0;

  constructor(text: string, what: string, budget: Budget) {
    this.#text = text;
    this.#what = what;
    this.#budget = budget;
  }

  all(): unknown {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail('the end');
    return value;
  }

  #value(): unknown {
    this.#space();
    const next = this.#text[this.#at];
    if (next === '{') return this.#nested(() => this.#object());
    if (next === '[') return this.#nested(() => this.#array());
    if (next === '"') return this.#string();
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    return this.#number();
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > DEEPEST) throw new RangeError(`${this.#what} is nested more than ${DEEPEST} deep`);
    this.#take(56);
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): object {
    const object: Record<string, unknown> = {};
    if (this.#skip('}')) return object;
    do {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#fail('a key');
      const key = this.#string();
      if (key === '__proto__') throw new SyntaxError(`${this.#what} has the key '__proto__'`);
      if (Object.hasOwn(object, key)) throw new SyntaxError(`${this.#what} has the key '${shorten(key)}' twice`);
      if (!this.#skip(':')) this.#fail("':'");
      // a key that has been seen is the same string, and mostly the same kind of object
      this.#take(this.#keys.has(key) ? 8 : 80);
      this.#keys.add(key);
      object[key] = this.#value();
    } while (this.#skip(','));
    if (!this.#skip('}')) this.#fail("',' or '}'");
    return object;
  }

  #array(): unknown[] {
    const array: unknown[] = [];
    if (this.#skip(']')) return array;
    do {
      this.#take(20);
      array.push(this.#value());
    } while (this.#skip(','));
    if (!this.#skip(']')) this.#fail("',' or ']'");
    return array;
  }

  #string(): string {
    const start = this.#at++;
    let escaped = false;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      // NaN behind the end: such a string is not closed
      if (!(code >= 0x20)) this.#fail('a string');
      this.#at++;
      if (code === QUOTE) break;
      if (code !== BACKSLASH) continue;
      escaped = true;
      this.#at++;
    }
    this.#take(16 + this.#at - start);
    if (!escaped) return this.#text.slice(start + 1, this.#at - 1);
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      this.#at = start;
      return this.#fail('a string');
    }
  }

  #number(): number {
    const rest = this.#text.slice(this.#at, this.#at + LONGEST_NUMBER);
    const digits = /^[-+.\deE]*/.exec(rest)?.[0] ?? '';
    const value = NUMBER.test(digits) ? Number(digits) : Number.NaN;
    if (!Number.isFinite(value) || digits.length === LONGEST_NUMBER) this.#fail('a value');
    this.#at += digits.length;
    return value;
  }

  /** Whether `character` comes next; then it is behind us. */
  #skip(character: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    while (' \n\r\t'.includes(this.#text[this.#at] ?? '.')) this.#at++;
  }

  #take(bytes: number): void {
    take(this.#budget, bytes, this.#what);
  }

  #fail(expected: string): never {
    const { length } = this.#text;
    const found = this.#at >= length ? 'the end' : JSON.stringify(this.#text[this.#at]);
    throw new SyntaxError(`${this.#what} is not JSON: expected ${expected} at character ${this.#at}, found ${found}`);
  }
}

/** A name from a file, as a message can show it. */
export const shorten = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name);
