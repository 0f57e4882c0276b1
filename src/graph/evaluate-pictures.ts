/** Which pixels a resampled picture is made of, in float64: the plain version of assembly/arrays/resample.ts. */
import * as kinds from '../../assembly/codes.ts';

/** A pixel of the picture, counted over all rows of the batch, -1 for one outside; and its share. */
export interface Tap {
  readonly pixel: number;
  readonly weight: number;
}

const FAR = 1e6;

function inside(outside: number, place: number, size: number): number {
  const at = place > -FAR ? Math.min(place, FAR) : -FAR;
  if (outside === kinds.OUTSIDE_CONSTANT) return at;
  const last = size - 1;
  let moved = at;
  if (outside === kinds.OUTSIDE_REFLECT) {
    const period = 2 * size;
    // d c b a | a b c d | d c b a: pixel k lies between k - 1/2 and k + 1/2
    const phase = (((at + 0.5) % period) + period) % period;
    moved = (phase < size ? phase : period - phase) - 0.5;
  } else if (outside === kinds.OUTSIDE_WRAP && size > 1) {
    // TensorFlow takes the last place for the first of the next picture, one pixel on
    if (at < 0) moved = at + size * (Math.trunc(-at / last) + 1);
    else if (at > last) moved = at - size * Math.trunc(at / last);
  }
  return Math.max(0, Math.min(moved, last));
}

const rounded = (x: number): number => (x < 0 ? Math.ceil(x - 0.5) : Math.floor(x + 0.5));

/** The pixels of each output pixel of each row. */
export function tapsOf(
  at: Readonly<Record<string, number>>,
  rows: number,
  matrix: Float64Array | undefined,
): readonly Tap[][] {
  const { height = 1, width = 1, outHeight = 1, outWidth = 1, smooth, outside = 0 } = at;
  const m = (row: number, k: number): number => matrix?.[row * 6 + k] ?? 0;
  /** Where an output pixel lies. */
  const placeOf = (row: number, i: number, j: number): readonly [number, number] => {
    if (matrix !== undefined)
      return [
        inside(outside, m(row, 3) * j + m(row, 4) * i + m(row, 5), height),
        inside(outside, m(row, 0) * j + m(row, 1) * i + m(row, 2), width),
      ];
    const [down, across] = [((i + 0.5) * height) / outHeight, ((j + 0.5) * width) / outWidth];
    if (!smooth) return [Math.min(Math.floor(down), height - 1), Math.min(Math.floor(across), width - 1)];
    return [inside(kinds.OUTSIDE_NEAREST, down - 0.5, height), inside(kinds.OUTSIDE_NEAREST, across - 0.5, width)];
  };
  return Array.from({ length: rows * outHeight * outWidth }, (_, k) => {
    const j = k % outWidth;
    const i = ((k - j) / outWidth) % outHeight;
    const row = Math.floor(k / (outWidth * outHeight));
    const pixel = (v: number, u: number): number =>
      v >= 0 && v < height && u >= 0 && u < width ? (row * height + v) * width + u : -1;
    const [down, across] = placeOf(row, i, j);
    if (!smooth) return [{ pixel: pixel(rounded(down), rounded(across)), weight: 1 }];
    const [top, left] = [Math.floor(down), Math.floor(across)];
    return [0, 1].flatMap((v) =>
      [0, 1].map((u) => ({
        pixel: pixel(top + v, left + u),
        weight: (v ? down - top : top + 1 - down) * (u ? across - left : left + 1 - across),
      })),
    );
  });
}
