/** Layers that merge several inputs into one output. */
import * as kinds from '../../assembly/codes.ts';
import type { Value } from '../graph/graph.ts';
import { checkBoolean, checkInteger, showShape } from '../validate.ts';
import { sampleAxis } from './axes.ts';
import type { Joins } from './joins.ts';
import { type Layer, type LayerOptions, labelOf, type Shape } from './layer.ts';
import { TracedLayer } from './traced.ts';

const shown = (inputs: readonly Shape[]): string => inputs.map((shape) => showShape(['..', ...shape])).join(' and ');

/** A layer of at least `least` inputs, or of exactly as many. */
abstract class Merge extends TracedLayer {
  readonly #least: number;
  readonly #exactly: boolean;
  #joins: Joins | undefined;

  constructor(kind: string, options: LayerOptions, own: readonly string[], least: number, exactly = false) {
    super(kind, options, own);
    this.#least = least;
    this.#exactly = exactly;
  }

  protected override shapeOf(inputs: readonly Shape[]): Shape {
    const [least, exactly] = [this.#least, this.#exactly];
    if (inputs.length < least || (exactly && inputs.length > least)) {
      const expected = `${exactly ? '' : 'at least '}${least} input${least === 1 ? '' : 's'}`;
      throw new RangeError(`${labelOf(this)}: expected ${expected}, got ${inputs.length}: ${shown(inputs)}`);
    }
    this.checkShapes(inputs);
    return super.shapeOf(inputs);
  }

  protected abstract checkShapes(inputs: readonly Shape[]): void;

  override accept(joins: Joins): void {
    this.#joins = joins;
  }

  /** Records the merge. */
  protected abstract join(inputs: readonly Value[], joins: Joins): Value;

  protected trace(inputs: readonly Value[]): Value {
    const [first] = inputs;
    // one input is its own result, and a chain of layers has only one
    if (first !== undefined && inputs.length === 1) return first;
    if (this.#joins === undefined) throw new Error(`${labelOf(this)} was not called on symbolic tensors`);
    return this.join(inputs, this.#joins);
  }

  /** @throws RangeError that names the layer and all shapes. */
  protected refuse(inputs: readonly Shape[], why: string): never {
    throw new RangeError(`${labelOf(this)}: inputs ${shown(inputs)} do not fit: ${why}`);
  }
}

type Fold = (joins: Joins, label: string, values: readonly Value[]) => Value;

/** Element by element, broadcast; samples of fewer axes get leading axes of 1. */
class Elementwise extends Merge {
  readonly #fold: Fold;

  constructor(kind: string, options: LayerOptions, fold: Fold, exactly = false) {
    super(kind, options, [], exactly ? 2 : 1, exactly);
    this.#fold = fold;
  }

  protected ownOptions(): Record<string, never> {
    return {};
  }

  protected checkShapes(inputs: readonly Shape[]): void {
    const rank = Math.max(...inputs.map(({ length }) => length));
    for (let back = 1; back <= rank; back++) {
      const sizes = new Set(inputs.map((shape) => shape.at(-back) ?? 1).filter((size) => size !== 1));
      if (inputs.some(({ length }) => length >= back) && sizes.size > 1)
        this.refuse(inputs, `${[...sizes].join(' and ')} on axis -${back} do not broadcast`);
    }
  }

  protected join(inputs: readonly Value[], joins: Joins): Value {
    return this.#fold(joins, this.name, inputs);
  }
}

/** One operation after the other, from the first input to the last. */
const folded =
  (kind: number): Fold =>
  (joins, label, values) =>
    joins.fold(label, kind, values);

/**
 * The sum of its inputs, element by element: the end of a residual connection. Shapes are broadcast.
 *
 * @throws RangeError from `apply` for shapes that do not broadcast.
 * @example
 * ```ts
 * import { input, layers, model } from 'simdescent';
 * const x = input({ shape: [8] });
 * const hidden = layers.dense({ units: 8, activation: 'relu' }).apply(x);
 * const net = model({ inputs: x, outputs: layers.add().apply([x, hidden]) });
 * ```
 */
export const add = (options: LayerOptions = {}): Layer => new Elementwise('add', options, folded(kinds.ADD));

/**
 * The first of two inputs minus the second, element by element. Shapes are broadcast.
 *
 * @throws RangeError from `apply` for other than two inputs, or shapes that do not broadcast.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const [a, b] = [input({ shape: [8] }), input({ shape: [8] })];
 * const difference = layers.subtract().apply([a, b]);
 * ```
 */
export const subtract = (options: LayerOptions = {}): Layer =>
  new Elementwise('subtract', options, folded(kinds.SUBTRACT), true);

/**
 * The product of its inputs, element by element, as in a gate. Shapes are broadcast.
 *
 * @throws RangeError from `apply` for shapes that do not broadcast.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const x = input({ shape: [8] });
 * const gate = layers.dense({ units: 8, activation: 'sigmoid' }).apply(x);
 * const gated = layers.multiply().apply([x, gate]);
 * ```
 */
export const multiply = (options: LayerOptions = {}): Layer =>
  new Elementwise('multiply', options, folded(kinds.MULTIPLY));

/**
 * The mean of its inputs, element by element. Shapes are broadcast.
 *
 * @throws RangeError from `apply` for shapes that do not broadcast.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const x = input({ shape: [4] });
 * const experts = [1, 2, 3].map(() => layers.dense({ units: 2 }).apply(x));
 * const mean = layers.average().apply(experts);
 * ```
 */
export const average = (options: LayerOptions = {}): Layer =>
  new Elementwise('average', options, (joins, label, values) => joins.average(label, values));

/**
 * The largest of its inputs, element by element. Shapes are broadcast; equal inputs share the gradient in halves.
 *
 * @throws RangeError from `apply` for shapes that do not broadcast.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const [a, b] = [input({ shape: [8] }), input({ shape: [8] })];
 * const largest = layers.maximum().apply([a, b]);
 * ```
 */
export const maximum = (options: LayerOptions = {}): Layer =>
  new Elementwise('maximum', options, folded(kinds.MAXIMUM));

/**
 * The smallest of its inputs, element by element. Shapes are broadcast; equal inputs share the gradient in halves.
 *
 * @throws RangeError from `apply` for shapes that do not broadcast.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const [a, b] = [input({ shape: [8] }), input({ shape: [8] })];
 * const smallest = layers.minimum().apply([a, b]);
 * ```
 */
export const minimum = (options: LayerOptions = {}): Layer =>
  new Elementwise('minimum', options, folded(kinds.MINIMUM));

/** Options of {@link concatenate}. */
export interface ConcatenateOptions extends LayerOptions {
  /** The axis, counted with the batch's, 0, which it cannot be; negative ones count from the end. Default -1. */
  readonly axis?: number;
}

class Concatenate extends Merge {
  readonly #axis: number;

  constructor(options: ConcatenateOptions) {
    super('concatenate', options, ['axis'], 1);
    const { axis = -1 } = options;
    checkInteger('axis', axis, Number.MIN_SAFE_INTEGER);
    this.#axis = axis;
  }

  protected ownOptions() {
    return { axis: this.#axis };
  }

  protected checkShapes(inputs: readonly Shape[]): void {
    const [first = []] = inputs;
    const axis = sampleAxis(this, this.#axis, first);
    const fits = inputs.every(
      (shape) => shape.length === first.length && shape.every((size, at) => at === axis || size === first[at]),
    );
    if (!fits) this.refuse(inputs, `all axes but axis ${axis + 1} must be equal`);
  }

  protected join(inputs: readonly Value[], joins: Joins): Value {
    return joins.concatenate(inputs, this.#axis);
  }
}

/**
 * Joins its inputs along an axis, by default the last.
 *
 * @throws RangeError from `apply` for shapes that differ on another axis.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const [image, facts] = [input({ shape: [64] }), input({ shape: [3] })];
 * const both = layers.concatenate().apply([image, facts]); // [.., 67]
 * ```
 */
export const concatenate = (options: ConcatenateOptions = {}): Layer => new Concatenate(options);

/** Options of {@link dot}. */
export interface DotOptions extends LayerOptions {
  /** The axis of each input along which products are summed, counted with the batch's, 0: one for both, or a pair. */
  readonly axes: number | readonly [number, number];
  /** Divides each input by its length along the axis first, so the result is the cosine of the angle. Default false. */
  readonly normalize?: boolean;
}

class Dot extends Merge {
  readonly #axes: number | readonly [number, number];
  readonly #normalize: boolean;

  constructor(options: DotOptions) {
    super('dot', options, ['axes', 'normalize'], 2, true);
    const { axes, normalize = false } = options;
    const pair: readonly unknown[] = Array.isArray(axes) ? axes : [axes, axes];
    if (pair.length !== 2) throw new RangeError(`axes must be an integer or two of them, got ${pair.length}`);
    for (const axis of pair) checkInteger('axes', axis, Number.MIN_SAFE_INTEGER);
    checkBoolean('normalize', normalize);
    this.#axes = Array.isArray(axes) ? [axes[0], axes[1]] : axes;
    this.#normalize = normalize;
  }

  protected ownOptions() {
    return { axes: this.#axes, normalize: this.#normalize };
  }

  /** The axis of each input, counted from 0 without the batch's. */
  #along([a = [], b = []]: readonly Shape[]): readonly [number, number] {
    const axes = this.#axes;
    const [left, right] = typeof axes === 'number' ? [axes, axes] : axes;
    return [sampleAxis(this, left, a), sampleAxis(this, right, b)];
  }

  protected checkShapes(inputs: readonly Shape[]): void {
    const [left, right] = this.#along(inputs);
    const [m, n] = [inputs[0]?.[left], inputs[1]?.[right]];
    if (m !== n) this.refuse(inputs, `axis ${left + 1} has ${m}, axis ${right + 1} has ${n}`);
  }

  protected join(inputs: readonly Value[], joins: Joins): Value {
    return joins.dot(inputs, this.#along(inputs.map(({ shape }) => shape)), this.#normalize);
  }
}

/**
 * Sums of products of two inputs along an axis of each: [.., n] and [.., n] give one number, [.., 1].
 *
 * @throws RangeError from `apply` for other than two inputs, or axes of different sizes.
 * @example
 * ```ts
 * import { input, layers } from 'simdescent';
 * const [a, b] = [input({ shape: [8] }), input({ shape: [8] })];
 * const cosine = layers.dot({ axes: 1, normalize: true }).apply([a, b]); // [.., 1]
 * ```
 */
export const dot = (options: DotOptions): Layer => new Dot(options);
