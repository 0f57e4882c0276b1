/** The columns of a table while it is read: numbers in typed arrays that grow, texts in lists. */
import { show } from '../../validate.ts';
import type { Column } from '../table.ts';
import { type ColumnType, unusualNumber, withPoint } from './guess.ts';
import { numberIn } from './number.ts';
import { BadRecord, type Row } from './records.ts';

/** A column to read. */
export interface Wanted {
  readonly name: string;
  /** Its place in a row. */
  readonly place: number;
  readonly type: ColumnType;
}

export interface Format {
  readonly wanted: readonly Wanted[];
  /** Names of all columns of the file. */
  readonly names: readonly string[];
  readonly isMissing: (field: string) => boolean;
  readonly decimal: string;
}

/** So many different texts of a column are kept once each: categories repeat. */
const MOST_REPEATED = 1000;

export class Columns {
  readonly #format: Format;
  readonly #numbers: { readonly place: number; readonly name: string; values: Float64Array }[] = [];
  readonly #texts: { readonly place: number; readonly values: string[]; readonly known: Map<string, string> }[] = [];
  #capacity = 256;
  #rows = 0;

  constructor(format: Format) {
    this.#format = format;
    for (const { name, place, type } of format.wanted) {
      if (type === 'number') this.#numbers.push({ place, name, values: new Float64Array(this.#capacity) });
      else this.#texts.push({ place, values: [], known: new Map() });
    }
  }

  /** @throws BadRecord */
  push(row: Row): void {
    const { names, decimal } = this.#format;
    if (row.length !== names.length) throw new BadRecord(misfit(row, names));
    if (this.#rows === this.#capacity) this.#grow();
    const at = this.#rows++;
    for (const column of this.#numbers) {
      const field = row[column.place] ?? '';
      const value = decimal === '.' ? numberIn(field) : Number.NaN;
      column.values[at] = Number.isNaN(value) ? this.#unusual(field, column.name) : value;
    }
    for (const { place, values, known } of this.#texts) values.push(this.#shared(known, row[place] ?? ''));
  }

  #shared(known: Map<string, string>, field: string): string {
    const found = known.get(field);
    if (found !== undefined) return found;
    const text = this.#format.isMissing(field) ? '' : field.trim();
    if (known.size < MOST_REPEATED) known.set(field, text);
    return text;
  }

  #unusual(field: string, column: string): number {
    const { isMissing, decimal } = this.#format;
    if (isMissing(field)) return Number.NaN;
    const value = decimal === '.' ? Number.NaN : numberIn(withPoint(field, decimal));
    const number = Number.isNaN(value) ? unusualNumber(field) : value;
    if (!Number.isNaN(number)) return number;
    const name = show(column);
    throw new BadRecord(
      `, column ${name}: expected a number, got ${show(field)}; if the column holds text, say ` +
        `{ types: { ${name}: 'text' } }; if this stands for a missing value, name it in { missing: [...] }`,
    );
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const column of this.#numbers) {
      const values = new Float64Array(this.#capacity);
      values.set(column.values);
      column.values = values;
    }
  }

  /** All columns in the order in which they were asked for. */
  done(): readonly Column[] {
    let number = 0;
    let text = 0;
    return this.#format.wanted.map(({ name, type }) => ({
      name,
      values:
        type === 'number'
          ? (this.#numbers[number++]?.values ?? new Float64Array(0)).subarray(0, this.#rows)
          : (this.#texts[text++]?.values ?? []),
    }));
  }
}

function misfit(row: Row, names: readonly string[]): string {
  const expected = `expected ${names.length} fields, got ${row.length}`;
  return row.length < names.length
    ? `: ${expected}; column ${show(names[row.length])} is missing`
    : `: ${expected}; the first without a column is ${show(row[names.length])}`;
}
