import type { Value } from '../../graph/graph.ts';
import { join } from '../../graph/operations/arrays/pieces.ts';
import { checkInteger } from '../../validate.ts';
import { sampleAxis } from '../axes.ts';
import type { Layer, LayerOptions, Shape } from '../layer.ts';
import { Merge } from './merge.ts';

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

  protected join(inputs: readonly Value[]): Value {
    return join(this.name, inputs, sampleAxis(this, this.#axis, inputs[0]?.shape ?? []));
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
