/**
 * The matrix product of a convolution without the zeros of its left operand (gemm/skip.ts): each pixel's patch becomes a list, which then
 * walks over panels of 32 columns of the kernel.
 *
 *   scratch  |  panels  |  sums  |  where lists end, and the pixels of the result  |  lists  |
 */
import { COLUMNS, ENTRY, finishRow, packPanel, packTransposedPanel, ROW, skippingRow } from "../gemm/skip";
import { begin, end } from "../operations/words";
import {
  baseStepX,
  baseStepY,
  baseX,
  baseY,
  columns,
  gridStepX,
  gridStepY,
  gridX,
  gridY,
  kernelTap,
  rows,
} from "./product";
import { image, listPatch, run, source, tapsX, tapsY } from "./taps";

const PANEL_BYTES: usize = 393216;
const LIST_BYTES: usize = 245760;
/** Most pixels whose lists are made before the panels pass by. */
const PIXELS: i32 = 16;
/** What `packTaps` writes behind the panels. */
const SLACK: usize = 512;

/** Whether panels and a list of k elements fit the scratch memory. */
export function canSkip(k: i32): bool {
  return k > 0 && <usize>k * ROW <= PANEL_BYTES && (<usize>k + 4) * ENTRY <= LIST_BYTES;
}

/** A panel of the transpose of each tap: rows are filters, columns are channels from `kernel` on. The rows that one writes too many are the next one's. */
function packTaps(out: usize, kernel: usize, row: usize, tapBytes: usize, kernelWidth: i32, columns: i32): void {
  const taps = tapsY * tapsX;
  for (let tap = 0; tap < taps; tap++, out += <usize>run * ROW)
    packTransposedPanel(out, kernel + <usize>kernelTap(tap, kernelWidth) * tapBytes, row, run, columns);
}

/** As `product`, which has the parameters. */
export function skippingProduct(
  back: bool,
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
  const panel = <usize>k * ROW;
  const most = <i32>(PANEL_BYTES / panel) * COLUMNS;
  const pixels = min(PIXELS, <i32>(LIST_BYTES / ((<usize>k + 4) * ENTRY)));
  const sums = scratch + PANEL_BYTES + SLACK;
  const ends = sums + ROW;
  const lists = ends + ((<usize>PIXELS) << 3);
  const total = images * rows * columns;
  const from = begin(total, 4, part, parts);
  const to = end(total, 4, part, parts);
  if (from == to) return;
  for (let j0 = 0; j0 < n; j0 += most) {
    const nb = min(most, n - j0);
    const skip = (<usize>j0) << 2;
    let b = scratch;
    for (let j = 0; j < nb; j += COLUMNS, b += panel) {
      const cols = min(COLUMNS, nb - j);
      if (back) packTaps(b, kernel + <usize>(j0 + j) * kernelRow, kernelRow, tapBytes, kernelWidth, cols);
      else packPanel(b, kernel + skip + ((<usize>j) << 2), kernelRow, k, cols);
    }
    let x = from % columns;
    const above = from / columns;
    let y = above % rows;
    let i = above / rows;
    for (let p = from; p < to;) {
      const count = min(pixels, to - p);
      let list = lists;
      for (let q: usize = 0; q < <usize>count; q++) {
        list = listPatch(list, source + <usize>i * image + group, baseY + y * baseStepY, baseX + x * baseStepX);
        const out = c + <usize>((i * height + gridY + y * gridStepY) * width + gridX + x * gridStepX) * ldc + skip;
        store<u32>(ends + (q << 3), <u32>list);
        store<u32>(ends + (q << 3), <u32>out, 4);
        if (++x == columns) {
          x = 0;
          if (++y == rows) {
            y = 0;
            i++;
          }
        }
      }
      b = scratch;
      for (let j = 0; j < nb; j += COLUMNS, b += panel) {
        const cols = min(COLUMNS, nb - j);
        const across = (<usize>j) << 2;
        const biasAt = bias ? bias + skip + across : 0;
        let first = lists;
        for (let q: usize = 0; q < <usize>count; q++) {
          const stop = <usize>load<u32>(ends + (q << 3));
          const out = <usize>load<u32>(ends + (q << 3), 4) + across;
          skippingRow(sums, first, stop, b, cols);
          finishRow(out, sums, cols, biasAt, rectify, mask);
          first = stop;
        }
      }
      p += count;
    }
  }
}
