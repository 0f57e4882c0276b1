import { SUM_BLOCK } from "./codes";
import { LANES, loadTail } from "./simd";

/**
 * Sums in one fixed order, in float64: every element is widened before it is added, so a sum of a million float32 is
 * good to the last bit or two, and does not depend on threads.
 */

// @ts-ignore: decorator
@final @unmanaged
class Value {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    return x;
  }
}

// @ts-ignore: decorator
@final @unmanaged
class Square {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    return f64x2.mul(x, x);
  }
}

// @ts-ignore: decorator
@final @unmanaged
class Magnitude {
  // @ts-ignore: decorator
  @inline
  of(x: v128): v128 {
    return f64x2.abs(x);
  }
}

/** Lanes 2 and 3 of a float32 vector, widened. */
// @ts-ignore: decorator
@inline
export function promoteHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3));
}

/** The terms of one block, in eight lanes: element i in lane i % 8, four at the end in the first four. */
// @ts-ignore: decorator
@inline
function blockSum<T>(x: usize, n: i32): f64 {
  const term = changetype<T>(0);
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  let i = 0;
  for (; i <= n - 2 * LANES; i += 2 * LANES) {
    const low = v128.load(x + ((<usize>i) << 2));
    const high = v128.load(x + ((<usize>i) << 2), 16);
    a = f64x2.add(a, term.of(f64x2.promote_low_f32x4(low)));
    b = f64x2.add(b, term.of(promoteHigh(low)));
    c = f64x2.add(c, term.of(f64x2.promote_low_f32x4(high)));
    d = f64x2.add(d, term.of(promoteHigh(high)));
  }
  while (i < n) {
    const at = x + ((<usize>i) << 2);
    const low = n - i < LANES ? loadTail(at, n - i) : v128.load(at);
    a = f64x2.add(a, term.of(f64x2.promote_low_f32x4(low)));
    b = f64x2.add(b, term.of(promoteHigh(low)));
    i += LANES;
  }
  const total = f64x2.add(f64x2.add(a, c), f64x2.add(b, d));
  return f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
}

// @ts-ignore: decorator
@inline
function blockedSum<T>(x: usize, n: i32): f64 {
  let total: f64 = 0;
  for (let i = 0; i < n; i += SUM_BLOCK) total += blockSum<T>(x + ((<usize>i) << 2), min(SUM_BLOCK, n - i));
  return total;
}

/** The sum of x[n]. */
export function sum(x: usize, n: i32): f64 {
  return blockedSum<Value>(x, n);
}

/** The sum of the squares of x[n]. */
export function sumSquares(x: usize, n: i32): f64 {
  return blockedSum<Square>(x, n);
}

/** The sum of the magnitudes of x[n]. */
export function sumAbs(x: usize, n: i32): f64 {
  return blockedSum<Magnitude>(x, n);
}

/** The sum of values[i] * weights[i], in index order; `weights` 0 means ones. */
export function weightedSum(values: usize, weights: usize, n: i32): f64 {
  let total: f64 = 0;
  if (weights == 0) {
    for (let i = 0; i < n; i++) total += <f64>load<f32>(values + ((<usize>i) << 2));
  } else {
    for (let i = 0; i < n; i++) {
      const at = (<usize>i) << 2;
      total += <f64>load<f32>(values + at) * <f64>load<f32>(weights + at);
    }
  }
  return total;
}

/** Lanes 0 and 1 of a float32 vector as terms of a sum, in float64. */
// @ts-ignore: decorator
@inline
export function addLow(sum: v128, x: v128): v128 {
  return f64x2.add(sum, f64x2.promote_low_f32x4(x));
}

/** Lanes 2 and 3. */
// @ts-ignore: decorator
@inline
export function addHigh(sum: v128, x: v128): v128 {
  return f64x2.add(sum, promoteHigh(x));
}

/** Sums of 4 `vectors` columns, of which every row is read once; how many is a constant of the call. */
// @ts-ignore: decorator
@inline
function sumsOf(vectors: i32, out: usize, x: usize, rows: i32, stride: usize): void {
  let low0 = f64x2.splat(0);
  let high0 = low0;
  let low1 = low0;
  let high1 = low0;
  let low2 = low0;
  let high2 = low0;
  let low3 = low0;
  let high3 = low0;
  for (; rows > 0; rows--, x += stride) {
    const row = v128.load(x);
    low0 = addLow(low0, row);
    high0 = addHigh(high0, row);
    if (vectors > 1) {
      const row1 = v128.load(x, 16);
      const row2 = v128.load(x, 32);
      const row3 = v128.load(x, 48);
      low1 = addLow(low1, row1);
      high1 = addHigh(high1, row1);
      low2 = addLow(low2, row2);
      high2 = addHigh(high2, row2);
      low3 = addLow(low3, row3);
      high3 = addHigh(high3, row3);
    }
  }
  v128.store(out, demoted(low0, high0));
  if (vectors > 1) {
    v128.store(out, demoted(low1, high1), 16);
    v128.store(out, demoted(low2, high2), 32);
    v128.store(out, demoted(low3, high3), 48);
  }
}

// @ts-ignore: decorator
@inline
function demoted(low: v128, high: v128): v128 {
  return i32x4.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/**
 * out[c] = the sum over the rows, ascending, of x[r, c], for from <= c < to; `cols` is the row stride. Rounded to
 * float32 once, at the end. Threads split the columns.
 */
export function columnSums(out: usize, x: usize, rows: i32, cols: i32, from: i32, to: i32): void {
  const stride = (<usize>cols) << 2;
  const stop = out + ((<usize>to) << 2);
  out += (<usize>from) << 2;
  x += (<usize>from) << 2;
  // a cache line at a time: the additions of a column wait for each other, and lines read for few columns are read again
  for (; out + 64 <= stop; out += 64, x += 64) sumsOf(4, out, x, rows, stride);
  for (; out + 16 <= stop; out += 16, x += 16) sumsOf(1, out, x, rows, stride);
  for (; out < stop; out += 4, x += 4) {
    let total: f64 = 0;
    for (let r = 0, at = x; r < rows; r++, at += stride) total += <f64>load<f32>(at);
    store<f32>(out, <f32>total);
  }
}
