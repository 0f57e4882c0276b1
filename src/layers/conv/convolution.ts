/** What all convolutional layers share: a window, kernels, a bias and an activation. */
import { type Activation, activationOf, specOf } from '../../activations.ts';
import type { Value } from '../../graph/graph.ts';
import { arithmetic } from '../../graph/operations/arrays/arithmetic.ts';
import { type Window, windowOf } from '../../graph/operations/conv/geometry.ts';
import type { Sizes } from '../../graph/operations/conv/sizes.ts';
import { checkBoolean, showShape } from '../../validate.ts';
import { activate, activatedShape } from '../activate.ts';
import { checkRank, positioned } from '../axes.ts';
import { Layer, labelOf, type Shape, single } from '../layer.ts';
import { configFrom, optionsOf, type WeightSpec, weightFrom } from '../weight-options.ts';
import type { ConvolutionOptions } from './options.ts';

/** The sizes of one sample, of images with `rank` axes of pixels. */
interface Image {
  readonly spatial: readonly number[];
  readonly channels: number;
}

export abstract class Convolution extends Layer {
  override readonly activation: Activation;
  protected readonly window: Window;
  protected readonly rank: number;
  readonly #kernels: readonly { readonly prefix: string; readonly spec: WeightSpec }[];
  readonly #bias: WeightSpec | undefined;
  readonly #biasSpec: WeightSpec;

  /** `own` are the options of the kind alone; `kernels` name the weights, and their options by a prefix. */
  constructor(
    kind: string,
    rank: number,
    options: ConvolutionOptions,
    own: readonly string[],
    kernels: Readonly<Record<string, string>> = { kernel: 'kernel' },
  ) {
    const prefixes = Object.values(kernels);
    super(kind, options, [
      ...own,
      'kernelSize',
      'strides',
      'padding',
      'dilationRate',
      'activation',
      'useBias',
      'activityRegularizer',
      ...[...prefixes, 'bias'].flatMap(optionsOf),
    ]);
    const {
      kernelSize,
      strides = 1,
      padding = 'valid',
      dilationRate = 1,
      activation = 'linear',
      useBias = true,
    } = options;
    this.rank = rank;
    this.window = windowOf(kind, rank, 'kernelSize', kernelSize, strides, padding, dilationRate);
    this.activation = activationOf(activation);
    checkBoolean('useBias', useBias);
    this.#kernels = Object.entries(kernels).map(([name, prefix]) => ({
      prefix,
      spec: weightFrom(name, options, 'glorotUniform', prefix),
    }));
    this.#biasSpec = weightFrom('bias', options, 'zeros');
    this.#bias = useBias ? this.#biasSpec : undefined;
  }

  protected override ownOptions() {
    const { kernel, strides, padding, dilation } = this.window;
    const weights = [...this.#kernels, { prefix: 'bias', spec: this.#biasSpec }];
    return {
      kernelSize: [...kernel],
      strides: [...strides],
      padding,
      dilationRate: [...dilation],
      activation: specOf(this.activation),
      useBias: this.#bias !== undefined,
      ...Object.assign({}, ...weights.map(({ prefix, spec }) => configFrom(spec, prefix))),
    };
  }

  /** Channels of the output for samples of so many. Refuses channels that do not fit. */
  protected abstract filtersFor(channels: number, sample: Shape): number;

  /** The shapes of the kernels. */
  protected abstract kernelShapes(channels: number): readonly Shape[];

  /** The output's axes of pixels. */
  protected abstract outputFor(spatial: readonly number[]): readonly number[];

  /** Records the convolution of images; adds the bias too (`biased`) if the operation takes one. */
  protected abstract convolve(
    x: Value,
    image: Image,
    kernels: readonly Value[],
    bias: Value | undefined,
  ): { readonly y: Value; readonly biased: boolean };

  /** Axes of pixels and channels of a sample. @throws RangeError that names the layer and both shapes. */
  protected imageOf(sample: Shape): Image {
    checkRank(this, sample, positioned(this.rank));
    return { spatial: sample.slice(0, -1), channels: sample.at(-1) ?? 0 };
  }

  /** A kernel of `own` channels on each of the image's axes of pixels. */
  protected kernelOf(...own: readonly number[]): Shape {
    return [...this.window.kernel, ...own];
  }

  /** The sizes for the kernels of the core, whose images have a height. */
  protected sizes(axes: Pick<Sizes, 'y' | 'x'>, channels: number, filters: number, groups: number): Sizes {
    return { y: axes.y, x: axes.x, channels, filters, groups };
  }

  protected override makeWeights(inputs: readonly Shape[]): void {
    const sample = single(this, inputs);
    const { spatial, channels } = this.imageOf(sample);
    this.outputFor(spatial);
    const filters = this.filtersFor(channels, sample);
    for (const [i, shape] of this.kernelShapes(channels).entries()) {
      const spec = this.#kernels[i]?.spec;
      if (spec !== undefined) this.makeWeight({ ...spec, shape });
    }
    if (this.#bias !== undefined) this.makeWeight({ ...this.#bias, shape: [filters] });
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    const sample = single(this, inputs);
    const { spatial, channels } = this.imageOf(sample);
    const kernel = this.weights[0]?.shape ?? [];
    const expected = this.kernelShapes(channels)[0] ?? [];
    if (kernel.some((size, axis) => size !== expected[axis]))
      throw new RangeError(
        `${labelOf(this)}: its kernel ${showShape(kernel)} does not fit samples ${showShape(['..', ...sample])}`,
      );
    return activatedShape(this, [...this.outputFor(spatial), this.filtersFor(channels, sample)]);
  }

  protected compute([x]: readonly [Value]): Value {
    const { graph } = x;
    const image = this.imageOf(x.shape);
    const weights = this.weights.map((weight) => graph.weight(weight));
    const kernels = weights.slice(0, this.#kernels.length);
    const bias = weights[this.#kernels.length];
    // rows of pixels are images of height 1
    const asImages = this.rank === 2 ? x : graph.view(x, [1, ...x.shape]);
    const made = this.convolve(asImages, image, kernels, bias);
    const images = made.biased || bias === undefined ? made.y : arithmetic(this.name).add(made.y, bias);
    const y = this.rank === 2 ? images : graph.view(images, images.shape.slice(1));
    return activate(`${this.name} ${this.activation.name}`, this.activation, y);
  }
}
