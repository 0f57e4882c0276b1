/** Pictures between their pixels: words/resample.ts and words/resample-gradient.ts. Places are those of TensorFlow's kernels. */
import { OUTSIDE_CONSTANT, OUTSIDE_NEAREST, OUTSIDE_REFLECT, OUTSIDE_WRAP } from "../codes";
import { address, begin, end, offset, scalar, word } from "../operations/words";
import { LANES, loadTail, storeTail } from "../simd";
import * as w from "../words/resample";
import * as backWords from "../words/resample-gradient";
import { fillLine } from "./line";

/** Beyond this a picture has no pixels; it keeps the conversion to an integer safe. NaN becomes it too. */
const FAR: f32 = 1e6;

/** A place on an axis of `size` pixels, brought inside as `outside` says. */
function inside(outside: i32, place: f32, size: i32): f32 {
  const at = place > -FAR ? min(place, FAR) : -FAR;
  if (outside == OUTSIDE_CONSTANT) return at;
  const last = <f32>(size - 1);
  let moved = at;
  if (outside == OUTSIDE_REFLECT) {
    const twice = 2 * size;
    if (at < 0) {
      if (at < <f32>twice) moved = <f32>(twice * <i32>(-at / <f32>twice)) + at;
      moved = moved < <f32>-size ? moved + <f32>twice : -moved - 1;
    } else if (at > last) {
      moved = at - <f32>(twice * <i32>(at / <f32>twice));
      if (moved >= <f32>size) moved = <f32>twice - moved - 1;
    }
  } else if (outside == OUTSIDE_WRAP && size > 1) {
    if (at < 0) moved = at + <f32>(size * (<i32>(-at / last) + 1));
    else if (at > last) moved = at - <f32>(size * <i32>(at / last));
  }
  return max(0, min(moved, last));
}

/** The nearest integer, of two the one further from 0, as C rounds. */
// @ts-ignore: decorator
@inline
function rounded(x: f32): i32 {
  return <i32>(x < 0 ? Mathf.ceil(x - 0.5) : Mathf.floor(x + 0.5));
}

/** Where pixel (i, j) comes from: the place down at `out`, that across 4 bytes behind. */
// @ts-ignore: decorator
@inline
function place(op: usize, matrix: usize, i: i32, j: i32, height: i32, width: i32, smooth: bool, out: usize): void {
  if (!matrix) {
    const down = (<f32>i + 0.5) * (<f32>height / <f32>word(op, w.outHeight));
    const across = (<f32>j + 0.5) * (<f32>width / <f32>word(op, w.outWidth));
    // the nearest pixel is the one in which the place lies
    const half: f32 = smooth ? 0.5 : 0;
    f32.store(out, smooth ? inside(OUTSIDE_NEAREST, down - half, height) : min(Mathf.floor(down), <f32>(height - 1)));
    f32.store(
      out,
      smooth ? inside(OUTSIDE_NEAREST, across - half, width) : min(Mathf.floor(across), <f32>(width - 1)),
      4,
    );
    return;
  }
  const outside = word(op, w.outside);
  const across = f32.load(matrix) * <f32>j + f32.load(matrix, 4) * <f32>i + f32.load(matrix, 8);
  const down = f32.load(matrix, 12) * <f32>j + f32.load(matrix, 16) * <f32>i + f32.load(matrix, 20);
  f32.store(out, inside(outside, down, height));
  f32.store(out, inside(outside, across, width), 4);
}

/** The pixel (i, j) of a picture at x; 0 if there is none. */
// @ts-ignore: decorator
@inline
function pixel(x: usize, i: i32, j: i32, height: i32, width: i32, channels: i32): usize {
  return i >= 0 && i < height && j >= 0 && j < width ? offset(x, (i * width + j) * channels) : 0;
}

// @ts-ignore: decorator
@inline
function load4(at: usize, c: i32, count: i32, other: v128): v128 {
  if (!at) return other;
  return count < LANES ? loadTail(offset(at, c), count) : v128.load(offset(at, c));
}

export function resample(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const height = word(op, w.height);
  const width = word(op, w.width);
  const channels = word(op, w.channels);
  const outHeight = word(op, w.outHeight);
  const outWidth = word(op, w.outWidth);
  const smooth = word(op, w.smooth) == 1;
  const value = scalar(op, w.value);
  const other = f32x4.splat(value);
  const matrices = address(op, w.matrix);
  const lines = rows * outHeight;
  const to = end(lines, 1, part, parts);
  for (let line = begin(lines, 1, part, parts); line < to; line++) {
    const row = line / outHeight;
    const i = line - row * outHeight;
    const x = offset(address(op, w.x), row * height * width * channels);
    const matrix = offset(matrices, row * 6);
    let y = offset(address(op, w.y), line * outWidth * channels);
    for (let j = 0; j < outWidth; j++, y = offset(y, channels)) {
      place(op, matrix, i, j, height, width, smooth, scratch);
      const down = f32.load(scratch);
      const across = f32.load(scratch, 4);
      if (!smooth) {
        const from = pixel(x, rounded(down), rounded(across), height, width, channels);
        if (from) for (let c = 0; c < channels; c++) f32.store(offset(y, c), f32.load(offset(from, c)));
        else fillLine(y, value, channels);
        continue;
      }
      const top = Mathf.floor(down);
      const left = Mathf.floor(across);
      const below = f32x4.splat(down - top);
      const above = f32x4.splat(top + 1 - down);
      const right = f32x4.splat(across - left);
      const before = f32x4.splat(left + 1 - across);
      const a = pixel(x, <i32>top, <i32>left, height, width, channels);
      const b = pixel(x, <i32>top, <i32>left + 1, height, width, channels);
      const c = pixel(x, <i32>top + 1, <i32>left, height, width, channels);
      const d = pixel(x, <i32>top + 1, <i32>left + 1, height, width, channels);
      for (let k = 0; k < channels; k += LANES) {
        const count = channels - k;
        const upper = f32x4.add(
          f32x4.mul(before, load4(a, k, count, other)),
          f32x4.mul(right, load4(b, k, count, other)),
        );
        const lower = f32x4.add(
          f32x4.mul(before, load4(c, k, count, other)),
          f32x4.mul(right, load4(d, k, count, other)),
        );
        const mixed = f32x4.add(f32x4.mul(above, upper), f32x4.mul(below, lower));
        if (count < LANES) storeTail(offset(y, k), mixed, count);
        else v128.store(offset(y, k), mixed);
      }
    }
  }
}

/** at += weight dy for `channels` numbers, where `at` is a pixel. */
function addTo(at: usize, dy: usize, weight: f32, channels: i32): void {
  if (!at) return;
  const by = f32x4.splat(weight);
  for (let k = 0; k < channels; k += LANES) {
    const count = channels - k;
    const to = offset(at, k);
    if (count < LANES)
      storeTail(to, f32x4.add(loadTail(to, count), f32x4.mul(by, loadTail(offset(dy, k), count))), count);
    else v128.store(to, f32x4.add(v128.load(to), f32x4.mul(by, v128.load(offset(dy, k)))));
  }
}

export function resampleGradient(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const height = word(op, backWords.height);
  const width = word(op, backWords.width);
  const channels = word(op, backWords.channels);
  const outHeight = word(op, backWords.outHeight);
  const outWidth = word(op, backWords.outWidth);
  const smooth = word(op, backWords.smooth) == 1;
  const size = height * width * channels;
  const to = end(rows, 1, part, parts);
  for (let row = begin(rows, 1, part, parts); row < to; row++) {
    const dx = offset(address(op, backWords.dx), row * size);
    fillLine(dx, 0, size);
    const matrix = offset(address(op, backWords.matrix), row * 6);
    let dy = offset(address(op, backWords.dy), row * outHeight * outWidth * channels);
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++, dy = offset(dy, channels)) {
        place(op, matrix, i, j, height, width, smooth, scratch);
        const down = f32.load(scratch);
        const across = f32.load(scratch, 4);
        if (!smooth) {
          addTo(pixel(dx, rounded(down), rounded(across), height, width, channels), dy, 1, channels);
          continue;
        }
        const top = Mathf.floor(down);
        const left = Mathf.floor(across);
        for (let corner = 0; corner < 4; corner++) {
          const v = corner >> 1;
          const u = corner & 1;
          const weight = (v ? down - top : top + 1 - down) * (u ? across - left : left + 1 - across);
          addTo(pixel(dx, <i32>top + v, <i32>left + u, height, width, channels), dy, weight, channels);
        }
      }
    }
  }
}
