/** Convolutions: every filter sees all channels of its group. */
import type { Constraint, ConstraintFunction } from '../../constraint.ts';
import type { Value } from '../../graph/graph.ts';
import { convolve } from '../../graph/operations/conv/conv.ts';
import { axesOf } from '../../graph/operations/conv/geometry.ts';
import type { Padding } from '../../graph/operations/conv/options.ts';
import type { Initializer, InitializerName } from '../../initializers.ts';
import type { Regularizer, RegularizerFunction, RegularizerName } from '../../regularizers.ts';
import { checkInteger, showShape } from '../../validate.ts';
import { checkGroups } from '../axes.ts';
import { type Layer, labelOf, type Shape } from '../layer.ts';
import { Convolution } from './convolution.ts';
import type { ConvolutionOptions } from './options.ts';

/** Options of {@link conv2d}. */
export interface Conv2dOptions extends ConvolutionOptions {
  /** Channels of the output. */
  readonly filters: number;
  /** Divides channels and filters into this many groups; the filters of a group see only its channels. Default 1. */
  readonly groups?: number;
  /** Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerName | Initializer;
  /** Penalty on the kernel. Default none. */
  readonly kernelRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** Constraint on the kernel, applied after each update. Default none. */
  readonly kernelConstraint?: Constraint | ConstraintFunction;
}

/** Options of {@link conv1d}. */
export interface Conv1dOptions extends Omit<Conv2dOptions, 'padding'> {
  /** As of {@link conv2d}; `'causal'` pads only before the first step, so that no output sees later steps. Default `'valid'`. */
  readonly padding?: Padding | 'causal';
}

class Conv extends Convolution {
  readonly #filters: number;
  readonly #groups: number;

  constructor(kind: string, rank: number, options: Conv2dOptions) {
    super(kind, rank, options, ['filters', 'groups']);
    const { filters, groups = 1 } = options;
    checkInteger(`${kind}: filters`, filters, 1);
    checkInteger(`${kind}: groups`, groups, 1);
    checkGroups(kind, filters, groups, 'filters');
    this.#filters = filters;
    this.#groups = groups;
  }

  protected override ownOptions() {
    return { filters: this.#filters, groups: this.#groups, ...super.ownOptions() };
  }

  protected filtersFor(channels: number, sample: Shape): number {
    checkGroups(labelOf(this), channels, this.#groups, `channels of ${showShape(['..', ...sample])}`);
    return this.#filters;
  }

  protected kernelShapes(channels: number): readonly Shape[] {
    return [this.kernelOf(channels / this.#groups, this.#filters)];
  }

  protected outputFor(spatial: readonly number[]): readonly number[] {
    return axesOf(labelOf(this), spatial, this.window).output;
  }

  protected convolve(
    x: Value,
    { spatial, channels }: { readonly spatial: readonly number[]; readonly channels: number },
    [kernel]: readonly Value[],
    bias: Value | undefined,
  ) {
    const { y, x: across } = axesOf(this.name, spatial, this.window);
    const groups = this.#groups;
    const sizes = { y, x: across, channels, filters: this.#filters, groups };
    return { y: convolve(x.graph, this.name, x, kernel as Value, bias, sizes), biased: true };
  }
}

/**
 * A convolution of images [height, width, channels]: kernel [height, width, channels / groups, filters], bias [filters], output
 * [height, width, filters].
 *
 * @throws RangeError for filters or channels that groups do not divide, samples without channels, or a kernel larger than the image.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * const model = sequential([
 *   layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
 *   layers.maxPooling2d(),
 *   layers.flatten(),
 *   layers.dense({ units: 10, activation: 'softmax' }),
 * ]);
 * ```
 */
export function conv2d(options: Conv2dOptions): Layer {
  return new Conv('conv2d', 2, options);
}

/**
 * A convolution of sequences [steps, channels]: kernel [size, channels / groups, filters], bias [filters], output [steps, filters].
 *
 * @throws RangeError for filters or channels that groups do not divide, or a kernel longer than the sequence.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.conv1d({ filters: 16, kernelSize: 5, padding: 'causal', activation: 'relu', inputShape: [100, 3] });
 * ```
 */
export function conv1d(options: Conv1dOptions): Layer {
  return new Conv('conv1d', 1, options as Conv2dOptions);
}
