/** Inputs with mean 0 and variance 1, by the statistics of a data set. */
import type { Value } from '../../graph/graph.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { maximumOf } from '../../graph/operations/arrays/moments.ts';
import type { Initializer } from '../../initializers.ts';
import { type TensorLike, toArrayData } from '../../tensor.ts';
import { checkBoolean, checkKind, showShape, sizeOf } from '../../validate.ts';
import { divided } from '../../values.ts';
import { type Axes, checkAxes, sampleAxes } from '../axes.ts';
import { Layer, type LayerOptions, labelOf, type Shape, single } from '../layer.ts';
import { among } from './affine.ts';

/** Options of {@link normalization}. */
export interface NormalizationOptions extends LayerOptions {
  /**
   * The axis, or axes, whose entries have statistics of their own, counted with that of the batch, 0; negative ones count from the end. null: one mean and one
   * variance for all numbers. Default -1.
   */
  readonly axis?: Axes | null;
  /** A number, or one for each entry of the axes. Default: what `adapt` computes, 0 before. */
  readonly mean?: TensorLike | number;
  /** A number, or one for each entry of the axes. Default: what `adapt` computes, 1 before. */
  readonly variance?: TensorLike | number;
  /** Computes `x √variance + mean` instead. Default false. */
  readonly invert?: boolean;
}

interface Statistics {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

const numbersOf = (what: string, value: TensorLike | number): Float32Array =>
  typeof value === 'number' ? Float32Array.of(value) : Float32Array.from(divided(toArrayData(what, value)));

/** One number, where it is given, counts for every entry. */
const spread = (numbers: Float32Array, size: number): Float32Array =>
  numbers.length === 1 ? new Float32Array(size).fill(numbers[0] ?? 0) : numbers;

/** A layer that {@link normalization} makes. */
export class Normalization extends Layer {
  readonly #axes: Axes;
  readonly #invert: boolean;
  #statistics: Statistics | undefined;

  /** @internal */
  constructor(options: NormalizationOptions) {
    super('normalization', options, ['axis', 'mean', 'variance', 'invert']);
    const { axis = -1, mean, variance, invert = false } = options;
    this.#axes = axis === null ? [] : checkAxes('axis', axis);
    checkBoolean('invert', invert);
    this.#invert = invert;
    checkKind((mean === undefined) === (variance === undefined), 'mean and variance', 'given both or neither', options);
    if (mean === undefined || variance === undefined) return;
    const given = { mean: numbersOf('mean', mean), variance: numbersOf('variance', variance) };
    if (given.mean.length !== given.variance.length)
      throw new RangeError(
        `normalization: mean and variance must have equally many numbers, got ${given.mean.length} and ${given.variance.length}`,
      );
    this.#statistics = given;
  }

  /** @internal */
  protected ownOptions() {
    const { mean, variance } = this.#statistics ?? {};
    const axes = this.#axes;
    return {
      axis: typeof axes !== 'number' && axes.length === 0 ? null : axes,
      mean: mean && [...mean],
      variance: variance && [...variance],
      invert: this.#invert,
    };
  }

  /**
   * Computes the mean and variance of a data set and uses them from then on, also in models that are already built. Call it before training, because
   * the next layers learn from the normalized values.
   *
   * @param data samples; the first axis counts them
   * @throws RangeError for an axis that is not there, no samples, or samples that do not fit the model.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const x = [[0, 7, 4], [2, 9, 6], [0, 7, 4], [2, 9, 6]];
   * const scaled = layers.normalization({ inputShape: [3] });
   * scaled.adapt(x);
   * const model = sequential([scaled, layers.dense({ units: 1 })]);
   * ```
   */
  adapt(data: TensorLike): void {
    const { data: numbers, shape, divisor } = toArrayData('data', data);
    const [count = 0, ...sample] = shape;
    if (count === 0)
      throw new RangeError(`${labelOf(this)}: adapt needs at least one sample, got data of shape ${showShape(shape)}`);
    const axes = sampleAxes(this, this.#axes, sample);
    const kept = axes.map((axis) => sample[axis] ?? 1);
    const size = sizeOf(kept);
    const [weight] = this.weights;
    if (weight !== undefined && sizeOf(weight.shape) !== size)
      throw new RangeError(
        `${labelOf(this)}: expected statistics ${showShape(weight.shape)}, got ${showShape(kept)} of samples ${showShape(['..', ...sample])}`,
      );
    // which entry of the statistics each number of a sample belongs to
    const places = new Int32Array(sizeOf(sample));
    for (let i = 0; i < places.length; i++) {
      let place = 0;
      for (const axis of axes)
        place = place * (sample[axis] ?? 1) + (Math.floor(i / sizeOf(sample.slice(axis + 1))) % (sample[axis] ?? 1));
      places[i] = place;
    }
    const each = numbers.length / size;
    /** The mean of f(x) in each entry, in float64. */
    const meanOf = (of: (x: number, place: number) => number): Float64Array => {
      const sums = new Float64Array(size);
      for (let i = 0; i < numbers.length; i++) {
        const place = places[i % places.length] ?? 0;
        sums[place] = (sums[place] ?? 0) + of((numbers[i] ?? 0) / divisor, place);
      }
      return sums.map((sum) => sum / each);
    };
    const mean = meanOf((x) => x);
    const variance = meanOf((x, place) => {
      const off = x - (mean[place] ?? 0);
      return off * off;
    });
    this.#statistics = { mean: Float32Array.from(mean), variance: Float32Array.from(variance) };
    if (this.memory !== undefined)
      for (const { name, address } of this.weights)
        this.memory.engine.f32(address, size).set(this.#statistics[name as keyof Statistics]);
  }

  /** @internal */
  protected override makeWeights(inputs: readonly Shape[]): void {
    const input = single(this, inputs);
    const shape = sampleAxes(this, this.#axes, input).map((axis) => input[axis] ?? 1);
    const { length = 1 } = this.#statistics?.mean ?? {};
    if (length !== 1 && length !== sizeOf(shape))
      throw new RangeError(
        `${labelOf(this)}: ${length} means do not fit axis ${this.#axes} of samples ${showShape(['..', ...input])}`,
      );
    for (const [name, before] of [
      ['mean', 0],
      ['variance', 1],
    ] as const) {
      const fill: Initializer['fill'] = (engine, address) => {
        const numbers = this.#statistics?.[name] ?? Float32Array.of(before);
        engine.f32(address, sizeOf(shape)).set(spread(numbers, sizeOf(shape)));
      };
      const initializer = { name: 'adapted', options: {}, fill };
      this.makeWeight({ name, shape, initializer, regularizer: undefined, trainable: false });
    }
  }

  /** @internal */
  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    const kept = sampleAxes(this, this.#axes, input).map((axis) => input[axis] ?? 1);
    const { shape = kept } = this.weights[0] ?? {};
    if (showShape(kept) !== showShape(shape))
      throw new RangeError(
        `${labelOf(this)}: its statistics ${showShape(shape)} do not fit samples ${showShape(['..', ...input])}`,
      );
    return input;
  }

  /** @internal */
  protected compute([x]: readonly [Value]): Value {
    const { graph, shape } = x;
    const axes = sampleAxes(this, this.#axes, shape);
    const [mean, variance] = this.weights.map((weight) => graph.view(graph.weight(weight), among(shape, axes)));
    if (mean === undefined || variance === undefined) throw new Error(`${this.name} has not been built`);
    const m = arithmetic(this.name);
    const deviation = maximumOf(this.name, m.sqrt(variance), 1e-7);
    return this.#invert ? m.add(m.multiply(x, deviation), mean) : m.divide(m.subtract(x, mean), deviation);
  }
}

/**
 * Normalizes inputs by the statistics of a data set: `(x - mean) / √variance`, in training and prediction. `adapt` computes mean and variance, or you
 * give them; they are weights that training does not change.
 *
 * @throws RangeError for an axis that is not there, or statistics that do not fit.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * const model = sequential([
 *   layers.normalization({ mean: [3, 20], variance: [1, 100], inputShape: [2] }),
 *   layers.dense({ units: 1 }),
 * ]);
 * ```
 */
export function normalization(options: NormalizationOptions = {}): Normalization {
  return new Normalization(options);
}
