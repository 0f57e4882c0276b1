/** The operations of words/pool.ts and words/pool-gradient.ts. Channels are the lanes. */
import { counted } from "../arrays/share";
import { address, begin, end, word } from "../operations/words";
import { loadTail, storeTail } from "../simd";
import * as gradientWords from "../words/pool-gradient";
import * as poolWords from "../words/pool";
import { size } from "./forward";
import * as at from "./layout";

// The window of one output pixel: its first row and column, and which of its rows and columns are inside of the image.
let y0: i32 = 0;
let y1: i32 = 0;
let x0: i32 = 0;
let x1: i32 = 0;

function window(sizes: usize, i: i32, j: i32): void {
  const top = i * size(sizes, at.strideY) - size(sizes, at.top);
  const left = j * size(sizes, at.strideX) - size(sizes, at.left);
  y0 = max(0, top);
  y1 = min(size(sizes, at.height), top + size(sizes, at.kernelHeight));
  x0 = max(0, left);
  x1 = min(size(sizes, at.width), left + size(sizes, at.kernelWidth));
}

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

export function pool(op: usize, batch: i32, part: i32, parts: i32): void {
  const sizes = address(op, poolWords.sizes);
  const mean = word(op, poolWords.mean) != 0;
  const outHeight = size(sizes, at.outHeight);
  const outWidth = size(sizes, at.outWidth);
  const channels = size(sizes, at.channels);
  const pixel = (<usize>channels) << 2;
  const line = <usize>size(sizes, at.width) * pixel;
  const image = <usize>size(sizes, at.height) * line;
  const rows = counted(op, poolWords.times, poolWords.perRow, batch) * outHeight;
  const to = end(rows, 1, part, parts);
  for (let row = begin(rows, 1, part, parts); row < to; row++) {
    const i = row / outHeight;
    const x = address(op, poolWords.x) + <usize>i * image;
    let y = address(op, poolWords.y) + <usize>(row * outWidth) * pixel;
    for (let j = 0; j < outWidth; j++) {
      window(sizes, row - i * outHeight, j);
      const count = f32x4.splat(<f32>((y1 - y0) * (x1 - x0)));
      for (let c = 0; c < channels; c += 4) {
        const lanes = min(4, channels - c);
        const skip = (<usize>c) << 2;
        let value = mean ? f32x4.splat(0) : f32x4.splat(-Infinity);
        for (let v = y0; v < y1; v++) {
          let from = x + <usize>v * line + <usize>x0 * pixel + skip;
          for (let u = x0; u < x1; u++) {
            const one = load(from, lanes);
            value = mean ? f32x4.add(value, one) : f32x4.max(value, one);
            from += pixel;
          }
        }
        store(y + skip, mean ? f32x4.div(value, count) : value, lanes);
      }
      y += pixel;
    }
  }
}

/** Each image's gradient is one thread's, because windows overlap. */
export function poolGradient(op: usize, batch: i32, part: i32, parts: i32): void {
  const sizes = address(op, gradientWords.sizes);
  const mean = word(op, gradientWords.mean) != 0;
  const outHeight = size(sizes, at.outHeight);
  const outWidth = size(sizes, at.outWidth);
  const channels = size(sizes, at.channels);
  const pixel = (<usize>channels) << 2;
  const line = <usize>size(sizes, at.width) * pixel;
  const image = <usize>size(sizes, at.height) * line;
  const images = counted(op, gradientWords.times, gradientWords.perRow, batch);
  const to = end(images, 1, part, parts);
  for (let i = begin(images, 1, part, parts); i < to; i++) {
    const dx = address(op, gradientWords.dx) + <usize>i * image;
    const x = address(op, gradientWords.x) + <usize>i * image;
    const out = <usize>(i * outHeight * outWidth) * pixel;
    memory.fill(dx, 0, image);
    let dy = address(op, gradientWords.dy) + out;
    let y = address(op, gradientWords.y) + out;
    for (let row = 0; row < outHeight; row++) {
      for (let j = 0; j < outWidth; j++) {
        window(sizes, row, j);
        const count = f32x4.splat(<f32>((y1 - y0) * (x1 - x0)));
        for (let c = 0; c < channels; c += 4) {
          const lanes = min(4, channels - c);
          const skip = (<usize>c) << 2;
          const gradient = load(dy + skip, lanes);
          const share = mean ? f32x4.div(gradient, count) : gradient;
          const largest = mean ? share : load(y + skip, lanes);
          // lanes that no element has had yet
          let free = i32x4.splat(-1);
          for (let v = y0; v < y1; v++) {
            let to = <usize>v * line + <usize>x0 * pixel + skip;
            for (let u = x0; u < x1; u++) {
              let own = share;
              if (!mean) {
                // not below: equal, or not a number
                const hit = v128.andnot(free, f32x4.lt(load(x + to, lanes), largest));
                own = v128.and(share, hit);
                free = v128.andnot(free, hit);
              }
              store(dx + to, f32x4.add(load(dx + to, lanes), own), lanes);
              to += pixel;
            }
          }
        }
        dy += pixel;
        y += pixel;
      }
    }
  }
}
