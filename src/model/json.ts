/**
 * Reads JSON from strangers. `JSON.parse` accepts duplicate keys, the key `__proto__` and any depth, and allocates whatever the text asks
 * for. This reader refuses all of that, and its caller says what to expect, so it never makes an unexpected value.
 *
 * It counts the memory of a value before making it, at most 20 bytes for each character of the text: more than anything that
 * `model.save` writes needs, and less than what texts like `{},{},{}, …` ask for.
 */
import { shorten as shortenTo } from '../validate.ts';

/** Enough for fifty nested models. */
export const DEEPEST = 256;
const BYTES_PER_CHARACTER = 20;
/** So that the smallest texts may hold anything. */
const SLACK = 1024;

/** Bytes that values take in V8, rounded up, including their place in an object or array. */
const CONTAINER = 64;
const SCALAR = 8;
const STRING = 24;
const NEW_KEY = 80;
const KNOWN_KEY = 8;

const space = /[ \t\n\r]*/y;
/** Numbers, true, false and null; `JSON.parse` refuses lookalikes. */
const scalar = /[-+.\w]+/y;

/** Goes through a text once, from value to value. */
export class JsonReader {
  readonly #text: string;
  readonly #what: string;
  /** Keys seen so far: equal ones are shared. */
  readonly #known = new Set<string>();
  #at = 0;
  #depth = 0;
  #left: number;

  /** @param what name of the text in Errors */
  constructor(text: string, what: string) {
    this.#text = text;
    this.#what = what;
    this.#left = BYTES_PER_CHARACTER * text.length + SLACK;
  }

  /** The first character of the next value; undefined at the end. */
  get next(): string | undefined {
    this.#match(space);
    return this.#text[this.#at];
  }

  /**
   * Reads an object: calls `each` with every key, which reads the value and adds the key to `seen`.
   *
   * @param what its name in Errors
   */
  object(seen: { has(key: string): boolean }, each: (key: string) => void, what = this.#what): void {
    if (this.next !== '{') throw new TypeError(`${what} must be a JSON object`);
    this.#list('{', '}', () => {
      const key = this.string();
      if (key === '__proto__') throw new RangeError(`${what} has the key '__proto__'`);
      if (seen.has(key)) throw new RangeError(`${what} has the key '${shorten(key)}' twice`);
      if (this.next !== ':') this.#fail();
      this.#at++;
      each(key);
    });
  }

  string(): string {
    return this.#parse(this.#quoted()) as string;
  }

  /** Reads any value: checks and counts all of it, then makes it. */
  value(): unknown {
    void this.next;
    const start = this.#at;
    this.#skip();
    return this.#parse(start);
  }

  /** Refuses anything but space after the last value. */
  end(): void {
    if (this.next !== undefined) this.#fail();
  }

  #skip(): void {
    const { next } = this;
    const start = this.#at;
    if (next === '"') {
      this.#quoted();
      this.#take(STRING + this.#at - start);
    } else if (next === '{') {
      this.#take(CONTAINER);
      const keys = new Set<string>();
      this.object(keys, (key) => {
        keys.add(key);
        this.#take(this.#known.has(key) ? KNOWN_KEY : NEW_KEY + key.length);
        this.#known.add(key);
        this.#skip();
      });
    } else if (next === '[') {
      this.#take(CONTAINER);
      this.#list('[', ']', () => this.#skip());
    } else {
      if (!this.#match(scalar)) this.#fail();
      this.#take(SCALAR + this.#at - start);
    }
  }

  #list(open: string, close: string, each: () => void): void {
    if (this.next !== open) this.#fail();
    if (++this.#depth > DEEPEST) throw new RangeError(`${this.#what} is nested more than ${DEEPEST} deep`);
    this.#at++;
    if (this.next !== close) {
      each();
      while (this.next === ',') {
        this.#at++;
        each();
      }
      if (this.next !== close) this.#fail();
    }
    this.#at++;
    this.#depth--;
  }

  /** Passes over a string; returns where it began. */
  #quoted(): number {
    if (this.next !== '"') this.#fail();
    const start = this.#at;
    for (let end = start; ; ) {
      end = this.#text.indexOf('"', end + 1);
      if (end < 0) this.#fail();
      let first = end;
      while (this.#text[first - 1] === '\\') first--;
      if ((end - first) % 2 === 1) continue;
      this.#at = end + 1;
      return start;
    }
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.test(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #parse(start: number): unknown {
    try {
      return JSON.parse(this.#text.slice(start, this.#at));
    } catch {
      return this.#fail();
    }
  }

  #take(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new RangeError(`${this.#what} holds more than a text of its length should`);
  }

  #fail(): never {
    throw new SyntaxError(`${this.#what} is not JSON`);
  }
}

/**
 * The value of `text`.
 *
 * @param what its name in Errors
 * @throws SyntaxError for a text that is not JSON; RangeError for one that is too deep or holds too much, for `__proto__` and duplicate keys
 */
export function parseJson(text: string, what: string): unknown {
  const reader = new JsonReader(text, what);
  const value = reader.value();
  reader.end();
  return value;
}

/** A name from a file, printable in a message. */
export const shorten = (name: string): string => shortenTo(name, 60);
