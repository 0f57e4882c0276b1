/** The operations of words/pool.ts and words/pool-gradient.ts. Channels are the lanes. */
import { counted } from "../arrays/share";
import { address, begin, end, word } from "../operations/words";
import { loadTail, storeTail } from "../simd";
import * as gradientWords from "../words/pool-gradient";
import * as poolWords from "../words/pool";
import { size } from "./geometry";
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

/** The largest value, or the mean, of `lanes` channels of the window; `mean` and `four` lanes are constants of the call. */
// @ts-ignore: decorator
@inline
function pooled(mean: bool, four: bool, x: usize, line: usize, pixel: usize, lanes: i32): v128 {
  let value = f32x4.splat(mean ? 0 : -Infinity);
  let missing = i32x4.splat(0);
  for (let v = y0; v < y1; v++) {
    let from = x + <usize>v * line + <usize>x0 * pixel;
    for (const end = from + <usize>(x1 - x0) * pixel; from != end; from += pixel) {
      const one = load(from, four ? 4 : lanes);
      if (mean) {
        value = f32x4.add(value, one);
      } else {
        // f32x4.max, which is NaN if one of them is, takes ten times as long
        value = f32x4.pmax(value, one);
        missing = v128.or(missing, f32x4.ne(one, one));
      }
    }
  }
  return mean ? f32x4.div(value, f32x4.splat(<f32>((y1 - y0) * (x1 - x0)))) : v128.or(value, missing);
}

/** An output pixel. */
// @ts-ignore: decorator
@inline
function pooledPixel(mean: bool, y: usize, x: usize, line: usize, pixel: usize): void {
  const whole = pixel & ~15;
  for (let c: usize = 0; c < whole; c += 16) v128.store(y + c, pooled(mean, true, x + c, line, pixel, 4));
  if (whole == pixel) return;
  const rest = <i32>((pixel - whole) >> 2);
  storeTail(y + whole, pooled(mean, false, x + whole, line, pixel, rest), rest);
}

function meanPixel(y: usize, x: usize, line: usize, pixel: usize): void {
  pooledPixel(true, y, x, line, pixel);
}

function largestPixel(y: usize, x: usize, line: usize, pixel: usize): void {
  pooledPixel(false, y, x, line, pixel);
}

export function pool(op: usize, batch: i32, part: i32, parts: i32): void {
  const sizes = address(op, poolWords.sizes);
  const mean = word(op, poolWords.mean) != 0;
  const outHeight = size(sizes, at.outHeight);
  const outWidth = size(sizes, at.outWidth);
  const pixel = (<usize>size(sizes, at.channels)) << 2;
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
      if (mean) meanPixel(y, x, line, pixel);
      else largestPixel(y, x, line, pixel);
      y += pixel;
    }
  }
}

/** Adds the gradient of `lanes` channels of an output pixel to those of its window. */
// @ts-ignore: decorator
@inline
function spread(
  mean: bool,
  four: bool,
  dx: usize,
  x: usize,
  line: usize,
  pixel: usize,
  gradient: v128,
  largest: v128,
  lanes: i32,
): void {
  const share = mean ? f32x4.div(gradient, f32x4.splat(<f32>((y1 - y0) * (x1 - x0)))) : gradient;
  // lanes that no element has had yet
  let free = i32x4.splat(-1);
  for (let v = y0; v < y1; v++) {
    let at = <usize>v * line + <usize>x0 * pixel;
    for (const end = at + <usize>(x1 - x0) * pixel; at != end; at += pixel) {
      let own = share;
      if (!mean) {
        // not below: equal, or not a number
        const hit = v128.andnot(free, f32x4.lt(load(x + at, four ? 4 : lanes), largest));
        own = v128.and(share, hit);
        free = v128.andnot(free, hit);
      }
      store(dx + at, f32x4.add(load(dx + at, four ? 4 : lanes), own), four ? 4 : lanes);
    }
  }
}

// @ts-ignore: decorator
@inline
function spreadPixel(mean: bool, dx: usize, x: usize, line: usize, pixel: usize, dy: usize, y: usize): void {
  const whole = pixel & ~15;
  for (let c: usize = 0; c < whole; c += 16) {
    const largest = mean ? f32x4.splat(0) : v128.load(y + c);
    spread(mean, true, dx + c, x + c, line, pixel, v128.load(dy + c), largest, 4);
  }
  if (whole == pixel) return;
  const rest = <i32>((pixel - whole) >> 2);
  const largest = mean ? f32x4.splat(0) : loadTail(y + whole, rest);
  spread(mean, false, dx + whole, x + whole, line, pixel, loadTail(dy + whole, rest), largest, rest);
}

function spreadMean(dx: usize, line: usize, pixel: usize, dy: usize): void {
  spreadPixel(true, dx, 0, line, pixel, dy, 0);
}

function spreadLargest(dx: usize, x: usize, line: usize, pixel: usize, dy: usize, y: usize): void {
  spreadPixel(false, dx, x, line, pixel, dy, y);
}

/** Each image's gradient is one thread's, because windows overlap. */
export function poolGradient(op: usize, batch: i32, part: i32, parts: i32): void {
  const sizes = address(op, gradientWords.sizes);
  const mean = word(op, gradientWords.mean) != 0;
  const height = size(sizes, at.height);
  const outHeight = size(sizes, at.outHeight);
  const outWidth = size(sizes, at.outWidth);
  const pixel = (<usize>size(sizes, at.channels)) << 2;
  const line = <usize>size(sizes, at.width) * pixel;
  const image = <usize>height * line;
  const images = counted(op, gradientWords.times, gradientWords.perRow, batch);
  const to = end(images, 1, part, parts);
  for (let i = begin(images, 1, part, parts); i < to; i++) {
    const dx = address(op, gradientWords.dx) + <usize>i * image;
    const x = address(op, gradientWords.x) + <usize>i * image;
    const out = <usize>(i * outHeight * outWidth) * pixel;
    let dy = address(op, gradientWords.dy) + out;
    let y = address(op, gradientWords.y) + out;
    // lines are cleared just before they are written to, while they are in the cache
    let cleared = 0;
    for (let row = 0; row < outHeight; row++) {
      for (let j = 0; j < outWidth; j++) {
        window(sizes, row, j);
        if (y1 > cleared) {
          memory.fill(dx + <usize>cleared * line, 0, <usize>(y1 - cleared) * line);
          cleared = y1;
        }
        if (mean) spreadMean(dx, line, pixel, dy);
        else spreadLargest(dx, x, line, pixel, dy, y);
        dy += pixel;
        y += pixel;
      }
    }
    memory.fill(dx + <usize>cleared * line, 0, <usize>(height - cleared) * line);
  }
}
