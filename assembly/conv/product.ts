/** The matrix product of a convolution: its left operand is patches, packed on the way, its right one the kernel. */
import { tiles } from "../gemm/tile";
import { begin, end } from "../operations/words";
import {
  baseStepX,
  baseStepY,
  baseX,
  baseY,
  bias,
  columns,
  gridStepX,
  gridStepY,
  height,
  mask,
  pitch,
  pixelAt,
  rectify,
  rows,
  width,
} from "./grid";
import { packKernel } from "./kernel";
import { canSkip, skippingProduct } from "./skip";
import { image, packPatches, packRow, run, source, tapsX, tapsY } from "./taps";

/** Elements of a patch in a block, so that its panel stays in L1; columns of the result in a block. */
const KC: i32 = 512;
const NC: i32 = 256;
/** A panel of four patches, with what `packPatches` writes behind it; the B block follows it in the scratch memory. */
const A_BYTES: usize = ((<usize>KC) << 4) + 128;

/**
 * The pixels of the grid in a group's channels, which begin `group` bytes into a pixel of the source: [pixels, n] = patches [pixels, k] *
 * kernel [k, n]. `skips` leaves out the zeros of patches, if there is room for that.
 */
export function product(skips: bool, group: usize, n: i32, images: i32, scratch: usize, part: i32, parts: i32): void {
  const k = tapsY * tapsX * run;
  const total = images * rows * columns;
  const from = begin(total, 4, part, parts);
  const to = end(total, 4, part, parts);
  if (from == to) return;
  if (skips && canSkip(k)) return skippingProduct(group, n, k, from, to, scratch);
  const panels = scratch + A_BYTES;
  // pixels that follow each other do so over the ends of rows and of images too
  const flat = gridStepX == 1 && gridStepY == 1 && columns == width && rows == height;
  let k0 = 0;
  do {
    const kb = min(KC, k - k0);
    const last = k0 + kb >= k;
    for (let j0 = 0; j0 < n; j0 += NC) {
      const nb = min(NC, n - j0);
      const skip = (<usize>j0) << 2;
      packKernel(panels, k0, kb, j0, nb);
      let x = from % columns;
      const above = from / columns;
      let y = above % rows;
      let i = above / rows;
      for (let p = from; p < to;) {
        const count = min(4, flat ? to - p : min(to - p, columns - x));
        const out = pixelAt(i, y, x) + skip;
        const i0 = source + <usize>i * image + group;
        const y0 = baseY + y * baseStepY;
        const x0 = baseX + x * baseStepX;
        if (x + 4 <= columns && count == 4) {
          packRow(scratch, k0, kb, i0, y0, x0, baseStepX);
          x += 4;
          if (x == columns) {
            x = 0;
            if (++y == rows) {
              y = 0;
              i++;
            }
          }
        } else {
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
        }
        tiles(
          out,
          <usize>gridStepX * pitch,
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
