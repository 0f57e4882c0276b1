/** Transposed convolutions: they make images larger, as the gradient of a convolution by its input does. */
import type { Constraint, ConstraintFunction } from '../../constraint.ts';
import type { Value } from '../../graph/graph.ts';
import { convolveTransposed } from '../../graph/operations/conv/conv.ts';
import { axesOf } from '../../graph/operations/conv/geometry.ts';
import type { Initializer, InitializerName } from '../../initializers.ts';
import type { Regularizer, RegularizerFunction, RegularizerName } from '../../regularizers.ts';
import { checkInteger } from '../../validate.ts';
import type { Layer, Shape } from '../layer.ts';
import { Convolution } from './convolution.ts';
import type { ConvolutionOptions } from './options.ts';

/** Options of {@link conv2dTranspose}. */
export interface Conv2dTransposeOptions extends ConvolutionOptions {
  /** Channels of the output. */
  readonly filters: number;
  /** Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerName | Initializer;
  /** Penalty on the kernel. Default none. */
  readonly kernelRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** What the kernel keeps to after each update. Default nothing. */
  readonly kernelConstraint?: Constraint | ConstraintFunction;
}

class ConvTranspose extends Convolution {
  readonly #filters: number;

  constructor(kind: string, rank: number, options: Conv2dTransposeOptions) {
    super(kind, rank, options, ['filters']);
    checkInteger(`${kind}: filters`, options.filters, 1);
    this.#filters = options.filters;
  }

  protected override ownOptions() {
    return { filters: this.#filters, ...super.ownOptions() };
  }

  protected filtersFor(): number {
    return this.#filters;
  }

  protected kernelShapes(channels: number): readonly Shape[] {
    return [this.kernelOf(this.#filters, channels)];
  }

  protected outputFor(spatial: readonly number[]): readonly number[] {
    const { kernel, strides, dilation, padding } = this.window;
    return spatial.map((size, i) => {
      const [stride = 1, span = 1] = [strides[i], ((kernel[i] ?? 1) - 1) * (dilation[i] ?? 1) + 1];
      return size * stride + (padding === 'same' ? 0 : Math.max(span - stride, 0));
    });
  }

  protected convolve(
    x: Value,
    { spatial, channels }: { readonly spatial: readonly number[]; readonly channels: number },
    [kernel]: readonly Value[],
  ) {
    // the convolution that would lead from the output back to x
    const { y, x: across } = axesOf(this.name, this.outputFor(spatial), this.window);
    const sizes = { y, x: across, channels: this.#filters, filters: channels, groups: 1 };
    const own = x.graph.view(kernel as Value, [y.kernel, across.kernel, this.#filters, channels]);
    return { y: convolveTransposed(x.graph, this.name, x, own, sizes), biased: false };
  }
}

/**
 * A transposed convolution of images [height, width, channels], which makes them `strides` times as large: kernel [height, width, filters,
 * channels], bias [filters]. The output has size * stride pixels with padding `'same'`, else as many more as the kernel reaches over.
 *
 * @throws RangeError for samples without channels.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.conv2dTranspose({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', inputShape: [7, 7, 16] }); // [14, 14, 8]
 * ```
 */
export function conv2dTranspose(options: Conv2dTransposeOptions): Layer {
  return new ConvTranspose('conv2dTranspose', 2, options);
}

/**
 * A transposed convolution of sequences [steps, channels], see {@link conv2dTranspose}.
 *
 * @throws RangeError for samples without channels.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.conv1dTranspose({ filters: 8, kernelSize: 4, strides: 2, inputShape: [25, 16] });
 * ```
 */
export function conv1dTranspose(options: Conv2dTransposeOptions): Layer {
  return new ConvTranspose('conv1dTranspose', 1, options);
}
