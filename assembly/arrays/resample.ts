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

/**
 * Where pixel (i, j) of the result comes from, along one axis: of the picture's pixels, `size`, and of the result's, of which it is `index`.
 * `matrix` has the three numbers of this axis; 0: the picture is resized.
 */
// @ts-ignore: decorator
@inline
function place(matrix: usize, i: i32, j: i32, index: i32, size: i32, outSize: i32, outside: i32, smooth: bool): f32 {
  const last = <f32>(size - 1);
  let at: f32;
  if (matrix) {
    at = f32.load(matrix) * <f32>j + f32.load(matrix, 4) * <f32>i + f32.load(matrix, 8);
  } else {
    at = (<f32>index + 0.5) * (<f32>size / <f32>outSize);
    // the nearest pixel is the one in which the place lies
    if (!smooth) return min(Mathf.floor(at), last);
    at -= 0.5;
  }
  return at >= 0 && at <= last ? at : inside(matrix ? outside : OUTSIDE_NEAREST, at, size);
}

/** The matrix's numbers of an axis, 0 across and 1 down. */
// @ts-ignore: decorator
@inline
function axis(matrices: usize, row: i32, which: i32): usize {
  return matrices ? offset(matrices, row * 6 + which * 3) : 0;
}

/** The pixel (i, j) of a picture at x; 0 if there is none. */
// @ts-ignore: decorator
@inline
function pixel(x: usize, i: i32, j: i32, height: i32, width: i32, channels: i32): usize {
  return i >= 0 && i < height && j >= 0 && j < width ? offset(x, (i * width + j) * channels) : 0;
}

// @ts-ignore: decorator
@inline
function load4(at: usize, c: i32, other: v128): v128 {
  return at ? v128.load(offset(at, c)) : other;
}

/** (a before + b right) above + (c before + d right) below: the same in each lane, and for one number. */
// @ts-ignore: decorator
@inline
function mixed(a: f32, b: f32, c: f32, d: f32, before: f32, right: f32, above: f32, below: f32): f32 {
  return above * (before * a + right * b) + below * (before * c + right * d);
}

// @ts-ignore: decorator
@inline
function load1(at: usize, c: i32, other: f32): f32 {
  return at ? f32.load(offset(at, c)) : other;
}

export function resample(op: usize, rows: i32, part: i32, parts: i32): void {
  const height = word(op, w.height);
  const width = word(op, w.width);
  const channels = word(op, w.channels);
  const outHeight = word(op, w.outHeight);
  const outWidth = word(op, w.outWidth);
  const smooth = word(op, w.smooth) == 1;
  const outside = word(op, w.outside);
  const value = scalar(op, w.value);
  const other = f32x4.splat(value);
  const matrices = address(op, w.matrix);
  const lines = rows * outHeight;
  const to = end(lines, 1, part, parts);
  for (let line = begin(lines, 1, part, parts); line < to; line++) {
    const row = line / outHeight;
    const i = line - row * outHeight;
    const x = offset(address(op, w.x), row * height * width * channels);
    const ofAcross = axis(matrices, row, 0);
    const ofDown = axis(matrices, row, 1);
    let y = offset(address(op, w.y), line * outWidth * channels);
    for (let j = 0; j < outWidth; j++, y = offset(y, channels)) {
      const down = place(ofDown, i, j, i, height, outHeight, outside, smooth);
      const across = place(ofAcross, i, j, j, width, outWidth, outside, smooth);
      if (!smooth) {
        const from = pixel(x, rounded(down), rounded(across), height, width, channels);
        if (from) for (let c = 0; c < channels; c++) f32.store(offset(y, c), f32.load(offset(from, c)));
        else fillLine(y, value, channels);
        continue;
      }
      const top = Mathf.floor(down);
      const left = Mathf.floor(across);
      const below = down - top;
      const above = top + 1 - down;
      const right = across - left;
      const before = left + 1 - across;
      const a = pixel(x, <i32>top, <i32>left, height, width, channels);
      const b = pixel(x, <i32>top, <i32>left + 1, height, width, channels);
      const c = pixel(x, <i32>top + 1, <i32>left, height, width, channels);
      const d = pixel(x, <i32>top + 1, <i32>left + 1, height, width, channels);
      let k = 0;
      for (; k + LANES <= channels; k += LANES) {
        const upper = f32x4.add(
          f32x4.mul(f32x4.splat(before), load4(a, k, other)),
          f32x4.mul(f32x4.splat(right), load4(b, k, other)),
        );
        const lower = f32x4.add(
          f32x4.mul(f32x4.splat(before), load4(c, k, other)),
          f32x4.mul(f32x4.splat(right), load4(d, k, other)),
        );
        v128.store(offset(y, k), f32x4.add(f32x4.mul(f32x4.splat(above), upper), f32x4.mul(f32x4.splat(below), lower)));
      }
      for (; k < channels; k++)
        f32.store(
          offset(y, k),
          mixed(
            load1(a, k, value),
            load1(b, k, value),
            load1(c, k, value),
            load1(d, k, value),
            before,
            right,
            above,
            below,
          ),
        );
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

export function resampleGradient(op: usize, rows: i32, part: i32, parts: i32): void {
  const height = word(op, backWords.height);
  const width = word(op, backWords.width);
  const channels = word(op, backWords.channels);
  const outHeight = word(op, backWords.outHeight);
  const outWidth = word(op, backWords.outWidth);
  const smooth = word(op, backWords.smooth) == 1;
  const outside = word(op, backWords.outside);
  const matrices = address(op, backWords.matrix);
  const size = height * width * channels;
  const to = end(rows, 1, part, parts);
  for (let row = begin(rows, 1, part, parts); row < to; row++) {
    const dx = offset(address(op, backWords.dx), row * size);
    fillLine(dx, 0, size);
    const ofAcross = axis(matrices, row, 0);
    const ofDown = axis(matrices, row, 1);
    let dy = offset(address(op, backWords.dy), row * outHeight * outWidth * channels);
    for (let i = 0; i < outHeight; i++) {
      for (let j = 0; j < outWidth; j++, dy = offset(dy, channels)) {
        const down = place(ofDown, i, j, i, height, outHeight, outside, smooth);
        const across = place(ofAcross, i, j, j, width, outWidth, outside, smooth);
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
