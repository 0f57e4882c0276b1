import type { Value } from '../../graph/graph.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { moments } from '../../graph/operations/arrays/moments.ts';
import { sameShape, showShape } from '../../validate.ts';
import { type Axes, checkAxes, sampleAxes } from '../axes.ts';
import { type Layer, labelOf, type Shape, single } from '../layer.ts';
import { AffineLayer, type AffineOptions, among } from './affine.ts';

/** Options of {@link layerNormalization}. */
export interface LayerNormalizationOptions extends AffineOptions {
  /** The axis, or axes, counted from 1, because 0 is that of the batch; negative ones count from the end. Default -1. */
  readonly axis?: Axes;
}

class LayerNormalization extends AffineLayer {
  readonly #axis: Axes;

  constructor(options: LayerNormalizationOptions) {
    super('layerNormalization', options, ['axis']);
    this.#axis = checkAxes('axis', options.axis ?? -1);
  }

  protected ownOptions() {
    return { axis: this.#axis, ...this.affineOptions() };
  }

  protected override makeWeights(inputs: readonly Shape[]): void {
    const input = single(this, inputs);
    this.makeAffine(sampleAxes(this, this.#axis, input).map((axis) => input[axis] ?? 1));
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    const sizes = sampleAxes(this, this.#axis, input).map((axis) => input[axis] ?? 1);
    const expected = this.weights[0]?.shape ?? sizes;
    if (!sameShape(sizes, expected))
      throw new RangeError(
        `${labelOf(this)}: expected ${showShape(expected)} on axis ${this.#axis}, got ${showShape(['..', ...input])}`,
      );
    return input;
  }

  protected compute([x]: readonly [Value]): Value {
    const { graph, shape } = x;
    const axes = sampleAxes(this, this.#axis, shape);
    const m = arithmetic(this.name);
    const { centred, variance } = moments(this.name, x, axes);
    const unit = m.multiply(centred, m.reciprocal(m.sqrt(m.add(variance, this.epsilon))));
    const placed = (weight: Value): Value => graph.view(weight, among(shape, axes));
    const [gamma, beta] = [this.weightIn(x, 'gamma'), this.weightIn(x, 'beta')];
    const scaled = gamma === undefined ? unit : m.multiply(unit, placed(gamma));
    return beta === undefined ? scaled : m.add(scaled, placed(beta));
  }
}

/**
 * Gives each sample mean 0 and variance 1 along an axis, by default the last, then multiplies by gamma and adds beta, which have the
 * sizes of the axes: `y = gamma (x - mean) / √(variance + epsilon) + beta`. Training and prediction compute the
 * same. The output has the shape of the input.
 *
 * @throws RangeError for an axis that is not there, or the batch's.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 16, inputShape: [4] }), layers.layerNormalization()]);
 * ```
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): Layer {
  return new LayerNormalization(options);
}
