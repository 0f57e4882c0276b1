/** Columns of numbers brought to a common scale: y = (x - offset) / scale + base, column by column. */
import { Printed } from '../../printed.ts';
import { checkOptions, shorten, show, showShape, sizeOf } from '../../validate.ts';
import { divided, type NestedArray, type Values, valuesOf } from '../../values.ts';
import type { Samples, Shaped } from '../rows.ts';

/** Numbers with a shape: `{ data, shape }`, a tensor, a typed array or nested arrays. */
export type Features = Shaped | NestedArray;

/** A {@link Scaler} as JSON. */
export interface ScalerJson {
  /** What it is. */
  readonly type: 'scaler';
  /** Subtracted from each column. */
  readonly offset: readonly number[];
  /** Divides each column. */
  readonly scale: readonly number[];
  /** Added to everything at last. */
  readonly base: number;
}

/** The columns of an array: those of its last axis; an array with one axis is one column. */
function columnsOf(
  name: string,
  x: unknown,
): { readonly values: Values; readonly data: ArrayLike<number>; readonly width: number } {
  const values = valuesOf(name, x);
  const { shape } = values;
  const width = shape.length > 1 ? (shape.at(-1) ?? 0) : 1;
  if (shape.length === 0 || sizeOf(shape) === 0)
    throw new RangeError(`${name} must have rows and columns, got shape ${showShape(shape)}`);
  return { values, data: divided(values), width };
}

/** Brings columns to a common scale and back; {@link standardize} and {@link minMax} make it. */
export class Scaler extends Printed {
  /** Subtracted from each column: its mean, or its smallest value. */
  readonly offset: readonly number[];
  /** Divides each column: its standard deviation, or its range. 1 for a column whose values are all the same. */
  readonly scale: readonly number[];
  /** Added to everything at last: 0, or the low end of the range. */
  readonly base: number;

  /** @internal */
  constructor({ offset, scale, base }: Omit<ScalerJson, 'type'>) {
    super();
    this.offset = offset;
    this.scale = scale;
    this.base = base;
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'Scaler';
  }

  /** `Scaler {"offset":[2],"scale":[0.5],"base":0}`. */
  toString(): string {
    const { type: _, ...numbers } = this.toJSON();
    return `Scaler ${shorten(JSON.stringify(numbers))}`;
  }

  /** The scaled numbers as float32, in the shape of `x`. Throws RangeError if `x` has another number of columns. */
  apply(x: Features): Samples<Float32Array> {
    return this.#map('x', x, (value, offset, scale) => (value - offset) / scale + this.base);
  }

  /** The numbers before they were scaled, as float32: for predictions of a model that was trained on scaled targets. */
  inverse(y: Features): Samples<Float32Array> {
    return this.#map('y', y, (value, offset, scale) => (value - this.base) * scale + offset);
  }

  /** What `JSON.stringify` writes; {@link preprocessorFrom} reads it. */
  toJSON(): ScalerJson {
    const { offset, scale, base } = this;
    return { type: 'scaler', offset, scale, base };
  }

  #map(
    name: string,
    x: Features,
    change: (value: number, offset: number, scale: number) => number,
  ): Samples<Float32Array> {
    const { values, data, width } = columnsOf(name, x);
    const { offset, scale } = this;
    if (width !== scale.length)
      throw new RangeError(
        `${name}: expected ${scale.length} columns, as the scaler was made from, got shape ${showShape(values.shape)}`,
      );
    const scaled = new Float32Array(data.length);
    for (let j = 0; j < width; j++)
      for (let i = j; i < data.length; i += width) scaled[i] = change(data[i] ?? 0, offset[j] ?? 0, scale[j] ?? 1);
    return { data: scaled, shape: values.shape, divisor: 1 };
  }
}

/** Refuses numbers that would make everything NaN. */
function checkFinite(x: ArrayLike<number>, width: number): void {
  for (let i = 0; i < x.length; i++)
    if (!Number.isFinite(x[i]))
      throw new RangeError(
        `x: expected finite numbers, got ${x[i]} in row ${Math.floor(i / width)}, column ${i % width}; ` +
          'fill missing values first, or leave their rows out',
      );
}

/**
 * Learns the mean and standard deviation of each column, and brings columns to mean 0 and deviation 1, as scikit-learn's `StandardScaler`.
 * Make it from the samples to train with alone, and apply it to all.
 *
 * @param x numbers whose last axis are the columns; with one axis they are one column
 * @throws RangeError for numbers that are not finite
 * @example
 * ```ts
 * import { standardize } from 'simdescent/data';
 * const scaler = standardize([[1, 10], [3, 30]]);
 * const { data } = scaler.apply([[1, 20]]); // -1, 0
 * const back = scaler.inverse({ data, shape: [1, 2] }); // 1, 20
 * ```
 * @category Preprocessing
 */
export function standardize(x: Features): Scaler {
  const { data, width } = columnsOf('x', x);
  checkFinite(data, width);
  const rows = data.length / width;
  const offset: number[] = [];
  const scale: number[] = [];
  for (let j = 0; j < width; j++) {
    let sum = 0;
    for (let i = j; i < data.length; i += width) sum += data[i] ?? 0;
    const mean = sum / rows;
    let squares = 0;
    for (let i = j; i < data.length; i += width) squares += ((data[i] ?? 0) - mean) ** 2;
    const deviation = Math.sqrt(squares / rows);
    offset.push(mean);
    // what rounding leaves of equal values is no deviation
    scale.push(deviation > Math.abs(mean) * rows * Number.EPSILON ? deviation : 1);
  }
  return new Scaler({ offset, scale, base: 0 });
}

/** Options of {@link minMax}. */
export interface MinMaxOptions {
  /** Where the smallest and the largest value of a column go. Default `[0, 1]`. */
  readonly range?: readonly [low: number, high: number];
}

/**
 * Learns the smallest and largest value of each column, and brings them to the ends of a range, as scikit-learn's `MinMaxScaler`.
 *
 * @param x numbers whose last axis are the columns; with one axis they are one column
 * @throws RangeError for numbers that are not finite, or a range whose low end is not below the high one
 * @example
 * ```ts
 * import { minMax } from 'simdescent/data';
 * const scaler = minMax([[0, 10], [4, 30]], { range: [-1, 1] });
 * const { data } = scaler.apply([[1, 20]]); // -0.5, 0
 * ```
 * @category Preprocessing
 */
export function minMax(x: Features, options: MinMaxOptions = {}): Scaler {
  checkOptions('minMax', options, ['range']);
  const { range = [0, 1] } = options;
  const [low, high] = range;
  if (range.length !== 2 || !(Number.isFinite(low) && Number.isFinite(high) && low < high))
    throw new RangeError(`range must be two numbers, the smaller one first, got ${show(range)}`);
  const { data, width } = columnsOf('x', x);
  checkFinite(data, width);
  const offset: number[] = [];
  const scale: number[] = [];
  for (let j = 0; j < width; j++) {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = j; i < data.length; i += width) {
      least = Math.min(least, data[i] ?? 0);
      most = Math.max(most, data[i] ?? 0);
    }
    offset.push(least);
    scale.push((most > least ? most - least : 1) / (high - low));
  }
  return new Scaler({ offset, scale, base: low });
}
