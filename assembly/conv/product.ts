/**
 * The matrix product of a convolution: its left operand is patches, packed on the way, its right one the kernel.
 */
import { packTransposedB } from "../gemm/pack";
import { tiles } from "../gemm/tile";
import { begin, end } from "../operations/words";
import { canSkip, skippingProduct } from "./skip";
import { image, packPatches, run, source, tapsX, tapsY } from "./taps";

/** Elements of a patch in a block, so that its panel stays in L1; columns of the result in a block. */
const KC: i32 = 512;
const NC: i32 = 256;
/** A panel of four patches, with what `packPatches` writes behind it; the B block follows it in the scratch memory. */
const A_BYTES: usize = ((<usize>KC) << 4) + 128;

// Which kernel elements the taps are: of a gradient not all, and backwards.
let kernelFirstY: i32 = 0;
let kernelFirstX: i32 = 0;
let kernelStepY: i32 = 0;
let kernelStepX: i32 = 0;

export function setKernelTaps(firstY: i32, stepY: i32, firstX: i32, stepX: i32): void {
  kernelFirstY = firstY;
  kernelStepY = stepY;
  kernelFirstX = firstX;
  kernelStepX = stepX;
}

/** The row of the transposed kernel that element k of a patch meets: that of its tap's channel 0, and its filter. */
// @ts-ignore: decorator
@inline
export function kernelTap(tap: i32, kernelWidth: i32): i32 {
  const v = tap / tapsX;
  const y = kernelFirstY + v * kernelStepY;
  const x = kernelFirstX + (tap - v * tapsX) * kernelStepX;
  return y * kernelWidth + x;
}

/** B panels of elements k0 to k0 + kb of patches and `columns` filters from `kernel` on, whose rows are `row` bytes apart. */
function packKernel(out: usize, kernel: usize, row: usize, k0: i32, kb: i32, columns: i32): void {
  for (let j = 0; j < columns; j += 8) {
    let from = kernel + <usize>k0 * row + ((<usize>j) << 2);
    for (let k = 0; k < kb; k++) {
      v128.store(out, v128.load(from));
      v128.store(out, v128.load(from, 16), 16);
      out += 32;
      from += row;
    }
  }
}

/** The same of the transpose of each tap: elements are filters, columns are channels from `kernel` on. */
function packTransposedKernel(
  out: usize,
  kernel: usize,
  row: usize,
  tapBytes: usize,
  kernelWidth: i32,
  k0: i32,
  kb: i32,
  columns: i32,
): void {
  const stop = k0 + kb;
  for (let j = 0; j < columns; j += 8) {
    for (let k = k0; k < stop;) {
      const tap = k / run;
      const filter = k - tap * run;
      const n = min(run - filter, stop - k);
      const from = kernel + <usize>kernelTap(tap, kernelWidth) * tapBytes + <usize>j * row + ((<usize>filter) << 2);
      packTransposedB(out, from, row, min(8, columns - j), n);
      out += (<usize>n) << 5;
      k += n;
    }
  }
}

/** A grid of pixels in the result: rows and columns `gridStepY`, `gridStepX` apart, and the bases of their patches. */
export let rows: i32 = 0;
export let columns: i32 = 0;
export let gridY: i32 = 0;
export let gridX: i32 = 0;
export let gridStepY: i32 = 0;
export let gridStepX: i32 = 0;
export let baseY: i32 = 0;
export let baseX: i32 = 0;
export let baseStepY: i32 = 0;
export let baseStepX: i32 = 0;

/** `rows` and `columns` of pixels from (y, x) on, `stepY` and `stepX` apart. */
export function setGrid(height: i32, width: i32, y: i32, x: i32, stepY: i32, stepX: i32): void {
  rows = height;
  columns = width;
  gridY = y;
  gridX = x;
  gridStepY = stepY;
  gridStepX = stepX;
}

/** The base of the grid's first patch, and how far apart bases are. */
export function setBases(y: i32, x: i32, stepY: i32, stepX: i32): void {
  baseY = y;
  baseX = x;
  baseStepY = stepY;
  baseStepX = stepX;
}

/**
 * The pixels of the grid in a group's channels: [pixels, n] = patches [pixels, k] * kernel [k, n]. `back` takes the kernel transposed tap
 * by tap. The result is at `c`, [images, height, width, ldc bytes]. `skips` leaves out the zeros of patches, if there is room for that.
 */
export function product(
  back: bool,
  skips: bool,
  c: usize,
  ldc: usize,
  height: i32,
  width: i32,
  group: usize,
  kernel: usize,
  kernelRow: usize,
  tapBytes: usize,
  kernelWidth: i32,
  n: i32,
  images: i32,
  bias: usize,
  rectify: bool,
  mask: usize,
  scratch: usize,
  part: i32,
  parts: i32,
): void {
  const k = tapsY * tapsX * run;
  if (skips && canSkip(k)) {
    skippingProduct(
      back,
      c,
      ldc,
      height,
      width,
      group,
      kernel,
      kernelRow,
      tapBytes,
      kernelWidth,
      n,
      images,
      bias,
      rectify,
      mask,
      scratch,
      part,
      parts,
    );
    return;
  }
  const panels = scratch + A_BYTES;
  const total = images * rows * columns;
  const from = begin(total, 4, part, parts);
  const to = end(total, 4, part, parts);
  if (from == to) return;
  // pixels that follow each other do so over the ends of rows and of images too
  const flat = gridStepX == 1 && gridStepY == 1 && columns == width && rows == height;
  let k0 = 0;
  do {
    const kb = min(KC, k - k0);
    const last = k0 + kb >= k;
    for (let j0 = 0; j0 < n; j0 += NC) {
      const nb = min(NC, n - j0);
      const skip = (<usize>j0) << 2;
      if (back)
        packTransposedKernel(panels, kernel + <usize>j0 * kernelRow, kernelRow, tapBytes, kernelWidth, k0, kb, nb);
      else packKernel(panels, kernel + skip, kernelRow, k0, kb, nb);
      let x = from % columns;
      const above = from / columns;
      let y = above % rows;
      let i = above / rows;
      for (let p = from; p < to;) {
        const count = min(4, flat ? to - p : min(to - p, columns - x));
        const out = c + <usize>((i * height + gridY + y * gridStepY) * width + gridX + x * gridStepX) * ldc + skip;
        const i0 = source + <usize>i * image + group;
        const y0 = baseY + y * baseStepY;
        const x0 = baseX + x * baseStepX;
        let i1 = i0;
        let y1 = y0;
        let x1 = x0;
        let i2 = i0;
        let y2 = y0;
        let x2 = x0;
        let i3 = i0;
        let y3 = y0;
        let x3 = x0;
        for (let q = 1; q <= count; q++) {
          if (++x == columns) {
            x = 0;
            if (++y == rows) {
              y = 0;
              i++;
            }
          }
          if (q == count) break;
          const iq = source + <usize>i * image + group;
          const yq = baseY + y * baseStepY;
          const xq = baseX + x * baseStepX;
          if (q == 1) {
            i1 = iq;
            y1 = yq;
            x1 = xq;
          } else if (q == 2) {
            i2 = iq;
            y2 = yq;
            x2 = xq;
          } else {
            i3 = iq;
            y3 = yq;
            x3 = xq;
          }
        }
        packPatches(scratch, k0, kb, i0, y0, x0, i1, y1, x1, i2, y2, x2, i3, y3, x3);
        tiles(
          out,
          <usize>gridStepX * ldc,
          scratch,
          panels,
          (<usize>kb) << 5,
          32,
          kb,
          count,
          nb,
          k0 > 0,
          last && bias ? bias + skip : 0,
          last && rectify,
          last ? mask : 0,
        );
        p += count;
      }
    }
    k0 += kb;
  } while (k0 < k);
}
