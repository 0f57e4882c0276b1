/** Dropout of whole channels. */
import type { Value } from '../../graph/graph.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { filled } from '../../graph/operations/arrays/fill.ts';
import { dropout as drop } from '../../graph/operations/dropout.ts';
import { checkNumber } from '../../validate.ts';
import { positionedInput } from '../axes.ts';
import { Layer, type LayerOptions, type Mode, type Shape } from '../layer.ts';

/** Options of {@link spatialDropout1d} and {@link spatialDropout2d}. */
export interface SpatialDropoutOptions extends LayerOptions {
  /** Share of the channels set to zero, from 0 to 1. */
  readonly rate: number;
}

class SpatialDropout extends Layer {
  readonly #rate: number;
  readonly #rank: number;

  constructor(kind: string, options: SpatialDropoutOptions, rank: number) {
    super(kind, options, ['rate']);
    checkNumber('rate', options.rate, 0, 1);
    this.#rate = options.rate;
    this.#rank = rank;
  }

  protected ownOptions() {
    return { rate: this.#rate };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    return positionedInput(this, inputs, this.#rank);
  }

  protected compute([x]: readonly [Value], { training, seeds, index }: Mode): Value {
    if (!training || this.#rate === 0) return x;
    const [seedLow, seedHigh] = seeds;
    const { graph, shape } = x;
    const channels = shape.at(-1) ?? 1;
    const ones = filled(graph, this.name, { shape: [...shape.slice(1).map(() => 1), channels], rows: true }, 1);
    const numbers = { perRow: channels, seedLow, seedHigh, index, rate: this.#rate };
    return arithmetic(this.name).multiply(x, graph.add(drop, this.name, { x: ones }, numbers).y);
  }
}

/**
 * While training, sets a random share of the channels of a sequence [steps, channels] to zero, at all steps, and multiplies the others by
 * `1 / (1 - rate)`; otherwise does nothing.
 *
 * @throws RangeError for a rate outside of 0 to 1, or samples of other than two axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.spatialDropout1d({ rate: 0.2, inputShape: [10, 16] });
 * ```
 */
export function spatialDropout1d(options: SpatialDropoutOptions): Layer {
  return new SpatialDropout('spatialDropout1d', options, 1);
}

/**
 * Does the same for images [height, width, channels]: a channel is dropped at all positions.
 *
 * @throws RangeError for a rate outside of 0 to 1, or samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.spatialDropout2d({ rate: 0.2, inputShape: [28, 28, 16] });
 * ```
 */
export function spatialDropout2d(options: SpatialDropoutOptions): Layer {
  return new SpatialDropout('spatialDropout2d', options, 2);
}
