/** Layers that resize and crop images. */
import * as kinds from '../../../assembly/codes.ts';
import type { Value } from '../../graph/graph.ts';
import { cut, pad } from '../../graph/operations/arrays/pieces.ts';
import { resampled } from '../../graph/operations/arrays/resample.ts';
import { transform } from '../../graph/operations/arrays/unary.ts';
import { checkBoolean, checkInteger, checkNumber, sameShape } from '../../validate.ts';
import { positionedInput } from '../axes.ts';
import { Layer, type LayerOptions, type Mode, type Shape } from '../layer.ts';
import { DOWN, type Drawing, drawnFrom, IDENTITY, RIGHT } from './random-matrix.ts';
import { type Interpolation, interpolationOf } from './sampling.ts';

/** Options of {@link centerCrop} and {@link randomCrop}. */
export interface ImageSizeOptions extends LayerOptions {
  /** Height of the output in pixels, at least 1. */
  readonly height: number;
  /** Width of the output in pixels, at least 1. */
  readonly width: number;
}

/** Options of {@link resizing}. */
export interface ResizingOptions extends ImageSizeOptions {
  /** Default `'bilinear'`. */
  readonly interpolation?: Interpolation;
  /** Keeps the proportions: crops the longer side before it resizes. Default false. */
  readonly cropToAspectRatio?: boolean;
  /** Keeps the proportions: pads the shorter side with `fillValue` before it resizes. Default false. */
  readonly padToAspectRatio?: boolean;
  /** Every number of the padding. Default 0. */
  readonly fillValue?: number;
}

/** The height that fits the width of an image, and the width that fits its height, in the proportions of `to`. */
function proportioned([height = 1, width = 1]: Shape, [toHeight = 1, toWidth = 1]: Shape): [number, number] {
  return [Math.floor((width * toHeight) / toWidth), Math.floor((height * toWidth) / toHeight)];
}

/** The largest middle part that has the proportions of `to`. */
function cropped(label: string, x: Value, to: Shape): Value {
  const sizes = proportioned(x.shape, to).map((size, axis) => Math.max(1, Math.min(x.shape[axis] ?? 1, size)));
  return middle(label, x, sizes);
}

/** The middle of an image; of an odd margin the smaller half lies before it. */
function middle(label: string, x: Value, sizes: Shape): Value {
  const from = sizes.map((size, axis) => Math.floor(((x.shape[axis] ?? 1) - size) / 2));
  return cut(label, x, [...from, 0], [...sizes, ...x.shape.slice(2)]);
}

/** With margins that give it the proportions of `to`; they are equal, so an odd pixel is left out. */
function padded(label: string, x: Value, to: Shape, value: number): Value {
  const margins = proportioned(x.shape, to).map((size, axis) =>
    Math.floor(Math.max(0, size - (x.shape[axis] ?? 1)) / 2),
  );
  return pad(
    label,
    x,
    [...margins, 0].map((margin) => [margin, margin]),
    value,
  );
}

function resized(label: string, x: Value, to: Shape, interpolation: Interpolation = 'bilinear'): Value {
  return sameShape(x.shape, to)
    ? x
    : resampled(label, x, to, { smooth: interpolation === 'bilinear', outside: 'nearest', value: 0 });
}

/** Images [height, width, channels] of a size that the options say. */
abstract class Sized extends Layer {
  readonly #size: readonly [height: number, width: number];

  constructor(kind: string, options: ImageSizeOptions, own: readonly string[] = []) {
    super(kind, options, ['height', 'width', ...own]);
    const { height, width } = options;
    checkInteger('height', height, 1);
    checkInteger('width', width, 1);
    this.#size = [height, width];
  }

  protected ownOptions(): ReturnType<Layer['ownOptions']> {
    const [height, width] = this.#size;
    return { height, width };
  }

  protected shapeOf(inputs: readonly Shape[]): Shape {
    return [...this.#size, ...positionedInput(this, inputs).slice(2)];
  }
}

class Resizing extends Sized {
  readonly #how: Required<Omit<ResizingOptions, keyof ImageSizeOptions>>;

  constructor(options: ResizingOptions) {
    super('resizing', options, ['interpolation', 'cropToAspectRatio', 'padToAspectRatio', 'fillValue']);
    const { cropToAspectRatio = false, padToAspectRatio = false, fillValue = 0 } = options;
    const interpolation = interpolationOf(options.interpolation ?? 'bilinear');
    checkBoolean('cropToAspectRatio', cropToAspectRatio);
    checkBoolean('padToAspectRatio', padToAspectRatio);
    checkNumber('fillValue', fillValue, Number.NEGATIVE_INFINITY);
    if (cropToAspectRatio && padToAspectRatio)
      throw new RangeError('resizing: cropToAspectRatio and padToAspectRatio exclude each other');
    this.#how = { interpolation, cropToAspectRatio, padToAspectRatio, fillValue };
  }

  protected override ownOptions() {
    return { ...super.ownOptions(), ...this.#how };
  }

  protected compute([x]: readonly [Value]): Value {
    const to = this.shapeOf([x.shape]);
    const { interpolation, cropToAspectRatio, padToAspectRatio, fillValue } = this.#how;
    const from = cropToAspectRatio
      ? cropped(this.name, x, to)
      : padToAspectRatio
        ? padded(this.name, x, to, fillValue)
        : x;
    return resized(this.name, from, to, interpolation);
  }
}

class CenterCrop extends Sized {
  protected compute([x]: readonly [Value]): Value {
    const to = this.shapeOf([x.shape]);
    const fits = to.every((size, axis) => size <= (x.shape[axis] ?? 1));
    return fits ? middle(this.name, x, to.slice(0, 2)) : resized(this.name, cropped(this.name, x, to), to);
  }
}

class RandomCrop extends Sized {
  protected compute([x]: readonly [Value], mode: Mode): Value {
    const to = this.shapeOf([x.shape]);
    const [down = 0, across = 0] = x.shape.map((size, axis) => size - (to[axis] ?? 1));
    if (!mode.training || down <= 0 || across <= 0) return resized(this.name, cropped(this.name, x, to), to);
    const drawing: Drawing = {
      ranges: [
        [0, down + 1],
        [0, across + 1],
      ],
      base: IDENTITY,
      parts: (drawn) => [[transform(this.name, kinds.FLOOR, drawn), [DOWN, RIGHT]]],
    };
    return drawnFrom(this.name, x, to, drawing, { smooth: false, outside: 'nearest', value: 0 }, mode);
  }
}

/**
 * Resizes images to [height, width, channels], in training and prediction.
 *
 * @throws RangeError for sizes below 1, an unknown interpolation, or samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.resizing({ height: 32, width: 32, cropToAspectRatio: true, inputShape: [48, 64, 3] }); // [32, 32, 3]
 * ```
 */
export function resizing(options: ResizingOptions): Layer {
  return new Resizing(options);
}

/**
 * Crops the middle [height, width] of each image, in training and prediction. Of a smaller image it takes the largest middle part of these
 * proportions, resized.
 *
 * @throws RangeError for sizes below 1, or samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.centerCrop({ height: 24, width: 24, inputShape: [28, 28, 1] }); // [24, 24, 1]
 * ```
 */
export function centerCrop(options: ImageSizeOptions): Layer {
  return new CenterCrop('centerCrop', options);
}

/**
 * While training, crops [height, width] at a random place of each image. Otherwise, and if images are not larger in both directions, it takes
 * the largest middle part of these proportions, resized, as Keras documents it. (Keras' code leaves images as they are when predicting, and
 * takes one place for a whole batch.)
 *
 * @throws RangeError for sizes below 1, or samples of other than three axes.
 * @example
 * ```ts
 * import { layers } from 'simdescent';
 * layers.randomCrop({ height: 28, width: 28, inputShape: [32, 32, 3] }); // [28, 28, 3]
 * ```
 */
export function randomCrop(options: ImageSizeOptions): Layer {
  return new RandomCrop('randomCrop', options);
}
