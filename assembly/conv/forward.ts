/** The operations of words/conv.ts and words/conv-input-gradient.ts. */
import { finite, pays } from "../gemm/skip";
import { address, offset, word } from "../operations/words";
import { counted } from "../arrays/share";
import * as forwardWords from "../words/conv";
import * as inputWords from "../words/conv-input-gradient";
import { depthwise, depthwiseInputGradient } from "./depthwise";
import { size } from "./geometry";
import * as at from "./layout";
import { setBases, setGrid, setResult, setResultSize } from "./grid";
import { setKernel, setKernelSize, setKernelTaps } from "./kernel";
import { product } from "./product";
import { setSource, setTaps } from "./taps";

/**
 * Whether to leave out the zeros of `pixels` pixels at x: where patches of `taps` times `run` floats, of which a row of taps is one run if
 * the pixels that it reads are `adjacent`, have `columns` results each, and the kernel is finite. The estimates are nanoseconds a pixel as
 * they were measured.
 */
function worthSkipping(
  x: usize,
  pixels: i32,
  adjacent: bool,
  run: i32,
  columns: i32,
  kernel: usize,
  sizes: usize,
): bool {
  const groups = size(sizes, at.groups);
  const kernelHeight = size(sizes, at.kernelHeight);
  const kernelWidth = size(sizes, at.kernelWidth);
  const joined = adjacent && groups == 1 && size(sizes, at.dilationX) == 1;
  const runs = joined ? kernelHeight : kernelHeight * kernelWidth;
  const floats = joined ? kernelWidth * run : run;
  const k = <f32>(runs * floats);
  const list: f32 = 12 + 9 * <f32>runs + <f32>0.4 * <f32>(runs * ((floats + 3) & ~3));
  const products: f32 = k * <f32>0.25 * <f32>max((columns + 3) >> 2, 3);
  const dense: f32 = k * <f32>0.21 * <f32>(((columns + 7) >> 3) << 1);
  return (
    pays(list, products, dense, x, 1, pixels * run * groups, 0) &&
    finite(kernel, kernelHeight * kernelWidth * run * columns * groups)
  );
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
  const height = size(sizes, at.outHeight);
  const width = size(sizes, at.outWidth);
  setResultSize(height, width);
  setGrid(height, width, 0, 0, 1, 1);
  setBases(-size(sizes, at.top), -size(sizes, at.left), size(sizes, at.strideY), size(sizes, at.strideX));
  const pixels = images * size(sizes, at.height) * size(sizes, at.width);
  const skips = worthSkipping(x, pixels, true, inGroup, outGroup, kernel, sizes);
  for (let g = 0; g < groups; g++) {
    setKernel(offset(kernel, g * outGroup), filters, false);
    setResult(offset(y, g * outGroup), filters, offset(bias, g * outGroup), relu, 0);
    product(skips, (<usize>(g * inGroup)) << 2, outGroup, images, scratch, part, parts);
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
  const outHeight = size(sizes, at.outHeight);
  const outWidth = size(sizes, at.outWidth);
  setSource(dz, outHeight, outWidth, filters, outGroup);
  const skips = worthSkipping(dz, images * outHeight * outWidth, strideX == 1, outGroup, inGroup, kernel, sizes);
  setResultSize(height, width);
  for (let phaseY = 0; phaseY < strideY; phaseY++) {
    findTaps(phaseY, size(sizes, at.kernelHeight), strideY, size(sizes, at.dilationY));
    const tapsY = taps;
    const fromY = readFirst;
    const byY = readStep;
    const kernelFirstY = tapFirst;
    const kernelStepY = tapStep;
    for (let phaseX = 0; phaseX < strideX; phaseX++) {
      findTaps(phaseX, kernelWidth, strideX, size(sizes, at.dilationX));
      setKernelTaps(kernelFirstY, kernelStepY, tapFirst, tapStep);
      setTaps(tapsY, fromY, byY, taps, readFirst, readStep);
      // the first pixel at or behind 0 in this phase, and its quotient
      const gridY = (((phaseY - top) % strideY) + strideY) % strideY;
      const gridX = (((phaseX - left) % strideX) + strideX) % strideX;
      const rows = max(0, (height - gridY + strideY - 1) / strideY);
      const columns = max(0, (width - gridX + strideX - 1) / strideX);
      setGrid(rows, columns, gridY, gridX, strideY, strideX);
      setBases((gridY + top - phaseY) / strideY, (gridX + left - phaseX) / strideX, 1, 1);
      if (rows == 0 || columns == 0) continue;
      for (let g = 0; g < groups; g++) {
        setKernel(offset(kernel, g * outGroup), filters, true);
        setKernelSize(kernelWidth, inGroup);
        setResult(offset(dx, g * inGroup), channels, 0, false, mask);
        product(skips, (<usize>(g * outGroup)) << 2, inGroup, images, scratch, part, parts);
      }
    }
  }
}
