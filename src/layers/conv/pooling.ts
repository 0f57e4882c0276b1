/** Layers that keep the largest value or the mean of each channel in a window. */
import type { Value } from '../../graph/graph.ts';
import { axesOf, type Window, windowOf } from '../../graph/operations/conv/geometry.ts';
import type { Padding, PerAxis } from '../../graph/operations/conv/options.ts';
import { pooled } from '../../graph/operations/conv/pool.ts';
import { positionedInput } from '../axes.ts';
import { Layer, type LayerOptions, labelOf, type Shape } from '../layer.ts';

/** Options of the pooling layers. */
export interface PoolingOptions extends LayerOptions {
  /** Size of the window: one number for all axes, or one for each. Default 2. */
  readonly poolSize?: PerAxis;
  /** Distance in pixels from one window to the next. Default: the size of the window. */
  readonly strides?: PerAxis;
  /** `'same'` lets windows reach over the edge; pixels outside of the image do not count. Default `'valid'`. */
  readonly padding?: Padding;
}

class Pooling extends Layer {
  readonly #rank: number;
  readonly #mean: boolean;
  readonly #window: Window;

  constructor(kind: string, rank: number, mean: boolean, options: PoolingOptions) {
    super(kind, options, ['poolSize', 'strides', 'padding']);
    const { poolSize = 2, strides = poolSize, padding = 'valid' } = options;
    this.#rank = rank;
    this.#mean = mean;
    this.#window = windowOf(kind, rank, 'poolSize', poolSize, strides, padding);
  }

  protected ownOptions() {
    const { kernel, strides, padding } = this.#window;
    return { poolSize: [...kernel], strides: [...strides], padding };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const sample = positionedInput(this, inputs, this.#rank);
    const { output } = axesOf(labelOf(this), sample.slice(0, -1), this.#window);
    return [...output, sample.at(-1) ?? 1];
  }

  protected compute([x]: readonly [Value]): Value {
    const { graph, shape } = x;
    const channels = shape.at(-1) ?? 1;
    const axes = axesOf(this.name, shape.slice(0, -1), this.#window);
    const images = this.#rank === 2 ? x : graph.view(x, [1, ...shape]);
    const sizes = { y: axes.y, x: axes.x, channels, filters: channels, groups: channels };
    return graph.view(pooled(graph, this.name, images, this.#mean, sizes), [...axes.output, channels]);
  }
}

/**
 * The largest value of each channel in a window of images [height, width, channels]. Of equal values, the first in row-major
 * order gets the gradient.
 *
 * @throws RangeError for samples without channels, or a window larger than the image.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.maxPooling2d({ poolSize: 2, inputShape: [28, 28, 16] }); // [14, 14, 16]
 * ```
 */
export function maxPooling2d(options: PoolingOptions = {}): Layer {
  return new Pooling('maxPooling2d', 2, false, options);
}

/**
 * The largest value of each channel in a window of sequences [steps, channels], see {@link maxPooling2d}.
 *
 * @throws RangeError for a window longer than the sequence.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.maxPooling1d({ poolSize: 4, inputShape: [100, 16] }); // [25, 16]
 * ```
 */
export function maxPooling1d(options: PoolingOptions = {}): Layer {
  return new Pooling('maxPooling1d', 1, false, options);
}

/**
 * The mean of each channel in a window of images [height, width, channels]; pixels outside of the image do not count.
 *
 * @throws RangeError for samples without channels, or a window larger than the image.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.averagePooling2d({ poolSize: [2, 4], inputShape: [28, 28, 16] }); // [14, 7, 16]
 * ```
 */
export function averagePooling2d(options: PoolingOptions = {}): Layer {
  return new Pooling('averagePooling2d', 2, true, options);
}

/**
 * The mean of each channel in a window of sequences [steps, channels], see {@link averagePooling2d}.
 *
 * @throws RangeError for a window longer than the sequence.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.averagePooling1d({ poolSize: 4, inputShape: [100, 16] }); // [25, 16]
 * ```
 */
export function averagePooling1d(options: PoolingOptions = {}): Layer {
  return new Pooling('averagePooling1d', 1, true, options);
}
