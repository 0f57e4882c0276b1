/** Largest and smallest numbers over an axis, and where the largest is. Order does not matter, so lanes take any element. */
import { LANES, storeTail } from "../simd";

// @ts-ignore: decorator
@inline
function extreme(largest: bool, a: v128, b: v128): v128 {
  return largest ? f32x4.max(a, b) : f32x4.min(a, b);
}

/** The largest (or smallest) of x[count]; NaN if there is one. */
// @ts-ignore: decorator
@inline
function extremeOf(largest: bool, x: usize, count: i32): f32 {
  let a = f32x4.splat(largest ? f32.NEGATIVE_INFINITY : f32.POSITIVE_INFINITY);
  let b = a;
  let c = 0;
  for (; c <= count - 2 * LANES; c += 2 * LANES, x += 32) {
    a = extreme(largest, a, v128.load(x));
    b = extreme(largest, b, v128.load(x, 16));
  }
  for (; c < count; c++, x += 4) a = extreme(largest, a, v128.load32_splat(x));
  a = extreme(largest, a, b);
  a = extreme(largest, a, i32x4.shuffle(a, a, 2, 3, 0, 1));
  a = extreme(largest, a, i32x4.shuffle(a, a, 1, 0, 3, 2));
  return f32x4.extract_lane(a, 0);
}

export function largestOf(x: usize, count: i32): f32 {
  return extremeOf(true, x, count);
}

export function smallestOf(x: usize, count: i32): f32 {
  return extremeOf(false, x, count);
}

/** y[i] = the largest (or smallest) over c < count of x[c, i] for i < n, rows `stride` floats apart. May read 12 bytes past an edge. */
// @ts-ignore: decorator
@inline
function columnExtremes(largest: bool, y: usize, x: usize, count: i32, stride: i32, n: i32): void {
  const row = (<usize>stride) << 2;
  const none = f32x4.splat(largest ? f32.NEGATIVE_INFINITY : f32.POSITIVE_INFINITY);
  let i = 0;
  for (; i <= n - 4 * LANES; i += 4 * LANES) {
    let at = x + ((<usize>i) << 2);
    let p = none;
    let q = none;
    let r = none;
    let s = none;
    for (let c = 0; c < count; c++, at += row) {
      p = extreme(largest, p, v128.load(at));
      q = extreme(largest, q, v128.load(at, 16));
      r = extreme(largest, r, v128.load(at, 32));
      s = extreme(largest, s, v128.load(at, 48));
    }
    const out = y + ((<usize>i) << 2);
    v128.store(out, p);
    v128.store(out, q, 16);
    v128.store(out, r, 32);
    v128.store(out, s, 48);
  }
  for (; i < n; i += LANES) {
    let at = x + ((<usize>i) << 2);
    let p = none;
    for (let c = 0; c < count; c++, at += row) p = extreme(largest, p, v128.load(at));
    if (n - i < LANES) storeTail(y + ((<usize>i) << 2), p, n - i);
    else v128.store(y + ((<usize>i) << 2), p);
  }
}

export function columnLargest(y: usize, x: usize, count: i32, stride: i32, n: i32): void {
  columnExtremes(true, y, x, count, stride, n);
}

export function columnSmallest(y: usize, x: usize, count: i32, stride: i32, n: i32): void {
  columnExtremes(false, y, x, count, stride, n);
}

/** Integers that sort like these floats: -0 is 0, and NaN comes last. */
// @ts-ignore: decorator
@inline
function ranked(x: v128): v128 {
  const bits = v128.andnot(x, f32x4.eq(x, f32x4.splat(0)));
  const rank = v128.xor(bits, i32x4.shr_u(i32x4.shr_s(bits, 31), 1));
  return v128.bitselect(i32x4.splat(i32.MAX_VALUE), rank, f32x4.ne(x, x));
}

/** y[i] = the first c for which x[c, i] is largest, for i < n. A NaN is larger than all. May read 12 bytes past an edge. */
export function columnArgMax(y: usize, x: usize, count: i32, stride: i32, n: i32): void {
  const row = (<usize>stride) << 2;
  for (let i = 0; i < n; i += LANES) {
    let at = x + ((<usize>i) << 2);
    let best = ranked(v128.load(at));
    let where = i32x4.splat(0);
    for (let c = 1; c < count; c++) {
      at += row;
      const rank = ranked(v128.load(at));
      where = v128.bitselect(i32x4.splat(c), where, i32x4.gt_s(rank, best));
      best = i32x4.max_s(best, rank);
    }
    const indices = f32x4.convert_i32x4_s(where);
    if (n - i < LANES) storeTail(y + ((<usize>i) << 2), indices, n - i);
    else v128.store(y + ((<usize>i) << 2), indices);
  }
}

/** The first c for which x[c] is largest: first within each lane, then the smallest index among lanes with equal values. */
export function argMaxOf(x: usize, count: i32): f32 {
  let best = i32x4.splat(i32.MIN_VALUE);
  let where = i32x4.splat(i32.MAX_VALUE);
  let index = i32x4(0, 1, 2, 3);
  let c = 0;
  for (; c <= count - LANES; c += LANES, x += 16) {
    const rank = ranked(v128.load(x));
    where = v128.bitselect(index, where, i32x4.gt_s(rank, best));
    best = i32x4.max_s(best, rank);
    index = i32x4.add(index, i32x4.splat(LANES));
  }
  for (; c < count; c++, x += 4) {
    const rank = ranked(v128.load32_splat(x));
    where = v128.bitselect(i32x4.splat(c), where, i32x4.gt_s(rank, best));
    best = i32x4.max_s(best, rank);
  }
  let largest = i32x4.max_s(best, i32x4.shuffle(best, best, 2, 3, 0, 1));
  largest = i32x4.max_s(largest, i32x4.shuffle(largest, largest, 1, 0, 3, 2));
  let first = v128.bitselect(where, i32x4.splat(i32.MAX_VALUE), i32x4.eq(best, largest));
  first = i32x4.min_s(first, i32x4.shuffle(first, first, 2, 3, 0, 1));
  first = i32x4.min_s(first, i32x4.shuffle(first, first, 1, 0, 3, 2));
  return <f32>i32x4.extract_lane(first, 0);
}
