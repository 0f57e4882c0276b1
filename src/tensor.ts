/** Typed arrays with a shape, over the runtime's memory. */
import { type Engine, engineOf, type Runtime } from './engine/runtime.ts';
import type { Initializer } from './initializers.ts';
import { Printed } from './printed.ts';
import { seedsOf } from './seeds.ts';
import { showArray } from './show-array.ts';
import {
  checkInteger,
  checkKind,
  checkName,
  checkOptions,
  checkShape,
  isObject,
  sameShape,
  showShape,
  sizeOf,
  typedKind,
} from './validate.ts';
import { type ArrayData, checkDivisor, type NestedArray, type Numbers, type Values, valuesOf } from './values.ts';

export type { ArrayData, NestedArray, SparseData } from './values.ts';

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

/** Data that models and operations accept. */
export type TensorLike = Tensor | ArrayData | NestedArray;

const dtypes = ['float32', 'int32', 'uint8'] as const;

/**
 * A live view of numbers in the runtime's memory: kernels read and write the same memory as `data`, without copies. Made by
 * {@link tensor}.
 * @category Tensors and gradients
 */
export class Tensor<D extends DType = DType> extends Printed {
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** Type of the elements. */
  readonly dtype: D;
  /** Number of elements. */
  readonly size: number;
  /** A model divides each element by this when it gathers a batch. */
  readonly divisor: number;
  readonly #engine: Engine;
  readonly #owned: boolean;
  #address: number;
  #data: DataOf[D] | undefined;
  /** The tensor that owns the memory of this view. */
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

  /** Dtype, shape and numbers, as NumPy shows them: of more than 1000 the first and last three along each axis. */
  toString(): string {
    const { dtype, shape, divisor } = this;
    const head = `Tensor ${dtype} ${showShape(shape)}${divisor === 1 ? '' : ` / ${divisor}`}`;
    if (this.disposed || this.#engine.disposed) return `${head}, disposed of`;
    return `${head}${shape.length > 1 ? '\n' : ' '}${showArray(this.data, shape)}`;
  }

  /**
   * The elements as arrays nested like the shape, a copy; of a scalar a number.
   *
   * @example
   * ```ts
   * import { tensor } from 'simdescent';
   * const rows = tensor([2, 2], [1, 2, 3, 4]).toArray(); // [[1, 2], [3, 4]]
   * ```
   */
  toArray(): NestedArray | number {
    const { data, shape } = this;
    const nest = (axis: number, at: number): NestedArray | number => {
      const size = shape[axis];
      if (size === undefined) return data[at] ?? 0;
      return Array.from({ length: size }, (_, i) => nest(axis + 1, at * size + i)) as NestedArray;
    };
    return nest(0, 0);
  }

  /** The elements, row-major. Valid until the tensor is disposed, also when the memory grows. */
  get data(): DataOf[D] {
    // throws if the runtime is disposed
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

  /** @internal Address of the first element. */
  get address(): number {
    if (this.#data === undefined) this.#disposed();
    void this.#whole?.address;
    return this.#address;
  }

  /**
   * Rows `from` up to, but not including, `to`, as a view over the same memory, without a copy. Disposing this tensor ends it.
   *
   * @throws RangeError if the tensor has no such rows.
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
   * Frees the memory. Using the tensor afterwards throws; a second `dispose` does nothing.
   *
   * @throws Error for the weights, gradients and slots of a model, which the model frees.
   */
  dispose(): void {
    if (this.#data === undefined) return;
    if (!this.#owned && this.#whole === undefined)
      throw new Error(
        `the tensor ${showShape(this.shape)} belongs to a model, which frees it: call dispose() of the model`,
      );
    this.release();
    if (this.#owned) this.#engine.free(this.#address);
  }

  /** Makes using the tensor an Error; another owner frees its memory. @internal */
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

const isInitializer = (values: unknown): values is Initializer =>
  isObject(values) && 'options' in values && 'fill' in values;

/** Options of {@link tensor}. */
export interface TensorOptions<D extends DType = 'float32'> {
  /** Default `'float32'`. */
  readonly dtype?: D;
  /** A model or a compiled function divides each element by this where it reads it: 255 scales bytes of images to 0..1. Default 1. */
  readonly divisor?: number;
  /** What an initializer draws from. The same seed gives the same numbers, so give each tensor its own. Default 0. */
  readonly seed?: number;
  /** Default: the shared runtime. */
  readonly runtime?: Runtime;
}

/**
 * Makes a tensor of `shape`, filled with `values` or with zeros.
 *
 * @param values numbers, flat and row-major, or nested like `shape`: any typed array, plain arrays, `{ data, shape }` or a tensor. Their divisor, if any,
 * becomes that of the tensor. Doubles, and integers above 2^24, are rounded to float32. Or an initializer, which draws them from `seed`
 * @throws RangeError if the values do not fit the shape or the dtype, or memory is exhausted; TypeError for a wrong kind.
 * @example
 * ```ts
 * import { initializers, tensor } from 'simdescent';
 * const w = tensor([2, 2], [1, -2, 0.5, 3]);
 * w.data[0] = 7; // a live Float32Array
 * w.dispose();
 * const kernel = tensor([784, 10], initializers.glorotUniform(), { seed: 1 });
 * ```
 * @category Tensors and gradients
 */
export function tensor<D extends DType = 'float32'>(
  shape: readonly number[],
  values?: TensorLike | number | Initializer,
  options: TensorOptions<D> = {},
): Tensor<D> {
  const nested = Array.isArray(shape) && shape.some((axis) => isObject(axis));
  checkKind(
    !nested,
    'tensor(shape, values): shape',
    'an array of sizes, before the values: tensor([2, 2], [[1, 2], [3, 4]])',
    shape,
  );
  checkShape('tensor(shape, values): shape', shape, 0);
  checkOptions('tensor', options, ['dtype', 'divisor', 'seed', 'runtime']);
  const dtype = checkName('dtype', options.dtype ?? 'float32', dtypes) as D;
  const { seed = 0 } = options;
  checkInteger('seed', seed, 0);
  const drawn = isInitializer(values);
  if (drawn && dtype !== 'float32')
    throw new TypeError(`initializers.${values.name} makes float32 numbers, and dtype is '${dtype}'`);
  const given = values === undefined || drawn ? undefined : toArrayData('values', values);
  const { divisor = given?.divisor ?? 1 } = options;
  checkDivisor('divisor', divisor);
  if (given !== undefined) {
    if (given.data.length !== sizeOf(shape))
      throw new RangeError(
        `expected ${sizeOf(shape)} values for the shape ${showShape(shape)}, got ${given.data.length}`,
      );
    if (given.shape.length > 1 && !sameShape(given.shape, shape))
      throw new RangeError(`expected values of shape ${showShape(shape)}, got ${showShape(given.shape)}`);
    checkFits(dtype, given.data);
  }
  const made = allocate(engineOf(options.runtime), dtype, shape, divisor);
  if (given !== undefined) made.data.set(given.data);
  if (drawn) values.fill(made.engine, made.address, made.shape, [...seedsOf(seed), 0]);
  return made;
}

/** The caller's numbers in one form; a tensor's are not copied. @internal */
export function toArrayData(name: string, value: unknown): Values & { readonly tensor?: Tensor } {
  if (value instanceof Tensor) return { data: value.data, shape: value.shape, divisor: value.divisor, tensor: value };
  return valuesOf(name, value);
}

/** The range of each integer dtype. */
const ranges = { int32: [-2147483648, 2147483647], uint8: [0, 255] } as const;

/** Typed arrays whose elements all fit, so none needs a check. */
const fitting: Readonly<Record<DType, readonly string[]>> = {
  float32: [],
  int32: ['Int8Array', 'Uint8Array', 'Int16Array', 'Uint16Array', 'Int32Array'],
  uint8: ['Uint8Array'],
};

/** Refuses numbers that `dtype` would wrap or truncate. */
function checkFits(dtype: DType, data: Numbers): void {
  if (dtype === 'float32' || fitting[dtype].includes(typedKind(data) ?? '')) return;
  const [least, greatest] = ranges[dtype];
  const bad = data.findIndex((value) => !(Number.isInteger(value) && value >= least && value <= greatest));
  if (bad >= 0)
    throw new RangeError(`values[${bad}]: ${dtype} holds integers from ${least} to ${greatest}, got ${data[bad]}`);
}
