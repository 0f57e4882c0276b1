/**
 * Which pixels of a source image a pixel of the result is made of, for one thread: positions of kernel elements (taps) along each axis are
 * an arithmetic progression, and so are the source pixels that they read. A convolution has all its taps; the gradient by its input has,
 * for each phase of the stride, those whose distance the stride divides.
 *
 * These are globals of the instance, of which each thread has its own: they hold while one operation runs.
 */
import { append, ROW } from "../gemm/skip";

export let source: usize = 0;
export let sourceHeight: i32 = 0;
export let sourceWidth: i32 = 0;
/** Bytes of a pixel, of a row and of an image. */
export let pixel: usize = 0;
export let line: usize = 0;
export let image: usize = 0;
/** Channels that a tap reads. */
export let run: i32 = 0;
export let tapsY: i32 = 0;
export let tapsX: i32 = 0;
/** From the base of a pixel of the result to what its first tap reads, and from tap to tap. */
let firstY: i32 = 0;
let firstX: i32 = 0;
let stepY: i32 = 0;
let stepX: i32 = 0;
/** The taps of a row lie side by side in the source. */
let joined: bool = false;

export function setSource(x: usize, height: i32, width: i32, channels: i32, channelsRead: i32): void {
  source = x;
  sourceHeight = height;
  sourceWidth = width;
  pixel = (<usize>channels) << 2;
  line = <usize>width * pixel;
  image = <usize>height * line;
  run = channelsRead;
}

export function setTaps(ny: i32, fromY: i32, byY: i32, nx: i32, fromX: i32, byX: i32): void {
  tapsY = ny;
  firstY = fromY;
  stepY = byY;
  tapsX = nx;
  firstX = fromX;
  stepX = byX;
  joined = byX == 1 && (<usize>run) << 2 == pixel;
}

/** The pixel (y, x) of the image at `from`; 0 outside of it. */
// @ts-ignore: decorator
@inline
function at(from: usize, y: i32, x: i32): usize {
  const inside = <u32>y < <u32>sourceHeight && <u32>x < <u32>sourceWidth;
  return inside ? from + <usize>y * line + <usize>x * pixel : 0;
}

// @ts-ignore: decorator
@inline
function loadOr0(x: usize, skip: usize): v128 {
  return x ? v128.load(x + skip) : f32x4.splat(0);
}

/** Four rows of four become columns at `out`. */
// @ts-ignore: decorator
@inline
function transpose(out: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(out, v128.shuffle<f64>(low01, low23, 1, 3), 16);
  v128.store(out, v128.shuffle<f64>(high01, high23, 0, 2), 32);
  v128.store(out, v128.shuffle<f64>(high01, high23, 1, 3), 48);
}

/** Four runs of n floats become n columns of four at `out`; 0 is a run of zeros. Writes up to 48 bytes more. */
// @ts-ignore: decorator
@inline
function columns(out: usize, x0: usize, x1: usize, x2: usize, x3: usize, skip: usize, n: i32): void {
  const stop = out + ((<usize>n) << 4);
  if (x0 != 0 && x1 != 0 && x2 != 0 && x3 != 0) {
    x0 += skip;
    x1 += skip;
    x2 += skip;
    x3 += skip;
    for (; out < stop; out += 64) {
      transpose(out, v128.load(x0), v128.load(x1), v128.load(x2), v128.load(x3));
      x0 += 16;
      x1 += 16;
      x2 += 16;
      x3 += 16;
    }
  } else {
    for (; out < stop; out += 64, skip += 16)
      transpose(out, loadOr0(x0, skip), loadOr0(x1, skip), loadOr0(x2, skip), loadOr0(x3, skip));
  }
}

/** n columns of one channel: four floats side by side, each time one float further. `inside`: all of them are in the image. */
// @ts-ignore: decorator
@inline
function beside(out: usize, from: usize, px: i32, n: i32, inside: bool): void {
  const stop = out + ((<usize>n) << 4);
  if (inside) {
    for (; out < stop; out += 16, from += 4) v128.store(out, v128.load(from));
  } else {
    let at = i32x4.add(i32x4.splat(px), i32x4(0, 1, 2, 3));
    for (; out < stop; out += 16, from += 4) {
      v128.store(out, v128.and(v128.load(from), i32x4.lt_u(at, i32x4.splat(sourceWidth))));
      at = i32x4.add(at, i32x4.splat(1));
    }
  }
}

/**
 * The A panel (gemm/pack.ts) of the patches of four pixels in a row, `step` apart: elements k0 to k0 + kb of each, in the order of taps and
 * channels. The first one is its image's address, moved to its group's channels, and its base.
 */
export function packRow(out: usize, k0: i32, kb: i32, from: usize, y: i32, x: i32, step: i32): void {
  const end = k0 + kb;
  const left = x + firstX;
  const inside = joined && left >= 0 && left + 3 * step + tapsX <= sourceWidth;
  const single = joined && pixel == 4 && step == 1;
  // floats that lie side by side, and how many of them a row of taps has
  const floats = inside || single ? tapsX * run : run;
  const runs = inside || single ? 1 : tapsX;
  const apart = <usize>step * pixel;
  let skip = 0;
  let v = 0;
  let u = 0;
  // no tap reaches some phases of a stride: then there is nothing to divide by
  if (k0 > 0) {
    const which = k0 / floats;
    skip = k0 - which * floats;
    v = which / runs;
    u = which - v * runs;
  }
  for (let k = k0; k < end;) {
    const n = min(floats - skip, end - k);
    const py = y + firstY + v * stepY;
    const px = left + u * stepX;
    const x0 = from + <usize>py * line + <usize>px * pixel;
    const bytes = (<usize>skip) << 2;
    if (<u32>py >= <u32>sourceHeight) columns(out, 0, 0, 0, 0, 0, n);
    else if (single) beside(out, x0 + bytes, px + skip, n, inside);
    else if (inside) columns(out, x0, x0 + apart, x0 + 2 * apart, x0 + 3 * apart, bytes, n);
    else {
      const at0 = <u32>px < <u32>sourceWidth ? x0 : 0;
      const at1 = <u32>(px + step) < <u32>sourceWidth ? x0 + apart : 0;
      const at2 = <u32>(px + 2 * step) < <u32>sourceWidth ? x0 + 2 * apart : 0;
      const at3 = <u32>(px + 3 * step) < <u32>sourceWidth ? x0 + 3 * apart : 0;
      columns(out, at0, at1, at2, at3, bytes, n);
    }
    out += (<usize>n) << 4;
    k += n;
    skip = 0;
    if (++u == runs) {
      u = 0;
      v++;
    }
  }
}

/** The same of any four pixels. */
export function packPatches(
  out: usize,
  k0: i32,
  kb: i32,
  i0: usize,
  y0: i32,
  x0: i32,
  i1: usize,
  y1: i32,
  x1: i32,
  i2: usize,
  y2: i32,
  x2: i32,
  i3: usize,
  y3: i32,
  x3: i32,
): void {
  const end = k0 + kb;
  // the leftmost and the rightmost of the four
  const least = min(min(x0, x1), min(x2, x3)) + firstX;
  const most = max(max(x0, x1), max(x2, x3)) + firstX + tapsX;
  const inside = joined && least >= 0 && most <= sourceWidth;
  let channel = 0;
  let v = 0;
  let u = 0;
  if (k0 > 0) {
    const tap = k0 / run;
    channel = k0 - tap * run;
    v = tap / tapsX;
    u = tap - v * tapsX;
  }
  for (let k = k0; k < end;) {
    const dy = firstY + v * stepY;
    const dx = firstX + u * stepX;
    const n = min((inside ? (tapsX - u) * run : run) - channel, end - k);
    columns(
      out,
      at(i0, y0 + dy, x0 + dx),
      at(i1, y1 + dy, x1 + dx),
      at(i2, y2 + dy, x2 + dx),
      at(i3, y3 + dy, x3 + dx),
      (<usize>channel) << 2,
      n,
    );
    out += (<usize>n) << 4;
    k += n;
    channel = 0;
    u = inside ? tapsX : u + 1;
    if (u == tapsX) {
      u = 0;
      v++;
    }
  }
}

/**
 * Appends what is not zero of the patch of one pixel to a list (gemm/skip.ts): elements in the order of taps and channels, each of which
 * is a row of B. Returns the end of the list.
 */
export function listPatch(list: usize, from: usize, y: i32, x: i32): usize {
  const least = x + firstX;
  const inside = joined && least >= 0 && least + tapsX <= sourceWidth;
  let b: usize = 0;
  const floats = inside ? tapsX * run : run;
  const rowBytes = <usize>floats * ROW;
  for (let v = 0; v < tapsY; v++) {
    const py = y + firstY + v * stepY;
    if (<u32>py >= <u32>sourceHeight) {
      b += <usize>(tapsX * run) * ROW;
      continue;
    }
    const start = from + <usize>py * line;
    if (inside) {
      list = append(list, start + <usize>least * pixel, floats, b);
      b += rowBytes;
    } else {
      for (let u = 0, px = least; u < tapsX; u++, px += stepX, b += rowBytes)
        if (<u32>px < <u32>sourceWidth) list = append(list, start + <usize>px * pixel, floats, b);
    }
  }
  return list;
}
