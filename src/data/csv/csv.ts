/** CSV, from wherever it comes, to a table. */
import { checkBoolean, checkKind, checkName, checkOptions, show } from '../../validate.ts';
import { nameOf, type Source, textFrom } from '../source.ts';
import { Table } from '../table.ts';
import { Columns, type Wanted } from './columns.ts';
import { type ColumnType, isHeader, separatorOf, typeOf } from './guess.ts';
import { Records, type Row } from './records.ts';

/** Options of {@link csv}. */
export interface CsvOptions {
  /**
   * Whether the first line holds the names of the columns, or the names themselves if the file has none. Default: it does unless one of
   * its fields is a number. Without names columns are called `'0'`, `'1'` and so on.
   */
  readonly header?: boolean | readonly string[];
  /** One character. Default: whichever of `,`, `;`, tab and `|` divides the first lines evenly. */
  readonly separator?: string;
  /** The columns to read, in this order. Default all. */
  readonly columns?: readonly string[];
  /**
   * What columns hold. Default: numbers where every field of the first million characters that is not missing is a number, else text.
   */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** Fields that stand for a missing value. Default `['', 'NA', 'N/A', '#N/A', 'NaN', 'nan', 'NULL', 'null', 'None', '?']`. */
  readonly missing?: readonly string[];
  /** What divides the integer digits from the others: `'.'` or `','`. Default `'.'`. */
  readonly decimal?: '.' | ',';
  /** Encoding of bytes, by a name that `TextDecoder` knows. Default `'utf-8'`. */
  readonly encoding?: string;
}

const MISSING = ['', 'NA', 'N/A', '#N/A', 'NaN', 'nan', 'NULL', 'null', 'None', '?'];
/** Types are found out from so many characters, whatever the pieces that the source gives. */
const SAMPLE = 2 ** 20;
/** A text is read in pieces of this length. */
const PIECE = 2 ** 18;

/**
 * Reads comma-separated values: records of RFC 4180, with any separator. Finds out the separator, whether there is a header, and which
 * columns are numbers; options say so where that goes wrong. Numbers become float64, missing ones NaN; text loses spaces around it,
 * a missing one is `''`. Empty lines are skipped. The text goes through a small buffer, so only the table must fit into memory. gzip
 * is unpacked.
 *
 * @param source CSV text, if it has a line end; otherwise a path or an address (in a browser relative to the page). Or a URL, a File
 * or Blob, a Response, bytes, a stream or async iterable of bytes or text
 * @throws Error if the source cannot be read; SyntaxError for a quote that is not closed, RangeError for a record with too many or too
 * few fields or with something else in a column of numbers: both name the line, the latter also the column. TypeError or RangeError for
 * wrong options
 * @example
 * ```ts
 * import { csv } from 'simdescent/data';
 * const table = await csv('height,width,kind\n1.5,2,cat\n3,,dog\n');
 * console.log(table.columns); // ['height', 'width', 'kind']
 * console.log(table.numbers('width')); // 2, NaN
 * console.log(table.texts('kind')); // ['cat', 'dog']
 * ```
 * @example
 * ```ts no-run
 * import { csv } from 'simdescent/data';
 * const table = await csv('measurements.csv', { separator: ';', decimal: ',', missing: ['-999'], types: { id: 'text' } });
 * const x = table.matrix(['height', 'width']); // { data: Float32Array, shape: [rows, 2] }
 * ```
 * @category Tables
 */
export async function csv(source: Source, options: CsvOptions = {}): Promise<Table> {
  checkCsvOptions(options);
  const isText = typeof source === 'string' && /[\r\n]/.test(source);
  const reader = new Reader(options);
  try {
    if (isText) for (let at = 0; at < source.length; at += PIECE) reader.push(source.slice(at, at + PIECE));
    else for await (const text of textFrom('csv', source, options.encoding ?? 'utf-8')) reader.push(text);
    return reader.end();
  } catch (error) {
    // what is wrong with the contents is known by the line alone
    if (!isText && error instanceof Error && /^(line|column|expected)\b/.test(error.message))
      error.message = `${nameOf(source)}: ${error.message}`;
    throw error;
  }
}

function checkCsvOptions(options: CsvOptions): void {
  const names = ['header', 'separator', 'columns', 'types', 'missing', 'decimal', 'encoding'];
  checkOptions('csv', options, names);
  const { header, separator, columns, types = {}, missing, decimal, encoding } = options;
  if (header !== undefined && !isTexts(header)) checkBoolean('header', header);
  if (columns !== undefined) checkKind(isTexts(columns), 'columns', 'an array of names', columns);
  if (missing !== undefined) checkKind(isTexts(missing), 'missing', 'an array of strings', missing);
  if (encoding !== undefined) checkKind(typeof encoding === 'string', 'encoding', 'a string', encoding);
  if (
    separator !== undefined &&
    !(typeof separator === 'string' && separator.length === 1 && !/["\r\n]/.test(separator))
  )
    throw new RangeError(`separator must be one character, not a quote or a line end, got ${show(separator)}`);
  if (decimal !== undefined) checkName('decimal', decimal, ['.', ',']);
  checkKind(typeof types === 'object' && types !== null, 'types', "an object like { name: 'text' }", types);
  for (const [name, type] of Object.entries(types)) checkName(`type of ${show(name)}`, type, ['number', 'text']);
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/** Collects the beginning, guesses, then passes everything through the parser. */
class Reader {
  readonly #options: CsvOptions;
  #beginning: string[] = [];
  #length = 0;
  #records: Records | undefined;
  #columns: Columns | undefined;

  constructor(options: CsvOptions) {
    this.#options = options;
  }

  push(text: string): void {
    if (this.#records !== undefined) this.#records.push(text);
    else {
      this.#beginning.push(text);
      this.#length += text.length;
      if (this.#length >= SAMPLE) this.#start(false);
    }
  }

  end(): Table {
    if (this.#records === undefined) this.#start(true);
    this.#records?.end();
    return new Table(this.#columns?.done() ?? []);
  }

  #start(whole: boolean): void {
    const text = this.#beginning.join('').replace(/^\ufeff/, '');
    this.#beginning = [];
    const sample = text.slice(0, SAMPLE);
    const separator = this.#options.separator ?? separatorOf(sample);
    const rows: Row[] = [];
    const first = new Records(separator, (row) => rows.push(row));
    first.push(sample);
    // a record longer than the sample is whole only at its end
    if (whole && sample.length === text.length) first.end();
    const [top] = rows;
    if (top === undefined) {
      if (whole) throw new RangeError('expected lines with fields, got none');
      throw new RangeError(`line 1 has no end within ${SAMPLE} characters: is this CSV?`);
    }
    const names = this.#names(top);
    const skip = this.#hasHeader(top);
    const isMissing = missingBy(this.#options.missing ?? MISSING);
    const { decimal = '.' } = this.#options;
    const wanted = this.#wanted(names).map((place): Wanted => {
      const name = names[place] ?? '';
      const given = this.#options.types?.[name];
      const fields = (skip ? rows.slice(1) : rows).map((row) => row[place] ?? '');
      return { name, place, type: given ?? typeOf(fields, isMissing, decimal) };
    });
    const columns = new Columns({ wanted, names, isMissing, decimal });
    let isFirst = skip;
    this.#columns = columns;
    this.#records = new Records(separator, (row) => {
      if (isFirst) isFirst = false;
      else columns.push(row);
    });
    this.#records.push(text);
  }

  #hasHeader(top: Row): boolean {
    const { header = isHeader(top) } = this.#options;
    return header === true;
  }

  #names(top: Row): readonly string[] {
    const { header } = this.#options;
    if (isTexts(header) && header.length !== top.length)
      throw new RangeError(`header names ${header.length} columns, but the first line has ${top.length} fields`);
    const found = this.#hasHeader(top) ? top.map((name) => name.trim()) : [];
    const given = isTexts(header) ? header : found;
    const names = top.map((_, place) => given[place] || String(place));
    const twice = names.findIndex((name, place) => names.indexOf(name) !== place);
    if (twice >= 0)
      throw new RangeError(
        `columns ${names.indexOf(names[twice] ?? '') + 1} and ${twice + 1} are both called ${show(names[twice])}; ` +
          'remove the line and give the names as { header: [...] }',
      );
    return names;
  }

  /** Places of the columns to read. */
  #wanted(names: readonly string[]): readonly number[] {
    const { columns = names, types = {} } = this.#options;
    for (const name of [...columns, ...Object.keys(types)]) checkName('column', name, names);
    return columns.map((name) => names.indexOf(name));
  }
}

/** Spaces around a field do not count. */
function missingBy(texts: readonly string[]): (field: string) => boolean {
  const all = new Set(texts.map((text) => text.trim()));
  return (field) => all.has(field.trim());
}
