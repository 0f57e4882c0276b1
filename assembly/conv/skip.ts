/**
 * The matrix product of a convolution without the zeros of its left operand (gemm/skip.ts): each pixel's patch becomes a list, which then
 * walks over panels of 32 columns of the kernel.
 *
 *   scratch  |  panels  |  sums  |  where lists end, and the pixels of the result  |  lists  |
 */
import { COLUMNS, ENTRY, finishRow, ROW, skippingRow, ZEROS } from "../gemm/skip";
import { baseStepX, baseStepY, baseX, baseY, bias, columns, mask, pixelAt, rectify, rows } from "./grid";
import { packKernelPanel } from "./kernel";
import { image, listPatch, source } from "./taps";

const PANEL_BYTES: usize = 393216;
const LIST_BYTES: usize = 245760;
/** Most pixels whose lists are made before the panels pass by. */
const PIXELS: i32 = 16;
/** What `packKernelPanel` writes behind the panels. */
const SLACK: usize = 512;

/** Whether panels and a list of k elements fit the scratch memory. */
export function canSkip(k: i32): bool {
  return k > 0 && <usize>k * ROW <= PANEL_BYTES && (<usize>k + 4) * ENTRY <= LIST_BYTES;
}

/** As `product`, for the pixels `from` to `to` of the grid; k elements of a patch. */
export function skippingProduct(group: usize, n: i32, k: i32, from: i32, to: i32, scratch: usize): void {
  const panel = <usize>k * ROW;
  const most = <i32>(PANEL_BYTES / panel) * COLUMNS;
  const pixels = min(PIXELS, <i32>(LIST_BYTES / ((<usize>k + 4) * ENTRY)));
  const sums = scratch + PANEL_BYTES + SLACK;
  const ends = sums + ROW;
  const lists = ends + ((<usize>PIXELS) << 3);
  for (let j0 = 0; j0 < n; j0 += most) {
    const nb = min(most, n - j0);
    const skip = (<usize>j0) << 2;
    let b = scratch;
    for (let j = 0; j < nb; j += COLUMNS, b += panel) {
      const cols = min(COLUMNS, nb - j);
      packKernelPanel(b, j0 + j, cols);
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
        const out = pixelAt(i, y, x) + skip;
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
          skippingRow(sums, ZEROS, first, stop, b, cols);
          finishRow(out, sums, cols, biasAt, rectify, mask);
          first = stop;
        }
      }
      p += count;
    }
  }
}
