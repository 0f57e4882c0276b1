/** The largest or the mean of each channel over all positions of a sample. */
import { MAX, MEAN } from '../../assembly/codes.ts';
import type { Value } from '../graph/graph.ts';
import { reduceAxes } from '../graph/operations/arrays/reduce.ts';
import { checkBoolean } from '../validate.ts';
import { positionedInput } from './axes.ts';
import { Layer, type LayerOptions, type Shape } from './layer.ts';

/** Options of the global pooling layers. */
export interface GlobalPoolingOptions extends LayerOptions {
  /** Keeps the axes of the positions, with size 1. Default false. */
  readonly keepdims?: boolean;
}

class GlobalPooling extends Layer {
  readonly #reduction: number;
  readonly #rank: number;
  readonly #keepdims: boolean;

  constructor(kind: string, options: GlobalPoolingOptions, reduction: number, rank: number) {
    super(kind, options, ['keepdims']);
    const { keepdims = false } = options;
    checkBoolean('keepdims', keepdims);
    this.#reduction = reduction;
    this.#rank = rank;
    this.#keepdims = keepdims;
  }

  protected ownOptions() {
    return { keepdims: this.#keepdims };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const input = positionedInput(this, inputs, this.#rank);
    return [...(this.#keepdims ? input.slice(1).map(() => 1) : []), input.at(-1) ?? 1];
  }

  protected compute([x]: readonly [Value]): Value {
    const positions = x.shape.slice(1).map((_, axis) => axis);
    return reduceAxes(this.name, this.#reduction, x, positions, false, this.#keepdims);
  }
}

/**
 * The largest number of each channel of a sequence: [steps, channels] becomes [channels]. Equal ones share the gradient.
 *
 * @throws RangeError for samples of other than two axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.globalMaxPooling1d({ inputShape: [10, 16] }); // [16]
 * ```
 */
export const globalMaxPooling1d = (options: GlobalPoolingOptions = {}): Layer =>
  new GlobalPooling('globalMaxPooling1d', options, MAX, 1);

/**
 * The largest number of each channel of an image: [height, width, channels] becomes [channels]. Equal ones share the gradient.
 *
 * @throws RangeError for samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.globalMaxPooling2d({ inputShape: [7, 7, 64] }); // [64]
 * ```
 */
export const globalMaxPooling2d = (options: GlobalPoolingOptions = {}): Layer =>
  new GlobalPooling('globalMaxPooling2d', options, MAX, 2);

/**
 * The mean of each channel of a sequence: [steps, channels] becomes [channels].
 *
 * @throws RangeError for samples of other than two axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.globalAveragePooling1d({ inputShape: [10, 16], keepdims: true }); // [1, 16]
 * ```
 */
export const globalAveragePooling1d = (options: GlobalPoolingOptions = {}): Layer =>
  new GlobalPooling('globalAveragePooling1d', options, MEAN, 1);

/**
 * The mean of each channel of an image: [height, width, channels] becomes [channels].
 *
 * @throws RangeError for samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.globalAveragePooling2d({ inputShape: [7, 7, 64] }); // [64]
 * ```
 */
export const globalAveragePooling2d = (options: GlobalPoolingOptions = {}): Layer =>
  new GlobalPooling('globalAveragePooling2d', options, MEAN, 2);
