/** Pictures of a page as samples of a model. */
import { checkInteger, checkKind, checkName, checkOptions, show } from '../../validate.ts';
import type { Samples } from '../rows.ts';
import { type ImageSource, type Pixels, pixelsOf } from './pixels.ts';
import { type Picture, resized } from './resize.ts';

/** Options of {@link imageData}. */
export interface ImageDataOptions {
  /** 1: brightness; 3: red, green, blue; 4: these and alpha. Default 3. */
  readonly channels?: 1 | 3 | 4;
  /** Pixels of the result. Default: those of the source; several sources must then be equally large. */
  readonly size?: readonly [height: number, width: number];
  /** How `size` is reached. `'bilinear'` averages over all pixels that one of a smaller result covers. Default `'bilinear'`. */
  readonly interpolation?: 'nearest' | 'bilinear';
  /**
   * The grey, from 0 to 255, that is seen where a source is transparent, as a canvas is before anything is drawn. For dark strokes on a canvas without a
   * background take 255. Not for 4 channels. Default 0, black.
   */
  readonly background?: number;
}

/** The rounded quotient by 255 of a product of two bytes. */
function by255(product: number): number {
  const near = product + 128;
  return ((near >> 8) + near) >> 8;
}

/** Red, green and blue in front of a grey. */
function opaque({ data, width, height }: Pixels, background: number): Picture {
  const out = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const alpha = data[4 * i + 3] ?? 0;
    for (let c = 0; c < 3; c++) out[3 * i + c] = by255((data[4 * i + c] ?? 0) * alpha + background * (255 - alpha));
  }
  return { data: out, width, height, channels: 3 };
}

/** Brightness, as ITU-R BT.601 weighs the colours, with Pillow's rounding. */
function grey({ data, width, height }: Picture): Picture {
  const out = new Uint8Array(width * height);
  for (let i = 0; i < out.length; i++) {
    const at = 3 * i;
    const [red, green, blue] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
    out[i] = (red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16;
  }
  return { data: out, width, height, channels: 1 };
}

/** Changes the colours of pixels by their alpha. */
const byAlpha = ({ data, ...others }: Picture, change: (colour: number, alpha: number) => number): Picture => ({
  ...others,
  data: data.map((value, i) => (i % 4 === 3 ? value : change(value, data[i - (i % 4) + 3] ?? 0))),
});

/** With alpha: colours count by how much of them is seen. */
function resizedWithAlpha(
  picture: Picture,
  [height, width]: readonly [number, number],
  interpolation: 'nearest' | 'bilinear',
): Picture {
  const same = width === picture.width && height === picture.height;
  if (same || interpolation === 'nearest') return resized(picture, width, height, interpolation);
  const seen = byAlpha(picture, (colour, alpha) => by255(colour * alpha));
  return byAlpha(resized(seen, width, height, interpolation), (colour, alpha) =>
    alpha === 0 || alpha === 255 ? colour : Math.min(255, Math.floor((255 * colour) / alpha)),
  );
}

/**
 * Pixels of a canvas, an `ImageData`, an `ImageBitmap`, an image or a video as bytes for a model: `[1, height, width, channels]`, or of several sources
 * `[count, height, width, channels]`, with the divisor 255, by which models read 0 to 1. What is transparent shows a background. All
 * arithmetic is in whole numbers, the same on every machine: that of Pillow, by which Keras loads images.
 *
 * @param source one picture or a list of them
 * @throws TypeError for what is no picture; RangeError for sizes that differ or do not fit; Error for an image of another server that the page may not read
 * @example
 * ```ts
 * import { imageData } from 'simdescent/data';
 * const red = { data: Uint8Array.of(255, 0, 0, 255, 255, 0, 0, 255), width: 2, height: 1 };
 * const { data, shape } = imageData(red, { channels: 1, size: [1, 1] }); // 76 and [1, 1, 1, 1]
 * ```
 * @example
 * In a page:
 * ```ts no-run
 * import { loadModel } from 'simdescent';
 * import { imageData } from 'simdescent/data';
 * const model = await loadModel('model.safetensors');
 * const canvas = document.querySelector('canvas');
 * if (canvas) console.log(model.predictOnBatch(imageData(canvas, { channels: 1, size: [28, 28] })).data);
 * ```
 * @category Images
 */
export function imageData(
  source: ImageSource | readonly ImageSource[],
  options: ImageDataOptions = {},
): Samples<Uint8Array> {
  checkOptions('imageData', options, ['channels', 'size', 'interpolation', 'background']);
  const { channels = 3, size, interpolation = 'bilinear', background = 0 } = options;
  if (channels !== 1 && channels !== 3 && channels !== 4)
    throw new RangeError(`channels must be 1, 3 or 4, got ${show(channels)}`);
  checkName('interpolation', interpolation, ['nearest', 'bilinear']);
  checkInteger('background', background, 0, 255);
  if (channels === 4 && options.background !== undefined)
    throw new RangeError('background is for 1 and 3 channels: with 4, alpha stays');
  if (size !== undefined) {
    checkKind(Array.isArray(size) && size.length === 2, 'size', '[height, width]', size);
    for (const [axis, pixels] of size.entries()) checkInteger(`size[${axis}]`, pixels, 1);
  }
  const several = Array.isArray(source);
  const sources = several ? (source as readonly ImageSource[]) : [source];
  if (sources.length === 0) throw new RangeError('imageData needs at least one picture');
  const pictures = sources.map((one, i) => {
    const pixels = pixelsOf(several ? `source[${i}]` : 'source', one);
    const [height, width] = size ?? [pixels.height, pixels.width];
    if (channels === 4)
      return resizedWithAlpha(
        { ...pixels, data: new Uint8Array(pixels.data), channels },
        [height, width],
        interpolation,
      );
    const picture = opaque(pixels, background);
    return resized(channels === 1 ? grey(picture) : picture, width, height, interpolation);
  });
  const [{ height = 1, width = 1 } = {}] = pictures;
  const odd = pictures.findIndex((one) => one.height !== height || one.width !== width);
  if (odd >= 0)
    throw new RangeError(
      `source[${odd}] is ${pictures[odd]?.width} x ${pictures[odd]?.height} pixels, source[0] is ${width} x ${height}: give a size`,
    );
  const perPicture = height * width * channels;
  const data = new Uint8Array(pictures.length * perPicture);
  for (const [i, one] of pictures.entries()) data.set(one.data, i * perPicture);
  return { data, shape: [pictures.length, height, width, channels], divisor: 255 };
}
