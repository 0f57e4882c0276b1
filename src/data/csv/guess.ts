/** What the beginning of a CSV file tells: its separator, whether its first line is a header, what its columns hold. */
import { dsvFormat } from 'd3-dsv';
import { cutOf, type Row } from './records.ts';

const SEPARATORS = [',', ';', '\t', '|'];
const NUMBER = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i;
const INFINITE = /^\s*([-+]?)inf(inity)?\s*$/i;

/** How much of the beginning the guess of the separator looks at. */
const ROWS = 20;
const CHARACTERS = 65_536;

const isBlankLine = (row: Row): boolean => row.length === 1 && row[0] === '';

/** The separator that divides the first rows into the same number of fields, more than one; of several the one with most fields. */
export function separatorOf(beginning: string): string {
  const text = beginning.slice(0, CHARACTERS);
  let [best, most] = [',', 1];
  for (const separator of SEPARATORS) {
    const rows: Row[] = [];
    const { end } = cutOf(text, separator);
    dsvFormat(separator).parseRows(end === 0 ? text : text.slice(0, end), (row) => {
      if (rows.length < ROWS && !isBlankLine(row)) rows.push(row);
      return null;
    });
    const fields = rows[0]?.length ?? 1;
    if (fields > most && rows.every(({ length }) => length === fields)) [best, most] = [separator, fields];
  }
  return most > 1 ? best : (SEPARATORS.find((one) => firstLine(text).includes(one)) ?? ',');
}

const firstLine = (text: string): string => text.split(/[\r\n]/, 1)[0] ?? '';

/** A first row without a number is a header. */
export const isHeader = (row: Row): boolean => !row.some((field) => NUMBER.test(field));

/** What a column holds. */
export type ColumnType = 'number' | 'text';

/** Reads the number in a field that `Number` does not read, or NaN. */
export function unusualNumber(field: string): number {
  const [, sign] = INFINITE.exec(field) ?? [];
  if (sign === undefined) return Number.NaN;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Whether every field that is there is a number. */
export const typeOf = (
  fields: readonly string[],
  isMissing: (field: string) => boolean,
  decimal: string,
): ColumnType =>
  fields.every(
    (field) =>
      isMissing(field) || INFINITE.test(field) || NUMBER.test(decimal === '.' ? field : withPoint(field, decimal)),
  )
    ? 'number'
    : 'text';

/** A decimal comma as a point; a point in such a number makes it none. */
export const withPoint = (field: string, decimal: string): string =>
  field.includes('.') ? 'none' : field.replace(decimal, '.');
