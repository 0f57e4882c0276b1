import * as kinds from '../../../assembly/codes.ts';
import type { Value } from '../../graph/graph.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { reduceAxes } from '../../graph/operations/arrays/reduce.ts';
import { clipped } from '../../graph/operations/arrays/unary.ts';
import { checkNumber } from '../../validate.ts';
import { pairOf, positionedInput } from '../axes.ts';
import { Layer, type LayerOptions, type Mode, type Shape } from '../layer.ts';
import { drawnIn } from './random-matrix.ts';
import type { RandomFactor } from './sampling.ts';

/** Options of {@link randomContrast}. */
export interface RandomContrastOptions extends LayerOptions {
  /** How much less and how much more contrast: from `1 - factor` to `1 + factor`, or from `1 - lower` to `1 + upper`. Each from 0 to 1. */
  readonly factor: RandomFactor;
  /** Results are clipped to this range. Default `[0, 255]`; for pixels from 0 to 1 give `[0, 1]`. */
  readonly valueRange?: readonly [low: number, high: number];
}

class RandomContrast extends Layer {
  readonly #factor: readonly [number, number];
  readonly #valueRange: readonly [number, number];

  constructor(options: RandomContrastOptions) {
    super('randomContrast', options, ['factor', 'valueRange']);
    const { factor, valueRange = [0, 255] } = options;
    this.#factor = pairOf('factor', factor, (what, one) => checkNumber(what, one, 0, 1));
    const [low, high] = pairOf('valueRange', valueRange, (what, one) =>
      checkNumber(what, one, Number.NEGATIVE_INFINITY),
    );
    if (low >= high) throw new RangeError(`valueRange must be [low, high], got [${low}, ${high}]`);
    this.#valueRange = [low, high];
  }

  protected ownOptions() {
    return { factor: this.#factor, valueRange: this.#valueRange };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    return positionedInput(this, inputs);
  }

  protected compute([x]: readonly [Value], mode: Mode): Value {
    if (!mode.training) return x;
    const m = arithmetic(this.name);
    const [lower, upper] = this.#factor;
    const factor = x.graph.view(drawnIn(this.name, x, [[1 - lower, 1 + upper]], mode), [1, 1, 1]);
    const mean = reduceAxes(this.name, kinds.MEAN, x, [0, 1], false, true);
    const changed = m.add(m.multiply(m.subtract(x, mean), factor), mean);
    return clipped(this.name, changed, ...this.#valueRange);
  }
}

/**
 * While training, multiplies the distance of each pixel from the mean of its channel by a random factor, one for each image [height, width,
 * channels], and clips the results to `valueRange`; otherwise does nothing.
 *
 * @throws RangeError for factors outside of 0 to 1, an empty range, or samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.randomContrast({ factor: 0.3, valueRange: [0, 1] }); // contrast from 0.7 to 1.3 of what it was
 * ```
 */
export function randomContrast(options: RandomContrastOptions): Layer {
  return new RandomContrast(options);
}
