/** Transposed convolutions, which make images larger: they compute what the gradient of a convolution by its input does. */
import type { Constraint, ConstraintFunction } from '../../constraint.ts';
import type { Value } from '../../graph/graph.ts';
import { convolveTransposed } from '../../graph/operations/conv/conv.ts';
import { axesOf, perAxis } from '../../graph/operations/conv/geometry.ts';
import type { PerAxis } from '../../graph/operations/conv/options.ts';
import type { Initializer, InitializerName } from '../../initializers.ts';
import type { Regularizer, RegularizerFunction, RegularizerName } from '../../regularizers.ts';
import { checkInteger, showShape } from '../../validate.ts';
import type { Layer, Shape } from '../layer.ts';
import { Convolution } from './convolution.ts';
import type { ConvolutionOptions } from './options.ts';

/** Options of {@link conv2dTranspose}. */
export interface Conv2dTransposeOptions extends ConvolutionOptions {
  /** Channels of the output. */
  readonly filters: number;
  /**
   * Pixels that the output has beyond `(size - 1) * stride + kernel`, or with padding `'same'` beyond `(size - 1) * stride + kernel % 2`: from 0
   * to below the stride. Default: as many as give the size that the layer describes.
   */
  readonly outputPadding?: PerAxis;
  /** Default `'glorotUniform'`. */
  readonly kernelInitializer?: InitializerName | Initializer;
  /** Penalty on the kernel. Default none. */
  readonly kernelRegularizer?: Regularizer | RegularizerName | RegularizerFunction;
  /** Constraint on the kernel, applied after each update. Default none. */
  readonly kernelConstraint?: Constraint | ConstraintFunction;
}

class ConvTranspose extends Convolution {
  readonly #filters: number;
  readonly #outputPadding: readonly number[] | undefined;

  constructor(kind: string, rank: number, options: Conv2dTransposeOptions) {
    super(kind, rank, options, ['filters', 'outputPadding']);
    const { filters, outputPadding } = options;
    checkInteger(`${kind}: filters`, filters, 1);
    this.#filters = filters;
    if (outputPadding === undefined) return;
    this.#outputPadding = perAxis(`${kind}: outputPadding`, outputPadding, rank, 0);
    for (const [i, more] of this.#outputPadding.entries()) {
      const [stride = 1] = this.window.strides.slice(i);
      if (more >= stride)
        throw new RangeError(`${kind}: outputPadding must be below the stride ${stride}, got ${more}`);
      if (this.window.padding === 'same' && more === 0 && this.#spanOf(i) % 2 === 0)
        throw new RangeError(
          `${kind}: outputPadding must be at least 1 for an even kernel with padding 'same', got ${showShape(this.#outputPadding)}`,
        );
    }
  }

  protected override ownOptions() {
    return { filters: this.#filters, outputPadding: this.#outputPadding, ...super.ownOptions() };
  }

  /** Pixels that the kernel covers along an axis. */
  #spanOf(axis: number): number {
    const { kernel, dilation } = this.window;
    return ((kernel[axis] ?? 1) - 1) * (dilation[axis] ?? 1) + 1;
  }

  protected filtersFor(): number {
    return this.#filters;
  }

  protected kernelShapes(channels: number): readonly Shape[] {
    return [this.kernelOf(this.#filters, channels)];
  }

  protected outputFor(spatial: readonly number[]): readonly number[] {
    const { strides, padding } = this.window;
    return spatial.map((size, i) => {
      const [stride = 1, span, more] = [strides[i], this.#spanOf(i), this.#outputPadding?.[i]];
      if (more !== undefined) return (size - 1) * stride + (padding === 'same' ? span % 2 : span) + more;
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
 * channels], bias [filters]. With padding `'same'` the output has size * stride pixels; with `'valid'` it has max(kernel - stride, 0) more.
 *
 * @throws RangeError for samples without channels, or an output padding that the stride does not allow.
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
 * @throws RangeError for samples without channels, or an output padding that the stride does not allow.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.conv1dTranspose({ filters: 8, kernelSize: 4, strides: 2, inputShape: [25, 16] });
 * ```
 */
export function conv1dTranspose(options: Conv2dTransposeOptions): Layer {
  return new ConvTranspose('conv1dTranspose', 1, options);
}
