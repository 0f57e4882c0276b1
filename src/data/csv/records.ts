/**
 * The text of a CSV file, piece by piece, as records. d3-dsv parses them; this file cuts the text behind a record, so that a file of any
 * size goes through a small buffer, and finds the line of a record when an Error needs it.
 */
import { dsvFormat } from 'd3-dsv';
import { show } from '../../validate.ts';

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;

const isLineEnd = (code: number): boolean => code === NEWLINE || code === RETURN;

/** How much of a text is whole records, and where the quote that opens but does not close stands, if any. */
interface Cut {
  readonly end: number;
  readonly open: number;
  /** Where something other than a separator follows a closing quote, or -1. */
  readonly wrong: number;
}

/** Finds the last line end outside of quotes. A quote opens only at the start of a field. */
export function cutOf(text: string, separator: string): Cut {
  const by = separator.charCodeAt(0);
  let end = 0;
  let at = 0;
  const passTo = (until: number): void => {
    for (; at < until; at++) {
      const code = text.charCodeAt(at);
      // the newline of a return at the very end may be still to come
      if (code === NEWLINE || (code === RETURN && at + 1 < text.length && text.charCodeAt(at + 1) !== NEWLINE))
        end = at + 1;
    }
  };
  for (let quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', at)) {
    passTo(quote);
    const before = quote === 0 ? NEWLINE : text.charCodeAt(quote - 1);
    if (!isLineEnd(before) && before !== by) {
      at = quote + 1;
      continue;
    }
    let close = text.indexOf('"', quote + 1);
    while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2);
    if (close < 0) return { end, open: quote, wrong: -1 };
    at = close + 1;
    const after = text.charCodeAt(at);
    if (at < text.length && after !== by && !isLineEnd(after)) return { end, open: -1, wrong: at };
  }
  if (at === 0) {
    // most files have no quotes, and search quickly from the end
    const newline = text.lastIndexOf('\n');
    if (newline >= 0) return { end: newline + 1, open: -1, wrong: -1 };
  }
  passTo(text.length);
  return { end, open: -1, wrong: -1 };
}

/** Lines that a text begins behind its first. */
function linesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count > 0 ? count : (text.match(/\r/g)?.length ?? 0);
}

export type Row = readonly string[];

/** Cuts text into records and calls `each` with every one. */
export class Records {
  readonly #separator: string;
  readonly #each: (row: Row) => void;
  readonly #parse: (text: string, each: (row: Row) => null) => unknown;
  /** Text behind the last whole record. */
  #rest: string[] = [];
  #length = 0;
  /** Nothing is tried with less: a quote that never closes would have every piece searched from the start. */
  #wanted = 0;
  /** Line on which the rest begins. */
  #line = 1;

  /** @param each may throw a {@link BadRecord}, to which the line is added */
  constructor(separator: string, each: (row: Row) => void) {
    this.#separator = separator;
    this.#each = each;
    const { parseRows } = dsvFormat(separator);
    this.#parse = (text, every) => parseRows(text, every);
  }

  push(text: string): void {
    this.#rest.push(text);
    this.#length += text.length;
    if (this.#length >= this.#wanted) this.#take(false);
  }

  end(): void {
    this.#take(true);
  }

  #take(last: boolean): void {
    const text = this.#rest.join('');
    const { end, open, wrong } = cutOf(text, this.#separator);
    if (wrong >= 0)
      throw new SyntaxError(
        `line ${this.#line + linesIn(text.slice(0, wrong))}: expected ${show(this.#separator)} or the end of the line behind ` +
          `a closing quote, got ${show(text[wrong])}; a quote within quotes is written twice`,
      );
    if (last && open >= 0)
      throw new SyntaxError(`line ${this.#line + linesIn(text.slice(0, open))}: a quote opens here and never closes`);
    const whole = last ? text : text.slice(0, end);
    const rest = last ? '' : text.slice(end);
    this.#rest = [rest];
    this.#length = rest.length;
    this.#wanted = end === 0 ? 2 * rest.length : 0;
    if (whole !== '') this.#parseWhole(whole);
    this.#line += linesIn(whole);
  }

  #parseWhole(text: string): void {
    let index = 0;
    try {
      this.#parse(text, (row) => {
        // an empty line is no record
        if (row.length > 1 || row[0] !== '') this.#each(row);
        index++;
        return null;
      });
    } catch (error) {
      if (!(error instanceof BadRecord)) throw error;
      let line = this.#line;
      let passed = 0;
      this.#parse(text, (row) => {
        if (passed++ < index) for (const field of row) line += linesIn(field);
        return null;
      });
      throw new RangeError(`line ${line + index}${error.message}`);
    }
  }
}

/** Something is wrong with a record; its message continues `line 5`. */
export class BadRecord extends Error {}
