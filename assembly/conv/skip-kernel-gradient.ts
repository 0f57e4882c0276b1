/**
 * The kernel gradient without the zeros of dz (gemm/skip.ts), which behind a max pooling is at least three quarters zeros. Transposed: a
 * row of the result is a filter, its list the pixels at which dz is not zero, and the panels that pass by are patches. Threads divide the
 * filters.
 *
 *   scratch  |  a panel of patches  | where lists end  |  lists  |  sums: four filters of a panel  |
 */
import { transpose4 } from "../gemm/pack";
import { appendColumns, COLUMNS, ENTRY, ROW, skippingRow, ZEROS } from "../gemm/skip";
import { begin, end, offset } from "../operations/words";
import { loadTail, storeTail } from "../simd";
import {
  BLOCK,
  dilationX,
  dilationY,
  height,
  inGroup,
  kernelWidth,
  left,
  outGroup,
  outHeight,
  outWidth,
  pixel,
  strideX,
  strideY,
  top,
  width,
  x,
} from "./geometry";

/** Filters whose lists are made at a time. */
const FILTERS: i32 = 64;
const PANEL_BYTES: usize = <usize>BLOCK * ROW;
const LIST_BYTES: usize = (<usize>BLOCK + 4) * ENTRY;

const SUM_BYTES: usize = 4 * ROW;

/** Copies n floats, or as many zeros where `from` is 0. */
// @ts-ignore: decorator
@inline
function copy(out: usize, from: usize, n: i32): void {
  const whole = out + ((<usize>(n & ~3)) << 2);
  const tail = n & 3;
  if (from) {
    for (; out < whole; out += 16, from += 16) v128.store(out, v128.load(from));
    if (tail) storeTail(out, v128.load(from), tail);
  } else {
    for (; out < whole; out += 16) v128.store(out, f32x4.splat(0));
    if (tail) storeTail(out, f32x4.splat(0), tail);
  }
}

/** Elements k0 to `stop` of the patch of the output pixel (row, column) of an image, whose group's channels are at `from`. */
function packPatch(out: usize, from: usize, row: i32, column: i32, k0: i32, stop: i32): void {
  for (let k = k0; k < stop;) {
    const tap = k / inGroup;
    const channel = k - tap * inGroup;
    const n = min(inGroup - channel, stop - k);
    const v = tap / kernelWidth;
    const py = row * strideY - top + v * dilationY;
    const px = column * strideX - left + (tap - v * kernelWidth) * dilationX;
    const inside = <u32>py < <u32>height && <u32>px < <u32>width;
    copy(out, inside ? from + <usize>(py * width + px) * pixel + ((<usize>channel) << 2) : 0, n);
    out += (<usize>n) << 2;
    k += n;
  }
}

/** The same of the pixels `a` to `b` of an output row, whose patches do not pass the image's left and right: a row of taps is one run. */
function packInside(out: usize, from: usize, row: i32, a: i32, b: i32, k0: i32, stop: i32): void {
  const floats = kernelWidth * inGroup;
  const step = <usize>strideX * pixel;
  for (let k = k0; k < stop;) {
    const v = k / floats;
    const skipped = k - v * floats;
    const n = min(floats - skipped, stop - k);
    const py = row * strideY - top + v * dilationY;
    let to = out;
    if (<u32>py >= <u32>height) {
      for (let column = a; column < b; column++, to += ROW) copy(to, 0, n);
    } else {
      let at = from + <usize>(py * width + a * strideX - left) * pixel + ((<usize>skipped) << 2);
      for (let column = a; column < b; column++, to += ROW, at += step) copy(to, at, n);
    }
    out += (<usize>n) << 2;
    k += n;
  }
}

/** The panel of elements k0 to `stop` of the patches of `count` output pixels from p0 on, `group` bytes into each pixel. */
function packPatches(out: usize, p0: i32, count: i32, group: usize, k0: i32, stop: i32): void {
  const above = p0 / outWidth;
  let j = p0 - above * outWidth;
  let row = above % outHeight;
  let from = x + <usize>(above / outHeight) * (<usize>(height * width) * pixel) + group;
  const joined = dilationX == 1 && (<usize>inGroup) << 2 == pixel;
  const low = joined ? (left + strideX - 1) / strideX : outWidth;
  const high = width + left >= kernelWidth ? (width + left - kernelWidth) / strideX + 1 : 0;
  for (let rest = count; rest > 0;) {
    const n = min(rest, outWidth - j);
    const to = j + n;
    const a = min(max(j, low), to);
    const b = max(min(to, high), a);
    for (let column = j; column < a; column++, out += ROW) packPatch(out, from, row, column, k0, stop);
    if (b > a) packInside(out, from, row, a, b, k0, stop);
    out += <usize>(b - a) * ROW;
    for (let column = b; column < to; column++, out += ROW) packPatch(out, from, row, column, k0, stop);
    rest -= n;
    j = 0;
    if (++row == outHeight) {
      row = 0;
      from += <usize>(height * width) * pixel;
    }
  }
}

/** Adds (or with `first` stores) the transpose of sums [4, COLUMNS] to `rows` rows of c, of which `filters` columns are there. */
function addTransposed(c: usize, row: usize, sums: usize, rows: i32, filters: i32, first: bool): void {
  const turned = sums + SUM_BYTES;
  for (let k = 0; k < rows; k++, c += row) {
    if ((k & 3) == 0) {
      const at = sums + ((<usize>k) << 2);
      transpose4(turned, 16, at, at + ROW, at + 2 * ROW, at + 3 * ROW);
    }
    let sum = v128.load(turned + ((<usize>(k & 3)) << 4));
    if (filters == 4) v128.store(c, first ? sum : f32x4.add(v128.load(c), sum));
    else storeTail(c, first ? sum : f32x4.add(loadTail(c, filters), sum), filters);
  }
}

/** dkernel's filters of one part, m elements each; `total` output pixels. */
export function skippingKernelGradient(
  dkernel: usize,
  dz: usize,
  filters: i32,
  groups: i32,
  m: i32,
  total: i32,
  scratch: usize,
  part: i32,
  parts: i32,
): void {
  const row = (<usize>filters) << 2;
  const ends = scratch + PANEL_BYTES;
  const sums = ends + ((<usize>FILTERS) << 2);
  const lists = sums + SUM_BYTES + 64;
  const from = begin(outGroup, 4, part, parts);
  const to = end(outGroup, 4, part, parts);
  for (let g = 0; g < groups; g++) {
    const group = (<usize>(g * inGroup)) << 2;
    for (let p0 = 0; p0 < total; p0 += BLOCK) {
      const count = min(BLOCK, total - p0);
      for (let f0 = from; f0 < to; f0 += FILTERS) {
        const nf = min(FILTERS, to - f0);
        const filter = g * outGroup + f0;
        for (let f = 0; f < nf; f += 4) {
          const at = offset(dz, p0 * filters + filter + f);
          appendColumns(lists + <usize>f * LIST_BYTES, LIST_BYTES, ends + ((<usize>f) << 2), at, row, count);
        }
        for (let j = 0; j < m; j += COLUMNS) {
          const cols = min(COLUMNS, m - j);
          packPatches(scratch, p0, count, group, j, j + cols);
          for (let f = 0; f < nf; f += 4) {
            const some = min(4, nf - f);
            for (let q = 0; q < some; q++) {
              const list = lists + <usize>(f + q) * LIST_BYTES;
              const stop = <usize>load<u32>(ends + ((<usize>(f + q)) << 2));
              skippingRow(sums + <usize>q * ROW, ZEROS, list, stop, scratch, cols);
            }
            addTransposed(offset(dkernel, j * filters + filter + f), row, sums, cols, some, p0 == 0);
          }
        }
      }
    }
  }
}
