/** Rows with named columns, each of numbers or of text: what a CSV file holds, until it becomes arrays that a model takes. */
import { Printed } from '../printed.ts';
import { checkInteger, checkKind, checkName, checkNumber, checkOptions, show } from '../validate.ts';

/** A column of a {@link Table}: numbers with NaN, or texts with `''`, where a value is missing. */
export interface Column {
  /** Its name. */
  readonly name: string;
  /** A value for each row. */
  readonly values: Float64Array | readonly string[];
}

/** Numbers that a model takes: float32, row-major, `[rows, columns]`. */
export interface Matrix {
  /** The numbers, row by row. */
  readonly data: Float32Array;
  /** `[rows, columns]`. */
  readonly shape: readonly [rows: number, columns: number];
}

const BLOCK = 256;

const isNumbers = (values: Column['values']): values is Float64Array => ArrayBuffer.isView(values);

/** Rows with named columns. {@link csv} makes it; its methods return new tables and never change it. */
export class Table extends Printed {
  readonly #columns: ReadonlyMap<string, Column['values']>;
  /** Names of the columns in their order. */
  readonly columns: readonly string[];
  /** Number of rows. */
  readonly rowCount: number;

  /** @throws RangeError if columns are of different lengths or have the same name */
  constructor(columns: readonly Column[]) {
    super();
    this.columns = columns.map(({ name }) => name);
    this.rowCount = columns[0]?.values.length ?? 0;
    this.#columns = new Map(columns.map(({ name, values }) => [name, values]));
    if (this.#columns.size !== columns.length) throw new RangeError('two columns of a table have the same name');
    for (const { name, values } of columns)
      if (values.length !== this.rowCount)
        throw new RangeError(`column ${show(name)}: expected ${this.rowCount} rows, got ${values.length}`);
  }

  #column(name: string): Column['values'] {
    const known = checkName('column', name, this.columns);
    return this.#columns.get(known) ?? [];
  }

  /** `'number'` or `'text'`. Throws RangeError for an unknown name. */
  typeOf(name: string): 'number' | 'text' {
    return isNumbers(this.#column(name)) ? 'number' : 'text';
  }

  /** A column of numbers, NaN where one is missing. Throws TypeError if it is text. */
  numbers(name: string): Float64Array {
    const values = this.#column(name);
    if (!isNumbers(values))
      throw new TypeError(`column ${show(name)} holds text, not numbers: labelEncode and oneHot make numbers of texts`);
    return values;
  }

  /** A column of text, `''` where one is missing. Numbers are written as text. */
  texts(name: string): readonly string[] {
    const values = this.#column(name);
    return isNumbers(values) ? Array.from(values, (value) => (Number.isNaN(value) ? '' : String(value))) : values;
  }

  /**
   * Columns side by side as float32, which `fit` takes.
   *
   * @param names default: all columns of numbers
   * @throws TypeError for a column of text, RangeError if a value is missing or there are no columns
   * @example
   * ```ts
   * import { csv } from 'simdescent/data';
   * const table = await csv('a,b,kind\n1,2,x\n3,4,y\n');
   * const { data, shape } = table.matrix(); // 1, 2, 3, 4 and [2, 2]
   * ```
   */
  matrix(names: readonly string[] = this.columns.filter((name) => this.typeOf(name) === 'number')): Matrix {
    checkKind(Array.isArray(names), 'the columns of a matrix', 'an array of names', names);
    if (names.length === 0) throw new RangeError('a matrix needs at least one column of numbers');
    const columns = names.map((name) => this.numbers(name));
    const width = columns.length;
    const data = new Float32Array(this.rowCount * width);
    // in blocks of rows, so that what is written stays in the cache
    for (let start = 0; start < this.rowCount; start += BLOCK)
      for (const [j, column] of columns.entries()) {
        const end = Math.min(start + BLOCK, this.rowCount);
        for (let i = start, at = start * width + j; i < end; i++, at += width) data[at] = column[i] ?? Number.NaN;
      }
    for (const [j, column] of columns.entries()) {
      const gap = column.findIndex(Number.isNaN);
      if (gap >= 0)
        throw new RangeError(
          `row ${gap} has no value in column ${show(names[j])}: dropMissing() leaves such rows out, fillMissing() fills them`,
        );
    }
    return { data, shape: [this.rowCount, width] };
  }

  /** These columns only, in this order. Throws RangeError for an unknown name. */
  select(names: readonly string[]): Table {
    return new Table(names.map((name) => ({ name, values: this.#column(name) })));
  }

  /** All columns but these. Throws RangeError for an unknown name. */
  without(names: readonly string[]): Table {
    for (const name of names) checkName('column', name, this.columns);
    return this.select(this.columns.filter((name) => !names.includes(name)));
  }

  /** The rows of these numbers, counted from 0, in this order. Throws RangeError for a number that no row has. */
  take(rows: ArrayLike<number>): Table {
    const indices = Array.from(rows);
    for (const index of indices) checkInteger('the number of a row', index, 0, this.rowCount - 1);
    return this.#map((_, values) =>
      isNumbers(values)
        ? Float64Array.from(indices, (index) => values[index] ?? Number.NaN)
        : indices.map((index) => values[index] ?? ''),
    );
  }

  /** The rows in which all of these columns have a value. Default: all columns. */
  dropMissing(names: readonly string[] = this.columns): Table {
    const columns = names.map((name) => this.#column(name));
    const kept: number[] = [];
    for (let i = 0; i < this.rowCount; i++) if (columns.every((values) => !isGap(values[i]))) kept.push(i);
    return this.take(kept);
  }

  /**
   * Fills missing numbers: with a number, or with the mean or median of the others in their column.
   *
   * @param options `columns`: which; default all columns of numbers
   * @throws RangeError if a column has no number to take the mean or median of
   */
  fillMissing(by: number | 'mean' | 'median', options: { readonly columns?: readonly string[] } = {}): Table {
    if (typeof by === 'number') checkNumber('the number that fills', by, Number.NEGATIVE_INFINITY);
    else checkName('way to fill', by, ['mean', 'median']);
    checkOptions('fillMissing', options, ['columns']);
    const { columns = this.columns.filter((name) => this.typeOf(name) === 'number') } = options;
    for (const name of columns) this.numbers(name);
    return this.#map((name, values) => {
      if (!isNumbers(values) || !columns.includes(name) || !values.some(Number.isNaN)) return values;
      const found = values.filter((value) => !Number.isNaN(value));
      if (found.length === 0 && typeof by !== 'number')
        throw new RangeError(`column ${show(name)} has no number to take the ${by} of`);
      const filled = typeof by === 'number' ? by : by === 'mean' ? meanOf(found) : medianOf(found);
      return values.map((value) => (Number.isNaN(value) ? filled : value));
    });
  }

  #map(change: (name: string, values: Column['values']) => Column['values']): Table {
    return new Table(this.columns.map((name) => ({ name, values: change(name, this.#column(name)) })));
  }

  /** Rows as objects, for `console.table` or a loop. Default: all. */
  rows(start = 0, end = this.rowCount): Record<string, number | string>[] {
    const rows: Record<string, number | string>[] = [];
    for (let i = Math.max(0, start); i < Math.min(end, this.rowCount); i++) {
      const entries = this.columns.map((name) => [name, this.#column(name)[i] ?? ''] as const);
      rows.push(Object.fromEntries(entries));
    }
    return rows;
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'Table';
  }

  /** `Table(150 rows: sepal_length, species (text))`. */
  toString(): string {
    const named = this.columns.map((name) => (this.typeOf(name) === 'text' ? `${name} (text)` : name));
    return `Table(${this.rowCount} rows: ${named.join(', ')})`;
  }
}

const isGap = (value: number | string | undefined): boolean => value === '' || Number.isNaN(value);

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function medianOf(values: Float64Array): number {
  const sorted = values.slice().sort();
  const half = sorted.length / 2;
  return ((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half) - 1] ?? 0)) / 2;
}
