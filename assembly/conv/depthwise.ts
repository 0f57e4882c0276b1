/** Convolutions in which each channel has a kernel of its own: channels are the lanes, and there is no product of matrices. */
import { begin, end } from "../operations/words";
import { loadTail, madd, storeTail } from "../simd";
import { size } from "./geometry";
import * as at from "./layout";

/** The vector of `lanes` (1 to 4) channels at x. */
// @ts-ignore: decorator
@inline
function load(x: usize, lanes: i32): v128 {
  return lanes == 4 ? v128.load(x) : loadTail(x, lanes);
}

// @ts-ignore: decorator
@inline
function store(x: usize, value: v128, lanes: i32): void {
  if (lanes == 4) v128.store(x, value);
  else storeTail(x, value, lanes);
}

/** The first index u from which `base + u step` is not negative, and the first from which it is not below `limit`, up to n. */
// @ts-ignore: decorator
@inline
function firstInside(base: i32, step: i32, n: i32): i32 {
  return base >= 0 ? 0 : min(n, (step - 1 - base) / step);
}

// @ts-ignore: decorator
@inline
function firstBeyond(base: i32, step: i32, n: i32, limit: i32): i32 {
  return base >= limit ? 0 : min(n, (limit - 1 - base) / step + 1);
}

export function depthwise(
  y: usize,
  x: usize,
  kernel: usize,
  bias: usize,
  relu: bool,
  sizes: usize,
  images: i32,
  part: i32,
  parts: i32,
): void {
  const height = size(sizes, at.height);
  const width = size(sizes, at.width);
  const channels = size(sizes, at.channels);
  const outHeight = size(sizes, at.outHeight);
  const outWidth = size(sizes, at.outWidth);
  const kernelHeight = size(sizes, at.kernelHeight);
  const kernelWidth = size(sizes, at.kernelWidth);
  const dilationY = size(sizes, at.dilationY);
  const dilationX = size(sizes, at.dilationX);
  const pixel = (<usize>channels) << 2;
  const line = <usize>width * pixel;
  const rows = images * outHeight;
  const to = end(rows, 1, part, parts);
  for (let row = begin(rows, 1, part, parts); row < to; row++) {
    const image = row / outHeight;
    const top = (row - image * outHeight) * size(sizes, at.strideY) - size(sizes, at.top);
    const v0 = firstInside(top, dilationY, kernelHeight);
    const v1 = firstBeyond(top, dilationY, kernelHeight, height);
    const from = x + <usize>(image * height) * line;
    let out = y + <usize>(row * outWidth) * pixel;
    for (let j = 0; j < outWidth; j++) {
      const left = j * size(sizes, at.strideX) - size(sizes, at.left);
      const u0 = firstInside(left, dilationX, kernelWidth);
      const u1 = firstBeyond(left, dilationX, kernelWidth, width);
      for (let c = 0; c < channels; c += 4) {
        const lanes = min(4, channels - c);
        const skip = (<usize>c) << 2;
        let sum = f32x4.splat(0);
        for (let v = v0; v < v1; v++) {
          let w = kernel + <usize>(v * kernelWidth + u0) * pixel + skip;
          let a = from + <usize>(top + v * dilationY) * line + <usize>(left + u0 * dilationX) * pixel + skip;
          for (let u = u0; u < u1; u++) {
            sum = madd(load(a, lanes), load(w, lanes), sum);
            w += pixel;
            a += <usize>dilationX * pixel;
          }
        }
        if (bias) sum = f32x4.add(sum, load(bias + skip, lanes));
        if (relu) sum = f32x4.pmax(sum, f32x4.splat(0));
        store(out + skip, sum, lanes);
      }
      out += pixel;
    }
  }
}

export function depthwiseInputGradient(
  dx: usize,
  dz: usize,
  kernel: usize,
  mask: usize,
  sizes: usize,
  images: i32,
  part: i32,
  parts: i32,
): void {
  const height = size(sizes, at.height);
  const width = size(sizes, at.width);
  const channels = size(sizes, at.channels);
  const outHeight = size(sizes, at.outHeight);
  const outWidth = size(sizes, at.outWidth);
  const kernelHeight = size(sizes, at.kernelHeight);
  const kernelWidth = size(sizes, at.kernelWidth);
  const strideY = size(sizes, at.strideY);
  const strideX = size(sizes, at.strideX);
  const dilationY = size(sizes, at.dilationY);
  const dilationX = size(sizes, at.dilationX);
  const pixel = (<usize>channels) << 2;
  const rows = images * height;
  const to = end(rows, 1, part, parts);
  for (let row = begin(rows, 1, part, parts); row < to; row++) {
    const image = row / height;
    const y = row - image * height + size(sizes, at.top);
    let out = dx + <usize>(row * width) * pixel;
    for (let j = 0; j < width; j++) {
      const x = j + size(sizes, at.left);
      for (let c = 0; c < channels; c += 4) {
        const lanes = min(4, channels - c);
        const skip = (<usize>c) << 2;
        let sum = f32x4.splat(0);
        for (let v = kernelHeight - 1; v >= 0; v--) {
          const above = y - v * dilationY;
          const i = above / strideY;
          if (above < 0 || i * strideY != above || i >= outHeight) continue;
          for (let u = kernelWidth - 1; u >= 0; u--) {
            const before = x - u * dilationX;
            const k = before / strideX;
            if (before < 0 || k * strideX != before || k >= outWidth) continue;
            const from = dz + <usize>((image * outHeight + i) * outWidth + k) * pixel + skip;
            sum = madd(load(from, lanes), load(kernel + <usize>(v * kernelWidth + u) * pixel + skip, lanes), sum);
          }
        }
        if (mask) sum = v128.and(sum, f32x4.gt(load(out + skip + mask, lanes), f32x4.splat(0)));
        store(out + skip, sum, lanes);
      }
      out += pixel;
    }
  }
}

/** Sums are made row by row of the output, and these are added in order. */
export function depthwiseKernelGradient(
  dkernel: usize,
  x: usize,
  dz: usize,
  sizes: usize,
  images: i32,
  part: i32,
  parts: i32,
): void {
  const height = size(sizes, at.height);
  const width = size(sizes, at.width);
  const channels = size(sizes, at.channels);
  const outHeight = size(sizes, at.outHeight);
  const outWidth = size(sizes, at.outWidth);
  const kernelHeight = size(sizes, at.kernelHeight);
  const kernelWidth = size(sizes, at.kernelWidth);
  const strideX = size(sizes, at.strideX);
  const pixel = (<usize>channels) << 2;
  const step = <usize>strideX * pixel;
  const stop = end(channels, 4, part, parts);
  for (let c = begin(channels, 4, part, parts); c < stop; c += 4) {
    const lanes = min(4, channels - c);
    const skip = (<usize>c) << 2;
    for (let tap = 0; tap < kernelHeight * kernelWidth; tap++) {
      store(dkernel + <usize>tap * pixel + skip, f32x4.splat(0), lanes);
    }
    for (let row = 0; row < images * outHeight; row++) {
      const image = row / outHeight;
      const top = (row - image * outHeight) * size(sizes, at.strideY) - size(sizes, at.top);
      const from = dz + <usize>(row * outWidth) * pixel + skip;
      for (let v = 0; v < kernelHeight; v++) {
        const y = top + v * size(sizes, at.dilationY);
        if (<u32>y >= <u32>height) continue;
        for (let u = 0; u < kernelWidth; u++) {
          const first = u * size(sizes, at.dilationX) - size(sizes, at.left);
          const low = firstInside(first, strideX, outWidth);
          const high = firstBeyond(first, strideX, outWidth, width);
          let a = x + <usize>((image * height + y) * width + first + low * strideX) * pixel + skip;
          let b = from + <usize>low * pixel;
          let sum = f32x4.splat(0);
          for (let j = low; j < high; j++) {
            sum = madd(load(a, lanes), load(b, lanes), sum);
            a += step;
            b += pixel;
          }
          const out = dkernel + <usize>(v * kernelWidth + u) * pixel + skip;
          store(out, f32x4.add(load(out, lanes), sum), lanes);
        }
      }
    }
  }
}
