/** The kernel of a product, [taps, channels, filters], as its right operand; globals of the instance as in taps.ts. */
import { packTransposedB } from "../gemm/pack";
import { packPanel, packTransposedPanel, ROW } from "../gemm/skip";
import { run, tapsX, tapsY } from "./taps";

/** The group's first channel and filter, and bytes from channel to channel. */
let kernel: usize = 0;
let kernelRow: usize = 0;
// Of a gradient, whose columns are channels: which kernel elements the taps are, not all and backwards.
let back: bool = false;
let tapBytes: usize = 0;
let kernelWidth: i32 = 0;
let firstY: i32 = 0;
let firstX: i32 = 0;
let stepY: i32 = 0;
let stepX: i32 = 0;

export function setKernel(at: usize, filters: i32, transposed: bool): void {
  kernel = at;
  kernelRow = (<usize>filters) << 2;
  back = transposed;
}

/** Taps of a transposed kernel: the element of the first one, and from one to the next. */
export function setKernelTaps(fromY: i32, byY: i32, fromX: i32, byX: i32): void {
  firstY = fromY;
  stepY = byY;
  firstX = fromX;
  stepX = byX;
}

/** Sizes of a transposed kernel: its width, and channels of a group. */
export function setKernelSize(width: i32, channels: i32): void {
  kernelWidth = width;
  tapBytes = <usize>channels * kernelRow;
}

/** Channel 0 of a tap of the transposed kernel. */
function tapAt(tap: i32): usize {
  const v = tap / tapsX;
  return kernel + <usize>((firstY + v * stepY) * kernelWidth + firstX + (tap - v * tapsX) * stepX) * tapBytes;
}

/** B panels (gemm/pack.ts) of elements k0 to k0 + kb of patches and `columns` results from j0 on. */
export function packKernel(out: usize, k0: i32, kb: i32, j0: i32, columns: i32): void {
  const stop = k0 + kb;
  for (let j = 0; j < columns; j += 8) {
    if (back) {
      for (let k = k0; k < stop;) {
        const tap = k / run;
        const filter = k - tap * run;
        const n = min(run - filter, stop - k);
        const from = tapAt(tap) + <usize>(j0 + j) * kernelRow + ((<usize>filter) << 2);
        packTransposedB(out, from, kernelRow, min(8, columns - j), n);
        out += (<usize>n) << 5;
        k += n;
      }
    } else {
      let from = kernel + <usize>k0 * kernelRow + ((<usize>(j0 + j)) << 2);
      for (let k = 0; k < kb; k++) {
        v128.store(out, v128.load(from));
        v128.store(out, v128.load(from, 16), 16);
        out += 32;
        from += kernelRow;
      }
    }
  }
}

/** A panel (gemm/skip.ts) of all elements of patches and `columns` results from j on. Writes up to 3 rows more. */
export function packKernelPanel(out: usize, j: i32, columns: i32): void {
  const taps = tapsY * tapsX;
  if (!back) {
    packPanel(out, kernel + ((<usize>j) << 2), kernelRow, taps * run, columns);
    return;
  }
  // rows that one tap writes too many are the next one's
  for (let tap = 0; tap < taps; tap++, out += <usize>run * ROW)
    packTransposedPanel(out, tapAt(tap) + <usize>j * kernelRow, kernelRow, run, columns);
}
