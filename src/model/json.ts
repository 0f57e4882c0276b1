/**
 * JSON from anybody. `JSON.parse` accepts a key twice, the key `__proto__` and any depth, and makes whatever the text asks for. This
 * reader refuses all of that, and the caller says what comes next, so that nothing unexpected is made.
 *
 * What a value takes is counted before it exists: 20 bytes for each character of the text at most, which is more than anything takes
 * that `model.save` writes, and less than what texts like `{},{},{}, …` ask for.
 */

import { shorten as shortenTo } from '../validate.ts';

const DEEPEST = 32;
const BYTES_PER_CHARACTER = 20;
/** So that the smallest texts are read whatever is in them. */
const SLACK = 1024;

/** What values take in V8, in bytes, rounded up: an object or array with its place in another one, and so on. */
const CONTAINER = 64;
const SCALAR = 8;
const STRING = 24;
const NEW_KEY = 80;
const KNOWN_KEY = 8;

const space = /[ \t\n\r]*/y;
/** Numbers, true, false and null; `JSON.parse` refuses what only looks like them. */
const scalar = /[-+.\w]+/y;

/** Goes through a text once, from value to value. */
export class JsonReader {
  readonly #text: string;
  readonly #what: string;
  /** Keys of values that have been read: objects with the same ones share them. */
  readonly #known = new Set<string>();
  #at = 0;
  #depth = 0;
  #left: number;

  /** @param what how Errors call the text */
  constructor(text: string, what: string) {
    this.#text = text;
    this.#what = what;
    this.#left = BYTES_PER_CHARACTER * text.length + SLACK;
  }

  /** The first character of what comes next; undefined at the end. */
  get next(): string | undefined {
    this.#match(space);
    return this.#text[this.#at];
  }

  /**
   * Reads an object: `each` is called with every key, reads its value and remembers the key among `seen`.
   *
   * @param what how Errors call it
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

  /** Whatever comes next: checked and counted to its end, then made. */
  value(): unknown {
    void this.next;
    const start = this.#at;
    this.#skip();
    return this.#parse(start);
  }

  /** Refuses anything but space behind the last value. */
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
 * The value that `text` says.
 *
 * @param what how Errors call it
 * @throws SyntaxError for what is not JSON; RangeError for what is too deep or holds too much, for `__proto__` and keys given twice
 */
export function parseJson(text: string, what: string): unknown {
  const reader = new JsonReader(text, what);
  const value = reader.value();
  reader.end();
  return value;
}

/** A name from a file, as a message can show it. */
export const shorten = (name: string): string => shortenTo(name, 60);
