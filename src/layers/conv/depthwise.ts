/** Convolutions of each channel by itself, and separable ones, which then mix the channels by a convolution of 1 x 1. */
import type { Constraint, ConstraintFunction } from '../../constraint.ts';
import type { Value } from '../../graph/graph.ts';
import { convolve } from '../../graph/operations/conv/conv.ts';
import { axesOf } from '../../graph/operations/conv/geometry.ts';
import type { Axis } from '../../graph/operations/conv/sizes.ts';
import type { Initializer, InitializerName } from '../../initializers.ts';
import type { Regularizer, RegularizerFunction, RegularizerName } from '../../regularizers.ts';
import { checkInteger } from '../../validate.ts';
import { type Layer, labelOf, type Shape } from '../layer.ts';
import { Convolution } from './convolution.ts';
import type { ConvolutionOptions } from './options.ts';

/** Options of {@link depthwiseConv2d}. */
export interface DepthwiseConv2dOptions extends ConvolutionOptions {
  /** Filters for each channel. Default 1. */
  readonly depthMultiplier?: number;
  /** Default `'glorotUniform'`. */
  readonly depthwiseInitializer?: InitializerName | Initializer;
  /** Penalty on the kernel. Default none. */
  readonly depthwiseRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** Constraint on the kernel, applied after each update. Default none. */
  readonly depthwiseConstraint?: Constraint | ConstraintFunction;
}

/** Options of {@link separableConv2d}. */
export interface SeparableConv2dOptions extends DepthwiseConv2dOptions {
  /** Channels of the output. */
  readonly filters: number;
  /** Default `'glorotUniform'`. */
  readonly pointwiseInitializer?: InitializerName | Initializer;
  /** Penalty on the pointwise kernel. Default none. */
  readonly pointwiseRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** Constraint on the pointwise kernel, applied after each update. Default none. */
  readonly pointwiseConstraint?: Constraint | ConstraintFunction;
}

type Image = { readonly spatial: readonly number[]; readonly channels: number };

class Depthwise extends Convolution {
  readonly #multiplier: number;

  constructor(
    kind: string,
    rank: number,
    options: DepthwiseConv2dOptions,
    own: readonly string[] = [],
    kernels: Readonly<Record<string, string>> = { kernel: 'depthwise' },
  ) {
    super(kind, rank, options, [...own, 'depthMultiplier'], kernels);
    const { depthMultiplier = 1 } = options;
    checkInteger(`${kind}: depthMultiplier`, depthMultiplier, 1);
    this.#multiplier = depthMultiplier;
  }

  protected override ownOptions() {
    return { depthMultiplier: this.#multiplier, ...super.ownOptions() };
  }

  protected filtersFor(channels: number): number {
    return channels * this.#multiplier;
  }

  protected kernelShapes(channels: number): readonly Shape[] {
    return [this.kernelOf(channels, this.#multiplier)];
  }

  protected outputFor(spatial: readonly number[]): readonly number[] {
    return axesOf(labelOf(this), spatial, this.window).output;
  }

  /** Records the convolution of each channel. */
  protected depthwise(x: Value, { spatial, channels }: Image, kernel: Value, bias: Value | undefined): Value {
    const { y, x: across } = axesOf(this.name, spatial, this.window);
    const filters = channels * this.#multiplier;
    const { graph } = x;
    // the filters of a channel follow each other, as those of a group do
    const own = graph.view(kernel, [...this.window.kernel, 1, filters]);
    return convolve(graph, this.name, x, own, bias, { y, x: across, channels, filters, groups: channels });
  }

  protected convolve(x: Value, image: Image, [kernel]: readonly Value[], bias: Value | undefined) {
    return { y: this.depthwise(x, image, kernel as Value, bias), biased: true };
  }
}

const one = (input: number): Axis => ({ input, output: input, kernel: 1, stride: 1, before: 0, dilation: 1 });

class Separable extends Depthwise {
  readonly #filters: number;

  constructor(kind: string, rank: number, options: SeparableConv2dOptions) {
    super(kind, rank, options, ['filters'], { depthwiseKernel: 'depthwise', pointwiseKernel: 'pointwise' });
    checkInteger(`${kind}: filters`, options.filters, 1);
    this.#filters = options.filters;
  }

  protected override ownOptions() {
    return { filters: this.#filters, ...super.ownOptions() };
  }

  protected override filtersFor(): number {
    return this.#filters;
  }

  protected override kernelShapes(channels: number): readonly Shape[] {
    const all = super.filtersFor(channels);
    const ones = this.window.kernel.map(() => 1);
    return [...super.kernelShapes(channels), [...ones, all, this.#filters]];
  }

  protected override convolve(x: Value, image: Image, kernels: readonly Value[], bias: Value | undefined) {
    const [first, second] = kernels as readonly [Value, Value];
    const made = this.depthwise(x, image, first, undefined);
    const [height = 1, width = 1, channels = 1] = made.shape.slice(-3);
    const sizes = { y: one(height), x: one(width), channels, filters: this.#filters, groups: 1 };
    return { y: convolve(x.graph, `${this.name} pointwise`, made, second, bias, sizes), biased: true };
  }
}

/**
 * Convolves each channel of images [height, width, channels] with its own kernels: kernel [height, width, channels, depthMultiplier];
 * the bias and the output have channels * depthMultiplier channels.
 *
 * @throws RangeError for samples without channels, or a kernel larger than the image.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', inputShape: [28, 28, 16] });
 * ```
 */
export function depthwiseConv2d(options: DepthwiseConv2dOptions): Layer {
  return new Depthwise('depthwiseConv2d', 2, options);
}

/**
 * Convolves each channel of sequences [steps, channels] with its own kernels, see {@link depthwiseConv2d}.
 *
 * @throws RangeError for samples without channels, or a kernel longer than the sequence.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.depthwiseConv1d({ kernelSize: 5, inputShape: [100, 6] });
 * ```
 */
export function depthwiseConv1d(options: DepthwiseConv2dOptions): Layer {
  return new Depthwise('depthwiseConv1d', 1, options);
}

/**
 * Convolves each channel by itself, then all channels with kernels of 1 x 1: kernels [height, width, channels, depthMultiplier] and [1, 1,
 * channels * depthMultiplier, filters], bias [filters]. It takes a fraction of the weights and the time of {@link conv2d}.
 *
 * @throws RangeError for samples without channels, or a kernel larger than the image.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.separableConv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu', inputShape: [28, 28, 16] });
 * ```
 */
export function separableConv2d(options: SeparableConv2dOptions): Layer {
  return new Separable('separableConv2d', 2, options);
}

/**
 * Convolves each channel of sequences by itself, then all channels with kernels of size 1, see {@link separableConv2d}.
 *
 * @throws RangeError for samples without channels, or a kernel longer than the sequence.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.separableConv1d({ filters: 8, kernelSize: 5, inputShape: [100, 6] });
 * ```
 */
export function separableConv1d(options: SeparableConv2dOptions): Layer {
  return new Separable('separableConv1d', 1, options);
}
