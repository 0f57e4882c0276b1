/**
 * The one way in for numbers. Callers have typed arrays of every kind, even of another realm (an iframe, `vm`, a test environment),
 * nested arrays, rows that are typed arrays; the readers get a typed array of this realm, its shape and its divisor.
 *
 * Only lists of numbers and of rows are copied. Classes are recognized by the engine's name for a typed array, never by
 * `instanceof`, which fails for another realm's arrays.
 */
import {
  checkKind,
  checkOptions,
  checkShape,
  isObject,
  MOST_AXES,
  show,
  showShape,
  sizeOf,
  tagOf,
  typedKind,
} from './validate.ts';

/** Nested lists of numbers: `[[1, 2], [3, 4]]`, where the innermost ones may be typed arrays; a typed array alone has one axis. */
export type NestedArray = ArrayLike<number> | readonly NestedArray[];

/** A list of numbers and its shape, as the data sets give it. */
export interface ArrayData {
  /**
   * The elements, row-major: a typed array of any kind but the two of BigInts, or a plain one. Values that float32 cannot hold are rounded: doubles,
   * integers above 2^24.
   */
  readonly data: ArrayLike<number>;
  /** Sizes of the axes, row-major; the first one counts the samples. */
  readonly shape: readonly number[];
  /** Divides every element when it is read: 255 turns image bytes into 0..1. Default 1. */
  readonly divisor?: number;
}

/**
 * Rows with few values that are not zero, one after the other (compressed sparse rows, as `scipy.sparse.csr_array` has them): words of documents, categories. They
 * are never made dense, so they may have millions of columns.
 */
export interface SparseData {
  /** The columns of the values, integers from 0: row 0's, row 1's, and so on. */
  readonly indices: ArrayLike<number>;
  /** The values in the same order. Default ones. */
  readonly values?: ArrayLike<number> | undefined;
  /** Row r has the values from `offsets[r]` up to, but not including, `offsets[r + 1]`: one more integer than rows, from 0 to `indices.length`. */
  readonly offsets: ArrayLike<number>;
  /** How many rows and columns: [rows, columns]. */
  readonly shape: readonly number[];
}

/** The typed arrays of numbers; BigInts are not numbers. */
export type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** A caller's numbers in one form. */
export interface Values {
  readonly data: Numbers;
  readonly shape: readonly number[];
  readonly divisor: number;
}

/** The same memory as a typed array of this realm. */
function adopted(name: string, kind: string, value: Numbers): Numbers {
  const { buffer, byteOffset, length } = value;
  // a canvas' bytes differ only in how they are written
  const own = kind === 'Uint8ClampedArray' ? 'Uint8Array' : kind;
  const Own = (globalThis as unknown as Readonly<Record<string, new (...args: unknown[]) => Numbers>>)[own];
  if (Own === undefined || own.startsWith('Big'))
    throw new TypeError(
      `${name} must hold numbers, got ${kind}: Float64Array.from(values, Number) makes numbers of BigInts`,
    );
  // one that has lost its memory is empty
  if (length > 0 && Object.getPrototypeOf(value) === Own.prototype) return value;
  try {
    return new Own(buffer, byteOffset, length);
  } catch {
    throw new TypeError(`${name} has lost its memory: its buffer was transferred, perhaps to a worker`);
  }
}

/** Arrays and typed arrays of any realm. */
const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || typedKind(value) !== undefined;

/** The position of element `index` of an array of this shape in nested lists: `[2][0]`. */
const placeOf = (shape: readonly number[], index: number): string =>
  shape.map((size, axis) => `[${Math.floor(index / sizeOf(shape.slice(axis + 1))) % size}]`).join('');

/** Nested lists as one array: of the rows' kind if all are typed arrays of one kind, else of doubles. */
function flatten(name: string, nested: ArrayLike<unknown>): Values {
  const shape: number[] = [];
  for (let level: unknown = nested; isList(level); level = level[0]) {
    // an array within itself has no end
    if (shape.push(level.length) > MOST_AXES) throw new RangeError(`${name} is nested more than ${MOST_AXES} deep`);
  }
  const rows: (readonly unknown[] | Numbers)[] = [];
  const collect = (level: unknown, axis: number): void => {
    if (!isList(level) || level.length !== shape[axis]) {
      const found = isList(level) ? level.length : show(level);
      throw new RangeError(`${name} is ragged: expected ${shape[axis]} elements on axis ${axis}, found ${found}`);
    }
    const kind = typedKind(level);
    if (kind !== undefined && axis + 1 === shape.length) rows.push(adopted(name, kind, level as Numbers));
    else if (axis + 1 === shape.length) rows.push(level as readonly unknown[]);
    else for (const inner of Array.from(level)) collect(inner, axis + 1);
  };
  collect(nested, 0);
  const kinds = new Set(rows.map(typedKind));
  const Kind =
    kinds.size === 1 && ArrayBuffer.isView(rows[0]) ? (rows[0].constructor as typeof Float64Array) : Float64Array;
  const data = new Kind(sizeOf(shape));
  let at = 0;
  for (const row of rows) {
    if (ArrayBuffer.isView(row)) data.set(row, at);
    else
      for (const [i, value] of row.entries()) {
        // where it stands is spelled out for what is refused alone: that takes longer than the number itself
        if (typeof value !== 'number') checkKind(false, `${name}${placeOf(shape, at + i)}`, 'a number', value);
        data[at + i] = value;
      }
    at += row.length;
  }
  return { data, shape, divisor: 1 };
}

export function checkDivisor(name: string, divisor: unknown): asserts divisor is number {
  const float = Math.fround(Number(divisor));
  if (typeof divisor !== 'number' || !(Number.isFinite(float) && float > 0))
    throw new RangeError(`${name} must be a positive number, got ${show(divisor)}`);
}

/** A list of numbers, nested or not, or something that behaves like one. */
function listed(name: string, expected: string, value: unknown): Values {
  const kind = typedKind(value);
  if (kind !== undefined) {
    const data = adopted(name, kind, value as Numbers);
    return { data, shape: [data.length], divisor: 1 };
  }
  if (Array.isArray(value)) return flatten(name, value);
  const { length } = Object(value);
  checkKind(isObject(value) && Number.isInteger(length), name, expected, value);
  return flatten(name, Array.from(value as ArrayLike<unknown>));
}

/** The numbers in any accepted form; `name` is their name in messages. A single number has no axes. */
export function valuesOf(name: string, value: unknown): Values {
  if (typeof value === 'number') return { data: Float64Array.of(value), shape: [], divisor: 1 };
  if (!isObject(value) || isList(value) || !('data' in value))
    return listed(name, 'a tensor, { data, shape }, a typed array or nested arrays of numbers', value);
  const { data, shape, divisor = 1 } = value as ArrayData;
  const { data: flat } = listed(`${name}.data`, 'a typed array or an array of numbers', data);
  checkShape(`${name}.shape`, shape, 0);
  if (sizeOf(shape) !== flat.length)
    throw new RangeError(`${name}: shape ${showShape(shape)} has ${sizeOf(shape)} elements, data has ${flat.length}`);
  checkDivisor(`${name}.divisor`, divisor);
  return { data: flat, shape, divisor };
}

/** A flat list of numbers. */
export function numbersOf(name: string, value: unknown): number[] {
  const { data, shape } = listed(name, 'an array of numbers', value);
  if (shape.length !== 1)
    throw new RangeError(`${name} must be a flat array of numbers, got shape ${showShape(shape)}`);
  return Array.from(data);
}

/** Whether these are sparse rows. */
export const isSparse = (value: unknown): value is SparseData =>
  ['indices', 'offsets', 'shape'].every((key) => key in Object(value));

/** Whether these are arrays by name, for a model with several inputs or outputs, rather than one array. */
export const isByName = (value: unknown): value is Readonly<Record<string, unknown>> =>
  tagOf(value) === 'Object' && !('data' in Object(value)) && !isSparse(value);

/** The arrays of a model's inputs or outputs in the order of their names. `what` is what messages call them. */
export function inOrder<T>(what: string, value: unknown, names: readonly string[]): readonly T[] {
  if (isByName(value)) {
    checkOptions(what, value, names);
    return names.map((name) => {
      const one = value[name];
      if (one === undefined) throw new TypeError(`${what} has no ${name}: it takes ${names.join(', ')}`);
      return one as T;
    });
  }
  if (names.length === 1) return [value as T];
  if (!Array.isArray(value) || value.length !== names.length)
    throw new TypeError(
      `${what} must be ${names.length} arrays, an array of them or an object by the names ${names.join(', ')}, got ${show(value)}`,
    );
  return value;
}

/** Sample weights output by output, where there are any: one array serves all. */
export function weightsInOrder<T>(value: unknown, names: readonly string[]): readonly (T | undefined)[] {
  if (isByName(value)) {
    checkOptions('sampleWeight', value, names);
    return names.map((name) => value[name] as T | undefined);
  }
  const several =
    names.length > 1 && Array.isArray(value) && value.length === names.length && typeof value[0] === 'object';
  return several ? value : names.map(() => value as T);
}

/** The numbers themselves, for all readers but the gathering of batches, which divides by itself. */
export function divided({ data, divisor }: Values): Numbers {
  if (divisor === 1) return data;
  const quotients = new Float32Array(data);
  const by = Math.fround(divisor);
  // the quotient of two floats, rounded to double and then to float, is the float nearest to it
  for (const [i, value] of quotients.entries()) quotients[i] = value / by;
  return quotients;
}
