/** The operations of words/conv.ts and words/conv-input-gradient.ts: matrix products whose left operand is patches, packed on the way. */
import { packTransposedB } from "../gemm/pack";
import { tiles } from "../gemm/tile";
import { address, begin, end, offset, word } from "../operations/words";
import { counted } from "../arrays/share";
import * as forwardWords from "../words/conv";
import * as inputWords from "../words/conv-input-gradient";
import { depthwise, depthwiseInputGradient } from "./depthwise";
import * as at from "./layout";
import { image, packPatches, run, setSource, setTaps, source, tapsX, tapsY } from "./taps";

/** Elements of a patch in a block, so that its panel stays in L1; columns of the result in a block. */
const KC: i32 = 512;
const NC: i32 = 256;
/** A panel of four patches, with what `packPatches` writes behind it; the B block follows it in the scratch memory. */
const A_BYTES: usize = ((<usize>KC) << 4) + 128;

/** One of the sizes. */
// @ts-ignore: decorator
@inline
export function size(sizes: usize, index: i32): i32 {
  return word(sizes, index);
}

// Which kernel elements the taps are: of a gradient not all, and backwards.
let kernelFirstY: i32 = 0;
let kernelFirstX: i32 = 0;
let kernelStepY: i32 = 0;
let kernelStepX: i32 = 0;

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
      const v = tap / tapsX;
      const y = kernelFirstY + v * kernelStepY;
      const x = kernelFirstX + (tap - v * tapsX) * kernelStepX;
      const n = min(run - filter, stop - k);
      const from = kernel + <usize>(y * kernelWidth + x) * tapBytes + <usize>j * row + ((<usize>filter) << 2);
      packTransposedB(out, from, row, min(8, columns - j), n);
      out += (<usize>n) << 5;
      k += n;
    }
  }
}

/** A grid of pixels in the result: rows and columns `stepY`, `stepX` apart, and the bases of their patches. */
let rows: i32 = 0;
let columns: i32 = 0;
let gridY: i32 = 0;
let gridX: i32 = 0;
let gridStepY: i32 = 0;
let gridStepX: i32 = 0;
let baseY: i32 = 0;
let baseX: i32 = 0;
let baseStepY: i32 = 0;
let baseStepX: i32 = 0;

/**
 * The pixels of the grid in a group's channels: [pixels, n] = patches [pixels, k] * kernel [k, n]. `back` takes the kernel transposed tap
 * by tap. The result is at `c`, [images, height, width, ldc bytes].
 */
function product(
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

export function conv(op: usize, batch: i32, scratch: usize, part: i32, parts: i32): void {
  const sizes = address(op, forwardWords.sizes);
  const images = counted(op, forwardWords.times, forwardWords.perRow, batch);
  const x = address(op, forwardWords.x);
  const y = address(op, forwardWords.y);
  const kernel = address(op, forwardWords.kernel);
  const bias = address(op, forwardWords.bias);
  const relu = word(op, forwardWords.relu) != 0;
  const channels = size(sizes, at.channels);
  const filters = size(sizes, at.filters);
  const groups = size(sizes, at.groups);
  if (groups == channels && groups == filters && groups > 1) {
    depthwise(y, x, kernel, bias, relu, sizes, images, part, parts);
    return;
  }
  const inGroup = channels / groups;
  const outGroup = filters / groups;
  setSource(x, size(sizes, at.height), size(sizes, at.width), channels, inGroup);
  setTaps(
    size(sizes, at.kernelHeight),
    0,
    size(sizes, at.dilationY),
    size(sizes, at.kernelWidth),
    0,
    size(sizes, at.dilationX),
  );
  rows = size(sizes, at.outHeight);
  columns = size(sizes, at.outWidth);
  gridY = 0;
  gridX = 0;
  gridStepY = 1;
  gridStepX = 1;
  baseY = -size(sizes, at.top);
  baseX = -size(sizes, at.left);
  baseStepY = size(sizes, at.strideY);
  baseStepX = size(sizes, at.strideX);
  for (let g = 0; g < groups; g++) {
    const out = offset(y, g * outGroup);
    product(
      false,
      out,
      (<usize>filters) << 2,
      rows,
      columns,
      (<usize>(g * inGroup)) << 2,
      offset(kernel, g * outGroup),
      (<usize>filters) << 2,
      0,
      0,
      outGroup,
      images,
      offset(bias, g * outGroup),
      relu,
      0,
      scratch,
      part,
      parts,
    );
  }
}

function gcd(a: i32, b: i32): i32 {
  while (b) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

// What `phase` has found.
let taps: i32 = 0;
let tapFirst: i32 = 0;
let tapStep: i32 = 0;
let readFirst: i32 = 0;
let readStep: i32 = 0;

/**
 * The kernel elements of an axis that reach input pixels whose place, the padding counted, leaves the remainder `phase` when divided by the
 * stride: those u for which the stride divides u dilation - phase. They are taken from the last to the first, so that what they read of dz,
 * relative to the quotient, ascends.
 */
function findTaps(phase: i32, kernelSize: i32, stride: i32, dilation: i32): void {
  const every = stride / gcd(stride, dilation);
  let first = 0;
  while (first < min(kernelSize, stride) && (first * dilation - phase) % stride != 0) first++;
  const none = first >= kernelSize || (first * dilation - phase) % stride != 0;
  taps = none ? 0 : (kernelSize - 1 - first) / every + 1;
  tapFirst = first + (taps - 1) * every;
  tapStep = -every;
  readFirst = none ? 0 : -((tapFirst * dilation - phase) / stride);
  readStep = (every * dilation) / stride;
}

export function convInputGradient(op: usize, batch: i32, scratch: usize, part: i32, parts: i32): void {
  const sizes = address(op, inputWords.sizes);
  const images = counted(op, inputWords.times, inputWords.perRow, batch);
  const dx = address(op, inputWords.dx);
  const dz = address(op, inputWords.dz);
  const kernel = address(op, inputWords.kernel);
  const y = address(op, inputWords.y);
  const mask = y ? y - dx : 0;
  const height = size(sizes, at.height);
  const width = size(sizes, at.width);
  const channels = size(sizes, at.channels);
  const filters = size(sizes, at.filters);
  const groups = size(sizes, at.groups);
  if (groups == channels && groups == filters && groups > 1) {
    depthwiseInputGradient(dx, dz, kernel, mask, sizes, images, part, parts);
    return;
  }
  const inGroup = channels / groups;
  const outGroup = filters / groups;
  const kernelWidth = size(sizes, at.kernelWidth);
  const strideY = size(sizes, at.strideY);
  const strideX = size(sizes, at.strideX);
  const top = size(sizes, at.top);
  const left = size(sizes, at.left);
  setSource(dz, size(sizes, at.outHeight), size(sizes, at.outWidth), filters, outGroup);
  for (let phaseY = 0; phaseY < strideY; phaseY++) {
    findTaps(phaseY, size(sizes, at.kernelHeight), strideY, size(sizes, at.dilationY));
    const tapsY = taps;
    const fromY = readFirst;
    const byY = readStep;
    kernelFirstY = tapFirst;
    kernelStepY = tapStep;
    for (let phaseX = 0; phaseX < strideX; phaseX++) {
      findTaps(phaseX, kernelWidth, strideX, size(sizes, at.dilationX));
      kernelFirstX = tapFirst;
      kernelStepX = tapStep;
      setTaps(tapsY, fromY, byY, taps, readFirst, readStep);
      // the first pixel at or behind 0 in this phase, and its quotient
      gridY = (((phaseY - top) % strideY) + strideY) % strideY;
      gridX = (((phaseX - left) % strideX) + strideX) % strideX;
      gridStepY = strideY;
      gridStepX = strideX;
      rows = max(0, (height - gridY + strideY - 1) / strideY);
      columns = max(0, (width - gridX + strideX - 1) / strideX);
      baseY = (gridY + top - phaseY) / strideY;
      baseX = (gridX + left - phaseX) / strideX;
      baseStepY = 1;
      baseStepX = 1;
      if (rows == 0 || columns == 0) continue;
      for (let g = 0; g < groups; g++) {
        product(
          true,
          offset(dx, g * inGroup),
          (<usize>channels) << 2,
          height,
          width,
          (<usize>(g * outGroup)) << 2,
          offset(kernel, g * outGroup),
          (<usize>filters) << 2,
          (<usize>(inGroup * filters)) << 2,
          kernelWidth,
          inGroup,
          images,
          0,
          false,
          mask,
          scratch,
          part,
          parts,
        );
      }
    }
  }
}
