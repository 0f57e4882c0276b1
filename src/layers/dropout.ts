import type { Value } from '../graph/graph.ts';
import { dropout as drop } from '../graph/operations/dropout.ts';
import { checkNumber } from '../validate.ts';
import { Layer, type LayerOptions, type Mode, type Shape, single } from './layer.ts';

/** Options of {@link dropout}. */
export interface DropoutOptions extends LayerOptions {
  /** Share of the elements set to zero, from 0 to 1. */
  readonly rate: number;
}

class Dropout extends Layer {
  readonly #rate: number;

  constructor(options: DropoutOptions) {
    super('dropout', options, ['rate']);
    checkNumber('rate', options.rate, 0, 1);
    this.#rate = options.rate;
  }

  protected ownOptions() {
    return { rate: this.#rate };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    return single(this, inputs);
  }

  protected compute([x]: readonly [Value], { training, seeds, index }: Mode): Value {
    if (!training || this.#rate === 0) return x;
    const [seedLow, seedHigh] = seeds;
    return x.graph.add(drop, this.name, { x }, { perRow: x.size, seedLow, seedHigh, index, rate: this.#rate }).y;
  }
}

/**
 * In training, sets a random share of the elements to zero and multiplies the others by `1 / (1 - rate)`; otherwise does nothing.
 * Masks follow from the model's seed, the layer's place, the step and the element: the same in every engine.
 *
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.dropout({ rate: 0.2 });
 * ```
 */
export function dropout(options: DropoutOptions): Layer {
  return new Dropout(options);
}
