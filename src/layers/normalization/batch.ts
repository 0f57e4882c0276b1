import type { Value } from '../../graph/graph.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { permute } from '../../graph/operations/arrays/copy.ts';
import { normalizeBatch, normalizeWith } from '../../graph/operations/arrays/normalize.ts';
import { configOf, type Initializer, type InitializerName, initializerOf } from '../../initializers.ts';
import { checkInteger, checkNumber, showShape } from '../../validate.ts';
import { sampleAxis } from '../axes.ts';
import { type Layer, labelOf, type Mode, type Shape, single } from '../layer.ts';
import { AffineLayer, type AffineOptions } from './affine.ts';

/** Options of {@link batchNormalization}. */
export interface BatchNormalizationOptions extends AffineOptions {
  /** The axis of the channels, counted with that of the batch, 0; negative ones count from the end. Default -1. */
  readonly axis?: number;
  /** How much of the moving statistics each training step keeps, from 0 to 1. Default 0.99. */
  readonly momentum?: number;
  /** Default `'zeros'`. */
  readonly movingMeanInitializer?: InitializerName | Initializer;
  /** Default `'ones'`. */
  readonly movingVarianceInitializer?: InitializerName | Initializer;
}

class BatchNormalization extends AffineLayer {
  readonly #axis: number;
  readonly #momentum: number;
  readonly #mean: Initializer;
  readonly #variance: Initializer;

  constructor(options: BatchNormalizationOptions) {
    const own = ['axis', 'momentum', 'movingMeanInitializer', 'movingVarianceInitializer'];
    super('batchNormalization', options, own);
    const { axis = -1, momentum = 0.99, movingMeanInitializer = 'zeros', movingVarianceInitializer = 'ones' } = options;
    checkInteger('axis', axis, Number.MIN_SAFE_INTEGER);
    checkNumber('momentum', momentum, 0, 1);
    this.#axis = axis;
    this.#momentum = momentum;
    this.#mean = initializerOf(movingMeanInitializer);
    this.#variance = initializerOf(movingVarianceInitializer);
  }

  protected ownOptions() {
    return {
      axis: this.#axis,
      momentum: this.#momentum,
      ...this.affineOptions(),
      movingMeanInitializer: configOf(this.#mean),
      movingVarianceInitializer: configOf(this.#variance),
    };
  }

  protected override makeWeights(inputs: readonly Shape[]): void {
    const input = single(this, inputs);
    const shape = [input[sampleAxis(this, this.#axis, input)] ?? 1];
    this.makeAffine(shape);
    const fixed = { shape, regularizer: undefined, trainable: false };
    this.makeWeight({ ...fixed, name: 'moving_mean', initializer: this.#mean });
    this.makeWeight({ ...fixed, name: 'moving_variance', initializer: this.#variance });
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    const channels = input[sampleAxis(this, this.#axis, input)];
    const [expected] = this.weights[0]?.shape ?? [];
    if (channels !== expected)
      throw new RangeError(
        `${labelOf(this)}: expected ${expected} channels on axis ${this.#axis}, got ${showShape(['..', ...input])}`,
      );
    return input;
  }

  protected compute([x]: readonly [Value], mode: Mode): Value {
    const { shape } = x;
    const axis = sampleAxis(this, this.#axis, shape);
    const last = shape.length - 1;
    if (axis === last) return this.#normalize(x, mode);
    // swapping twice restores the order
    const order = shape.map((_, one) => (one === axis ? last : one === last ? axis : one));
    return permute(this.name, this.#normalize(permute(this.name, x, order), mode), order);
  }

  /** Over the last axis. */
  #normalize(x: Value, { training, frozen, again = false }: Mode): Value {
    const [gamma, beta] = [this.weightIn(x, 'gamma'), this.weightIn(x, 'beta')];
    const [mean, variance] = this.weights.slice(-2);
    if (mean === undefined || variance === undefined) throw new Error(`${this.name} has not been built`);
    if (training && !frozen) {
      const moving = { momentum: again ? 1 : this.#momentum, mean: mean.address, variance: variance.address };
      return normalizeBatch(this.name, x, gamma, beta, this.epsilon, moving);
    }
    const m = arithmetic(this.name);
    const inverse = m.reciprocal(m.sqrt(m.add(x.graph.weight(variance), this.epsilon)));
    return normalizeWith(this.name, x, x.graph.weight(mean), inverse, gamma, beta);
  }
}

/**
 * Gives each channel mean 0 and variance 1, then multiplies it by gamma and adds beta: `y = gamma (x - mean) / √(variance + epsilon) + beta`.
 * A training step uses the statistics of its batch, over all axes but that of the channels, and updates the moving statistics,
 * `moving = momentum moving + (1 - momentum) statistic`. Evaluation and prediction use the moving statistics, and so does training while the layer
 * is frozen, as in Keras. The variance is that of the batch, divided by n; sums are float64. The output has the shape of the input.
 *
 * @throws RangeError for an axis that is not there.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * const model = sequential([
 *   layers.dense({ units: 64, useBias: false, inputShape: [20] }),
 *   layers.batchNormalization(),
 *   layers.activation({ activation: 'relu' }),
 *   layers.dense({ units: 1 }),
 * ]);
 * ```
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): Layer {
  return new BatchNormalization(options);
}
