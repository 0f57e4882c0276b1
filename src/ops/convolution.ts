/** Convolutions and poolings, with the channels last. */
import type { Value } from '../graph/graph.ts';
import { showType } from '../graph/operations/arrays/broadcast.ts';
import { convolve } from '../graph/operations/conv/conv.ts';
import { axesOf, windowOf } from '../graph/operations/conv/geometry.ts';
import type { Padding, PerAxis } from '../graph/operations/conv/options.ts';
import { pooled } from '../graph/operations/conv/pool.ts';
import { checkOptions } from '../validate.ts';
import { rankOf } from './axes.ts';
import { call } from './call.ts';
import type { Operand, OutOptions, Result } from './operand.ts';

/** Options of {@link conv}. */
export interface ConvOptions extends OutOptions {
  /** How many pixels the kernel moves on: one number for all axes, or one for each. Default 1. */
  readonly strides?: PerAxis;
  /** `'same'` pads with zeros so that the output has `ceil(size / stride)` pixels. Default `'valid'`, none. */
  readonly padding?: Padding;
  /** Distance of the pixels that the kernel reads. Not together with strides above 1. Default 1. */
  readonly dilationRate?: PerAxis;
}

/** Options of {@link maxPool} and {@link averagePool}. */
export interface PoolOptions extends OutOptions {
  /** How many pixels the window moves on. Default the size of the window. */
  readonly strides?: PerAxis;
  /** `'same'` takes windows over the edge, whose pixels outside do not count. Default `'valid'`. */
  readonly padding?: Padding;
}

/** Sizes of the axes of images with `rank` axes of pixels, the channels last, without those before. */
function imageOf(name: string, x: Value, rank: number): readonly number[] {
  const own = x.rows ? x.shape : x.shape.slice(1);
  if (rankOf(x) !== rank + 2 || own.length !== rank + 1)
    throw new RangeError(
      `${name}: expected inputs [batch, ${rank === 1 ? 'steps' : 'height, width'}, channels], got ${showType(x)}`,
    );
  return own;
}

/** The values of images with one axis of pixels as those of height 1, and back. */
const asImages = (x: Value, rank: number): Value =>
  rank === 2 ? x : x.graph.view(x, [...x.shape.slice(0, -2), 1, ...x.shape.slice(-2)]);
const fromImages = (y: Value, rank: number): Value =>
  rank === 2 ? y : y.graph.view(y, [...y.shape.slice(0, -3), ...y.shape.slice(-2)]);

function convolved(name: string, x: Value, kernel: Value, options: ConvOptions, depthwise: boolean): Value {
  const { strides = 1, padding = 'valid', dilationRate = 1 } = options;
  const rank = kernel.shape.length - 2;
  if (kernel.rows || rank < 1 || rank > 2)
    throw new RangeError(`${name}: expected a kernel of 3 or 4 axes, got ${showType(kernel)}`);
  const spatial = kernel.shape.slice(0, rank);
  const [own = 1, last = 1] = kernel.shape.slice(rank);
  const sizes = imageOf(name, x, rank);
  const channels = sizes[rank] ?? 1;
  // of a depthwise kernel, [.., channels, multiplier], each channel is a group
  const filters = depthwise ? own * last : last;
  const groups = depthwise ? channels : channels / own;
  if ((depthwise && own !== channels) || channels % own !== 0 || filters % groups !== 0)
    throw new RangeError(`${name}: inputs ${showType(x)} do not fit a kernel ${showType(kernel)}`);
  const window = windowOf(name, rank, 'the kernel', spatial, strides, padding, dilationRate);
  const { y, x: across } = axesOf(name, sizes.slice(0, rank), window);
  const { graph } = x;
  const shape = [y.kernel, across.kernel, channels / groups, filters];
  const made = convolve(graph, name, asImages(x, rank), graph.view(kernel, shape), undefined, {
    y,
    x: across,
    channels,
    filters,
    groups,
  });
  return fromImages(made, rank);
}

/**
 * The cross-correlation of images with kernels, which is called convolution: of `inputs` [batch, height, width, channels] and `kernel`
 * [height, width, channels / groups, filters] an output [batch, height, width, filters]. With one axis of pixels, [batch, steps, channels] and
 * [size, channels / groups, filters]. A kernel for fewer channels than there are makes groups of them.
 *
 * @throws RangeError that names both shapes if they do not fit, or for a kernel larger than the image.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const image = tensor([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
 * const kernel = tensor([2, 2, 1, 1], [1, 1, 1, 1]);
 * ops.conv(image, kernel); // [1, 2, 2, 1]: 12 16 24 28
 * ```
 */
export function conv<A extends Operand, B extends Operand>(
  inputs: A,
  kernel: B,
  options: ConvOptions = {},
): Result<A | B> {
  checkOptions('conv', options, ['strides', 'padding', 'dilationRate', 'out']);
  return call('conv', { inputs, kernel }, (x, w) => convolved('conv', x, w, options, false), options);
}

/**
 * A convolution of each channel with kernels of its own: `kernel` [height, width, channels, multiplier] (of one axis of pixels [size, channels,
 * multiplier]) gives channels * multiplier filters.
 *
 * @throws RangeError that names both shapes if they do not fit, or for a kernel larger than the image.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * const steps = tensor([1, 3, 2], [1, 10, 2, 20, 3, 30]);
 * ops.depthwiseConv(steps, tensor([2, 2, 1], [1, 1, 1, -1])); // [1, 2, 2]: 3 -10 5 -10
 * ```
 */
export function depthwiseConv<A extends Operand, B extends Operand>(
  inputs: A,
  kernel: B,
  options: ConvOptions = {},
): Result<A | B> {
  checkOptions('depthwiseConv', options, ['strides', 'padding', 'dilationRate', 'out']);
  return call('depthwiseConv', { inputs, kernel }, (x, w) => convolved('depthwiseConv', x, w, options, true), options);
}

function pool(name: string, x: Value, poolSize: PerAxis, options: PoolOptions, mean: boolean): Value {
  const rank = rankOf(x) - 2;
  if (rank < 1 || rank > 2)
    throw new RangeError(
      `${name}: expected inputs [batch, steps, channels] or [batch, height, width, channels], got ${showType(x)}`,
    );
  const { strides = poolSize, padding = 'valid' } = options;
  const sizes = imageOf(name, x, rank);
  const axes = axesOf(name, sizes.slice(0, rank), windowOf(name, rank, 'poolSize', poolSize, strides, padding));
  const channels = sizes[rank] ?? 1;
  const made = pooled(x.graph, name, asImages(x, rank), mean, {
    y: axes.y,
    x: axes.x,
    channels,
    filters: channels,
    groups: channels,
  });
  return fromImages(made, rank);
}

/**
 * The largest value of each channel in a window that moves over images [batch, height, width, channels] or rows of pixels [batch, steps,
 * channels]. Where values are equal, the first in row-major order gets the gradient.
 *
 * @throws RangeError for a window larger than the image.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.maxPool(tensor([1, 4, 1], [1, 3, 2, 0]), 2); // [1, 2, 1]: 3 2
 * ```
 */
export function maxPool<A extends Operand>(inputs: A, poolSize: PerAxis, options: PoolOptions = {}): Result<A> {
  checkOptions('maxPool', options, ['strides', 'padding', 'out']);
  return call('maxPool', { inputs }, (x) => pool('maxPool', x, poolSize, options, false), options);
}

/**
 * The mean of each channel in a window that moves over images; pixels outside of the image do not count.
 *
 * @throws RangeError for a window larger than the image.
 * @example
 * ```ts
 * import { ops, tensor } from 'simdescent';
 * ops.averagePool(tensor([1, 4, 1], [1, 3, 2, 0]), 2); // [1, 2, 1]: 2 1
 * ```
 */
export function averagePool<A extends Operand>(inputs: A, poolSize: PerAxis, options: PoolOptions = {}): Result<A> {
  checkOptions('averagePool', options, ['strides', 'padding', 'out']);
  return call('averagePool', { inputs }, (x) => pool('averagePool', x, poolSize, options, true), options);
}
