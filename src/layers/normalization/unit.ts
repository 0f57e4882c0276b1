import type { Value } from '../../graph/graph.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { maximumOf, sumOver } from '../../graph/operations/arrays/moments.ts';
import { type Axes, checkAxes, sampleAxes } from '../axes.ts';
import { Layer, type LayerOptions, type Shape, single } from '../layer.ts';

/** Options of {@link unitNormalization}. */
export interface UnitNormalizationOptions extends LayerOptions {
  /** The axis, or axes, counted from 1, because 0 is that of the batch; negative ones count from the end. Default -1. */
  readonly axis?: Axes;
}

/** Keras' 1e-12, squared: lengths below it count as this long. */
const LEAST = 1e-24;

class UnitNormalization extends Layer {
  readonly #axis: Axes;

  constructor(options: UnitNormalizationOptions) {
    super('unitNormalization', options, ['axis']);
    this.#axis = checkAxes('axis', options.axis ?? -1);
  }

  protected ownOptions() {
    return { axis: this.#axis };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = single(this, inputs);
    sampleAxes(this, this.#axis, input);
    return input;
  }

  protected compute([x]: readonly [Value]): Value {
    const m = arithmetic(this.name);
    const squares = sumOver(this.name, m.square(x), sampleAxes(this, this.#axis, x.shape));
    return m.multiply(x, m.reciprocal(m.sqrt(maximumOf(this.name, squares, LEAST))));
  }
}

/**
 * Divides each sample by its length, the root of the sum of squares along an axis, by default the last. Zeros stay zeros. The output
 * has the shape of the input.
 *
 * @throws RangeError for an axis that is not there, or the batch's.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * const model = sequential([layers.unitNormalization({ inputShape: [2] })]);
 * await model.predict([[3, 4]]); // 0.6, 0.8
 * ```
 */
export function unitNormalization(options: UnitNormalizationOptions = {}): Layer {
  return new UnitNormalization(options);
}
