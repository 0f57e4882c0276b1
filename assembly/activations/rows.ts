/**
 * Reductions over one row, in one fixed order: lane i adds the elements i, i + 4, i + 8 ..., then the lanes are combined as
 * (0 + 2) + (1 + 3). The last one to three elements use the lanes that they would have in a longer row; the others get the neutral
 * element. Functions, not inlined: V8 keeps the constants of a loop in registers only when there is little else around it.
 */
import { loadTail, storeTail } from "../simd";
import { vexpFlushed } from "../math";

/** The next `left` elements, at most four; the other lanes are zero. */
// @ts-ignore: decorator
@inline
export function loadRest(ptr: usize, left: i32): v128 {
  return left >= 4 ? v128.load(ptr) : loadTail(ptr, left);
}

/** Writes the first `left` lanes, at most four. */
// @ts-ignore: decorator
@inline
export function storeRest(ptr: usize, x: v128, left: i32): void {
  if (left >= 4) v128.store(ptr, x);
  else storeTail(ptr, x, left);
}

/** All ones in the first `left` lanes. */
// @ts-ignore: decorator
@inline
function laneMask(left: i32): v128 {
  return i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3));
}

/** `x` with the lanes from `left` on set to zero. */
// @ts-ignore: decorator
@inline
export function keepRest(x: v128, left: i32): v128 {
  return left >= 4 ? x : v128.and(x, laneMask(left));
}

/** (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  const pairs = f32x4.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** The greatest of x[cols], cols >= 1. It may miss a NaN, which shows in the sum that follows. */
export function rowMax(x: usize, cols: i32): f32 {
  const end = x + ((<usize>(cols & ~3)) << 2);
  const left = cols & 3;
  let max = f32x4.splat(f32.NEGATIVE_INFINITY);
  for (; x < end; x += 16) max = f32x4.pmax(max, v128.load(x));
  if (left) max = f32x4.pmax(max, v128.bitselect(loadTail(x, left), max, laneMask(left)));
  max = f32x4.pmax(max, i32x4.shuffle(max, max, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(max, i32x4.shuffle(max, max, 1, 0, 3, 2)), 0);
}

/** The sum of x[cols]. */
export function rowSum(x: usize, cols: i32): f32 {
  const end = x + ((<usize>(cols & ~3)) << 2);
  const left = cols & 3;
  let sum = f32x4.splat(0);
  for (; x < end; x += 16) sum = f32x4.add(sum, v128.load(x));
  if (left) sum = f32x4.add(sum, loadTail(x, left));
  return sumLanes(sum);
}

/** out[c] = e^(x[c] - max), zero below TINY; returns their sum. `out` may be `x`, or 0 to compute the sum alone. */
export function rowExp(out: usize, x: usize, cols: i32, max: f32): f32 {
  const end: usize = (<usize>(cols & ~3)) << 2;
  const left = cols & 3;
  const top = f32x4.splat(max);
  let sum = f32x4.splat(0);
  for (let at: usize = 0; at < end; at += 16) {
    const e = vexpFlushed(f32x4.sub(v128.load(x + at), top));
    if (out) v128.store(out + at, e);
    sum = f32x4.add(sum, e);
  }
  if (left) {
    const e = vexpFlushed(f32x4.sub(loadTail(x + end, left), top));
    if (out) storeTail(out + end, e, left);
    sum = f32x4.add(sum, v128.and(e, laneMask(left)));
  }
  return sumLanes(sum);
}
