/** Typed arrays with a shape, over the runtime's memory. */
import { type Engine, engineOf, type Runtime } from './engine/runtime.ts';
import { Printed } from './printed.ts';
import {
  checkInteger,
  checkKind,
  checkName,
  checkNumbers,
  checkOptions,
  checkShape,
  isObject,
  isTyped,
  MOST_AXES,
  show,
  showShape,
  sizeOf,
} from './validate.ts';

/** The type of a tensor's elements. */
export type DType = 'float32' | 'int32' | 'uint8';

/** The typed array of each dtype. */
export interface DataOf {
  /** Weights, gradients, features. */
  readonly float32: Float32Array;
  /** Labels. */
  readonly int32: Int32Array;
  /** Images, labels below 256. */
  readonly uint8: Uint8Array;
}

/** Nested arrays of numbers, for small things: `[[1, 2], [3, 4]]`. */
export type NestedArray = readonly number[] | readonly NestedArray[];

/** A typed array and its shape, as the data sets give it. */
export interface ArrayData {
  /** The elements, row-major. Doubles are rounded to float32. */
  readonly data: Float32Array | Int32Array | Uint8Array | Float64Array;
  /** Sizes of the axes, row-major; the first one counts the samples. */
  readonly shape: readonly number[];
  /** What every element is divided by when a batch is gathered: 255 turns image bytes into 0..1. Default 1. */
  readonly divisor?: number;
}

/** What the model and the operations accept. */
export type TensorLike = Tensor | ArrayData | NestedArray;

const dtypes = ['float32', 'int32', 'uint8'] as const;

/**
 * A live view of numbers in the runtime's memory: what is written to `data` is what kernels read, and the other way round,
 * without copies. Made by {@link tensor}.
 */
export class Tensor<D extends DType = DType> extends Printed {
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** Type of the elements. */
  readonly dtype: D;
  /** Number of elements. */
  readonly size: number;
  /** What every element is divided by when the tensor is an input of a model and a batch is gathered. */
  readonly divisor: number;
  readonly #engine: Engine;
  readonly #owned: boolean;
  #address: number;
  #data: DataOf[D] | undefined;
  /** Whose memory this is a view of. */
  #whole: Tensor<D> | undefined;

  /** @internal */
  constructor(engine: Engine, dtype: D, shape: readonly number[], address: number, owned: boolean, divisor = 1) {
    super();
    this.#engine = engine;
    this.dtype = dtype;
    this.shape = Object.freeze([...shape]);
    this.size = sizeOf(shape);
    this.divisor = divisor;
    this.#address = address;
    this.#owned = owned;
    const view = dtype === 'float32' ? 'f32' : dtype === 'int32' ? 'i32' : 'u8';
    this.#data = engine[view](address, this.size) as DataOf[D];
    Object.freeze(this);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'Tensor';
  }

  toString(): string {
    const { dtype, shape, divisor } = this;
    const head = `Tensor ${dtype} ${showShape(shape)}${divisor === 1 ? '' : ` / ${divisor}`}`;
    if (this.disposed || this.#engine.disposed) return `${head}, disposed of`;
    // a float32 has no more than nine digits, most of which say nothing to a reader
    const first = Array.from(this.data.subarray(0, 6), (value) => Number(value.toPrecision(6)));
    return `${head} [${first.join(', ')}${this.size > 6 ? ', …' : ''}]`;
  }

  /** The elements, row-major. Stays valid until the tensor is disposed of, also when the memory grows. */
  get data(): DataOf[D] {
    // a view would outlive its runtime: asking for the buffer finds out
    void this.#engine.buffer;
    void this.#whole?.address;
    return this.#data ?? this.#disposed();
  }

  /** @internal */
  get disposed(): boolean {
    return this.#data === undefined || this.#whole?.disposed === true;
  }

  /** @internal */
  get engine(): Engine {
    return this.#engine;
  }

  /** @internal Where the elements begin. */
  get address(): number {
    if (this.#data === undefined) this.#disposed();
    void this.#whole?.address;
    return this.#address;
  }

  /**
   * Rows `from` up to, but not including, `to` as a tensor over the same memory: nothing is copied. It ends with this tensor.
   *
   * @throws RangeError if there are no such rows.
   * @example
   * ```ts
   * import { tensor } from 'simdescent';
   * const images = tensor([60000, 28, 28], undefined, { dtype: 'uint8', divisor: 255 });
   * const first = images.rows(0, 1000); // [1000, 28, 28]
   * ```
   */
  rows(from: number, to: number): Tensor<D> {
    const [count, ...rest] = this.shape;
    if (count === undefined) throw new RangeError('a scalar has no rows');
    checkInteger('to', to, 0, count);
    checkInteger('from', from, 0, to);
    const bytes = from * sizeOf(rest) * (this.dtype === 'uint8' ? 1 : 4);
    const shape = [to - from, ...rest];
    const view = new Tensor(this.#engine, this.dtype, shape, this.address + bytes, false, this.divisor);
    view.#whole = this;
    return view;
  }

  /**
   * Frees the memory. Using the tensor afterwards is an Error; disposing of it again is not.
   *
   * @throws Error for the weights, gradients and slots of a model, which are freed with it.
   */
  dispose(): void {
    if (this.#data === undefined) return;
    if (!this.#owned && this.#whole === undefined)
      throw new Error(`the tensor ${showShape(this.shape)} is a model's: it is freed with its model`);
    this.release();
    if (this.#owned) this.#engine.free(this.#address);
  }

  /** From now on using the tensor is an Error. Its memory is somebody else's to free. @internal */
  release(): void {
    this.#data = undefined;
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #disposed(): never {
    throw new Error(`the tensor ${showShape(this.shape)} has been disposed of`);
  }
}

/** A new tensor of zeros. @internal */
export function allocate<D extends DType>(engine: Engine, dtype: D, shape: readonly number[], divisor = 1): Tensor<D> {
  const address = engine.arena.allocate(sizeOf(shape) * (dtype === 'uint8' ? 1 : 4));
  return new Tensor(engine, dtype, shape, address, true, divisor);
}

/** Options of {@link tensor}. */
export interface TensorOptions<D extends DType = 'float32'> {
  /** Default `'float32'`. */
  readonly dtype?: D;
  /** What every element is divided by when a model gathers a batch: 255 turns image bytes into 0..1. Default 1. */
  readonly divisor?: number;
  /** Default: the runtime that everything shares. */
  readonly runtime?: Runtime;
}

/**
 * Makes a tensor of `shape`, filled with `values` (flat, row-major) or with zeros.
 *
 * @throws RangeError if the number of values does not fit the shape, or memory is exhausted; TypeError for a wrong kind.
 * @example
 * ```ts
 * import { tensor } from 'simdescent';
 * const w = tensor([2, 2], [1, -2, 0.5, 3]);
 * w.data[0] = 7; // a live Float32Array
 * w.dispose();
 * ```
 */
export function tensor<D extends DType = 'float32'>(
  shape: readonly number[],
  values?: ArrayLike<number>,
  options: TensorOptions<D> = {},
): Tensor<D> {
  checkShape('tensor(shape, values): shape', shape, 0);
  checkOptions('tensor', options, ['dtype', 'divisor', 'runtime']);
  const dtype = checkName('dtype', options.dtype ?? 'float32', dtypes) as D;
  if (values !== undefined) checkNumbers('values', values);
  if (values !== undefined && values.length !== sizeOf(shape)) {
    throw new RangeError(`a tensor of shape ${showShape(shape)} takes ${sizeOf(shape)} values, got ${values.length}`);
  }
  const { divisor = 1 } = options;
  checkDivisor('divisor', divisor);
  const made = allocate(engineOf(options.runtime), dtype, shape, divisor);
  if (values !== undefined) made.data.set(values);
  return made;
}

/** The elements of whatever the caller passed, as a typed array with a shape; nothing is copied but nested arrays. @internal */
export function toArrayData(name: string, value: TensorLike): ArrayData & { readonly tensor?: Tensor } {
  if (value instanceof Tensor) return { data: value.data, shape: value.shape, divisor: value.divisor, tensor: value };
  if (Array.isArray(value)) return flatten(name, value);
  checkKind(isObject(value) && 'data' in value, name, 'a tensor, { data, shape } or nested arrays', value);
  const { data, shape, divisor = 1 } = value as ArrayData;
  checkKind(isTyped(data), `${name}.data`, 'a Float32Array, Float64Array, Int32Array or Uint8Array', data);
  checkShape(`${name}.shape`, shape, 0);
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(`${name}: shape ${showShape(shape)} has ${sizeOf(shape)} elements, data has ${data.length}`);
  }
  checkDivisor(`${name}.divisor`, divisor);
  return { data, shape, divisor };
}

function checkDivisor(name: string, divisor: number): void {
  const float = Math.fround(divisor);
  if (!(Number.isFinite(float) && float > 0))
    throw new RangeError(`${name} must be a positive number, got ${show(divisor)}`);
}

function flatten(name: string, nested: NestedArray): ArrayData {
  const shape: number[] = [];
  for (let level: NestedArray | number | undefined = nested; Array.isArray(level); level = level[0]) {
    // an array within itself has no end
    if (shape.push(level.length) > MOST_AXES) throw new RangeError(`${name} is nested more than ${MOST_AXES} deep`);
  }
  const rows: unknown[][] = [];
  const collect = (level: unknown, axis: number): void => {
    if (!Array.isArray(level) || level.length !== shape[axis]) {
      const found = Array.isArray(level) ? level.length : show(level);
      throw new RangeError(`${name} is ragged: expected ${shape[axis]} elements on axis ${axis}, found ${found}`);
    }
    if (axis + 1 === shape.length) rows.push(level);
    else for (const inner of level) collect(inner, axis + 1);
  };
  collect(nested, 0);
  const data = new Float32Array(sizeOf(shape));
  let at = 0;
  for (const row of rows) {
    for (const value of row) {
      if (typeof value !== 'number') throw new TypeError(`${name} must hold numbers, found ${show(value)}`);
      data[at++] = value;
    }
  }
  return { data, shape };
}
