/** Other sizes of pictures, with the arithmetic and so the bytes of Pillow's `Image.resize`, by which Keras' `load_img` makes them. */

/** Bytes in rows from the top, `channels` for each pixel. */
export interface Picture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** Weights are whole multiples of 2^-22, so that sums of their products with bytes are exact. */
const BITS = 22;

/** What an output pixel reads: the first pixel and the weights of it and those behind it. */
interface Reads {
  readonly from: number;
  readonly weights: readonly number[];
}

/** A triangle as wide as two pixels of the smaller picture: each reads all that it covers. */
function readsOf(input: number, output: number): readonly Reads[] {
  const scale = input / output;
  const width = Math.max(scale, 1);
  return Array.from({ length: output }, (_, i) => {
    const center = (i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - width + 0.5));
    const to = Math.min(input, Math.trunc(center + width + 0.5));
    const heights = Array.from({ length: to - from }, (_, k) =>
      Math.max(0, 1 - Math.abs((k + from - center + 0.5) / width)),
    );
    const total = heights.reduce((sum, height) => sum + height, 0);
    return { from, weights: heights.map((height) => Math.trunc(0.5 + (height / total) * 2 ** BITS)) };
  });
}

const byte = (sum: number): number => Math.min(255, Math.max(0, Math.floor((sum + 2 ** (BITS - 1)) / 2 ** BITS)));

/** Rows of another width. */
function across({ data, width, height, channels }: Picture, to: number): Picture {
  const out = new Uint8Array(to * height * channels);
  for (const [i, { from, weights }] of readsOf(width, to).entries())
    for (let y = 0; y < height; y++)
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++)
          sum += (data[(y * width + from + k) * channels + c] ?? 0) * (weights[k] ?? 0);
        out[(y * to + i) * channels + c] = byte(sum);
      }
  return { data: out, width: to, height, channels };
}

/** Another number of rows: the same across a picture whose rows are its pixels. */
function down({ data, width, height, channels }: Picture, to: number): Picture {
  const turned = across({ data, width: height, height: 1, channels: width * channels }, to);
  return { data: turned.data, width, height: to, channels };
}

function nearest({ data, width, height, channels }: Picture, toWidth: number, toHeight: number): Picture {
  const out = new Uint8Array(toWidth * toHeight * channels);
  for (let y = 0; y < toHeight; y++)
    for (let x = 0; x < toWidth; x++) {
      const from = Math.floor(((y + 0.5) * height) / toHeight) * width + Math.floor(((x + 0.5) * width) / toWidth);
      out.set(data.subarray(from * channels, (from + 1) * channels), (y * toWidth + x) * channels);
    }
  return { data: out, width: toWidth, height: toHeight, channels };
}

/** The picture in another size. */
export function resized(
  picture: Picture,
  width: number,
  height: number,
  interpolation: 'nearest' | 'bilinear',
): Picture {
  if (interpolation === 'nearest') return nearest(picture, width, height);
  const wide = width === picture.width ? picture : across(picture, width);
  return height === picture.height ? wide : down(wide, height);
}
