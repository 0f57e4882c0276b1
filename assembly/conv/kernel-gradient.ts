/** The operation of words/conv-kernel-gradient.ts: the patches, transposed, times dz. */
import { counted } from "../arrays/share";
import { finite, pays } from "../gemm/skip";
import { tiles } from "../gemm/tile";
import { address, begin, end, offset, word } from "../operations/words";
import { columnSums } from "../reduce";
import * as w from "../words/conv-kernel-gradient";
import { depthwiseKernelGradient } from "./depthwise";
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
  setGeometry,
  size,
  strideX,
  strideY,
  top,
  width,
  x,
} from "./geometry";
import * as at from "./layout";
import { skippingKernelGradient } from "./skip-kernel-gradient";

/** Columns in a block. */
const NC: i32 = 256;
const A_BYTES: usize = (<usize>BLOCK) << 4;
const B_BYTES: usize = (<usize>(NC * BLOCK)) << 2;

/** Zeros of `count` pixels in the lanes that `floats` are: one of four, or all. */
// @ts-ignore: decorator
@inline
function clear(out: usize, count: i32, four: bool): void {
  for (let p = 0; p < count; p++) {
    if (four) v128.store(out, f32x4.splat(0));
    else f32.store(out, 0);
    out += 16;
  }
}

/**
 * One lane, or with `four` all four, of an A panel: for output pixels p0 to p0 + count the floats at `channel` of the input pixels that the
 * tap (v, u), dilation counted, reads.
 */
// @ts-ignore: decorator
@inline
function lane(out: usize, four: bool, p0: i32, count: i32, v: i32, u: i32, channel: usize): void {
  const above = p0 / outWidth;
  let j = p0 - above * outWidth;
  let row = above % outHeight;
  let image = above / outHeight;
  const step = <usize>strideX * pixel;
  // output columns that read inside of the image
  const first = u - left;
  const low = first < 0 ? (strideX - 1 - first) / strideX : 0;
  const high = first < width ? (width - 1 - first) / strideX + 1 : 0;
  for (let left = count; left > 0;) {
    const n = min(left, outWidth - j);
    const y = row * strideY - top + v;
    if (<u32>y >= <u32>height) {
      clear(out, n, four);
      out += (<usize>n) << 4;
    } else {
      const to = j + n;
      const a = min(max(j, low), to);
      const b = max(min(to, high), a);
      clear(out, a - j, four);
      out += (<usize>(a - j)) << 4;
      let from = x + <usize>((image * height + y) * width + a * strideX + first) * pixel + channel;
      for (let p = a; p < b; p++) {
        if (four) v128.store(out, v128.load(from));
        else f32.store(out, f32.load(from));
        out += 16;
        from += step;
      }
      clear(out, to - b, four);
      out += (<usize>(to - b)) << 4;
    }
    left -= n;
    j = 0;
    if (++row == outHeight) {
      row = 0;
      image++;
    }
  }
}

function fourLanes(out: usize, p0: i32, count: i32, v: i32, u: i32, channel: usize): void {
  lane(out, true, p0, count, v, u, channel);
}

function oneLane(out: usize, p0: i32, count: i32, v: i32, u: i32, channel: usize): void {
  lane(out, false, p0, count, v, u, channel);
}

/** B panels of dz: `count` pixels from `from` on, `row` bytes apart, of `columns` filters. */
function packPixels(out: usize, from: usize, row: usize, count: i32, columns: i32): void {
  for (let j = 0; j < columns; j += 8) {
    let x = from + ((<usize>j) << 2);
    for (let p = 0; p < count; p++) {
      v128.store(out, v128.load(x));
      v128.store(out, v128.load(x, 16), 16);
      out += 32;
      x += row;
    }
  }
}

/** n floats at c += those at from. */
function add(c: usize, from: usize, n: i32): void {
  const end = c + ((<usize>n) << 2);
  for (; c + 16 <= end; c += 16, from += 16) v128.store(c, f32x4.add(v128.load(c), v128.load(from)));
  for (; c < end; c += 4, from += 4) f32.store(c, f32.load(c) + f32.load(from));
}

/** Whether to leave out the zeros of n floats at dz, as in forward.ts: nanoseconds an output pixel and filter, of lists and of products. */
function worthSkipping(dz: usize, n: i32, m: i32): bool {
  return pays(0.4, <f32>0.085 * <f32>((m + 7) & ~7), <f32>0.06 * <f32>m, dz, 1, n, 0);
}

export function convKernelGradient(op: usize, batch: i32, scratch: usize, part: i32, parts: i32): void {
  const sizes = address(op, w.sizes);
  const images = counted(op, w.times, w.perRow, batch);
  const dkernel = address(op, w.dkernel);
  const dbias = address(op, w.dbias);
  const dz = address(op, w.dz);
  setGeometry(address(op, w.x), sizes);
  const channels = size(sizes, at.channels);
  const filters = size(sizes, at.filters);
  const groups = size(sizes, at.groups);
  const total = images * outHeight * outWidth;
  if (dbias) columnSums(dbias, dz, total, filters, begin(filters, 4, part, parts), end(filters, 4, part, parts));
  if (groups == channels && groups == filters && groups > 1) {
    depthwiseKernelGradient(dkernel, x, dz, sizes, images, part, parts);
    return;
  }
  const dzRow = (<usize>filters) << 2;
  const panels = scratch + A_BYTES;
  const sums = panels + B_BYTES;
  const m = size(sizes, at.kernelHeight) * kernelWidth * inGroup;
  if (worthSkipping(dz, total * filters, m) && finite(x, images * height * width * channels)) {
    skippingKernelGradient(dkernel, dz, filters, groups, m, total, scratch, part, parts);
    return;
  }
  const from = begin(m, 4, part, parts);
  const to = end(m, 4, part, parts);
  for (let g = 0; g < groups; g++) {
    for (let p0 = 0; p0 < total; p0 += BLOCK) {
      const count = min(BLOCK, total - p0);
      for (let j0 = 0; j0 < outGroup; j0 += NC) {
        const nb = min(NC, outGroup - j0);
        packPixels(panels, offset(dz, p0 * filters + g * outGroup + j0), dzRow, count, nb);
        for (let r = from; r < to; r += 4) {
          const rows = min(4, to - r);
          const tap = r / inGroup;
          const channel = r - tap * inGroup;
          const v = tap / kernelWidth;
          if (channel + rows <= inGroup) {
            const u = tap - v * kernelWidth;
            const at = (<usize>(g * inGroup + channel)) << 2;
            fourLanes(scratch, p0, count, v * dilationY, u * dilationX, at);
          } else {
            for (let q = 0; q < rows; q++) {
              const tap = (r + q) / inGroup;
              const v = tap / kernelWidth;
              const u = tap - v * kernelWidth;
              const at = (<usize>(g * inGroup + r + q - tap * inGroup)) << 2;
              oneLane(scratch + ((<usize>q) << 2), p0, count, v * dilationY, u * dilationX, at);
            }
          }
          const c = offset(dkernel, r * filters + g * outGroup + j0);
          const sumRow = (<usize>((nb + 7) & ~7)) << 2;
          const direct = p0 == 0;
          const panel = (<usize>count) << 5;
          tiles(
            direct ? c : sums,
            direct ? dzRow : sumRow,
            scratch,
            panels,
            panel,
            32,
            count,
            rows,
            nb,
            false,
            0,
            false,
            0,
          );
          if (!direct) for (let q = 0; q < rows; q++) add(c + <usize>q * dzRow, sums + <usize>q * sumRow, nb);
        }
      }
    }
  }
}
