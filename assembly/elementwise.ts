import { loadLanes, storeLanes } from "./lanes";
import { LANES } from "./simd";

/** Elementwise arithmetic over n floats. `out` may be any of the inputs. */

/** out = x * factor */
export function scale(out: usize, x: usize, n: i32, factor: f32): void {
  const by = f32x4.splat(factor);
  let i = 0;
  for (; i < (n & ~3); i += LANES) scaleAt(out, x, i, by, LANES);
  for (; i < n; i++) scaleAt(out, x, i, by, 1);
}

// @ts-ignore: decorator
@inline
function scaleAt(out: usize, x: usize, i: i32, by: v128, count: i32): void {
  const at = (<usize>i) << 2;
  storeLanes(out + at, f32x4.mul(loadLanes(x + at, count), by), count);
}

/** out = x, clamped to ±limit. NaN stays NaN: pmin and pmax keep it in this order. */
export function clip(out: usize, x: usize, n: i32, limit: f32): void {
  const high = f32x4.splat(limit);
  const low = f32x4.neg(high);
  let i = 0;
  for (; i < (n & ~3); i += LANES) clipAt(out, x, i, low, high, LANES);
  for (; i < n; i++) clipAt(out, x, i, low, high, 1);
}

// @ts-ignore: decorator
@inline
function clipAt(out: usize, x: usize, i: i32, low: v128, high: v128, count: i32): void {
  const at = (<usize>i) << 2;
  storeLanes(out + at, f32x4.pmin(f32x4.pmax(loadLanes(x + at, count), low), high), count);
}

/** out += factor * x */
export function axpy(out: usize, x: usize, n: i32, factor: f32): void {
  const by = f32x4.splat(factor);
  let i = 0;
  for (; i < (n & ~3); i += LANES) axpyAt(out, x, i, by, LANES);
  for (; i < n; i++) axpyAt(out, x, i, by, 1);
}

// @ts-ignore: decorator
@inline
function axpyAt(out: usize, x: usize, i: i32, by: v128, count: i32): void {
  const at = (<usize>i) << 2;
  storeLanes(out + at, f32x4.add(loadLanes(out + at, count), f32x4.mul(loadLanes(x + at, count), by)), count);
}

/** gradient += l1 * sign(w) + 2 * l2 * w, the derivative of l1 * sum(abs(w)) + l2 * sum(w^2); sign(0) is 0. */
export function penaltyGradient(gradient: usize, w: usize, n: i32, l1: f32, l2: f32): void {
  const first = f32x4.splat(l1);
  const second = f32x4.splat(2 * l2);
  let i = 0;
  for (; i < (n & ~3); i += LANES) penaltyAt(gradient, w, i, first, second, LANES);
  for (; i < n; i++) penaltyAt(gradient, w, i, first, second, 1);
}

// @ts-ignore: decorator
@inline
function penaltyAt(gradient: usize, w: usize, i: i32, l1: v128, twiceL2: v128, count: i32): void {
  const at = (<usize>i) << 2;
  const weight = loadLanes(w + at, count);
  const signed = v128.xor(l1, v128.and(weight, i32x4.splat(i32.MIN_VALUE)));
  const slope = v128.and(signed, f32x4.ne(weight, f32x4.splat(0)));
  const penalty = f32x4.add(slope, f32x4.mul(weight, twiceL2));
  storeLanes(gradient + at, f32x4.add(loadLanes(gradient + at, count), penalty), count);
}

// @ts-ignore: decorator
@final @unmanaged
class Sum {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.add(a, b);
  }
}

// @ts-ignore: decorator
@final @unmanaged
class Difference {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.sub(a, b);
  }
}

// @ts-ignore: decorator
@final @unmanaged
class Product {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.mul(a, b);
  }
}

// @ts-ignore: decorator
@final @unmanaged
class Quotient {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 {
    return f32x4.div(a, b);
  }
}

// @ts-ignore: decorator
@inline
function combineAt<T>(out: usize, a: usize, b: usize, i: i32, count: i32): void {
  const at = (<usize>i) << 2;
  storeLanes(out + at, changetype<T>(0).of(loadLanes(a + at, count), loadLanes(b + at, count)), count);
}

// @ts-ignore: decorator
@inline
function combine<T>(out: usize, a: usize, b: usize, n: i32): void {
  let i = 0;
  for (; i < (n & ~3); i += LANES) combineAt<T>(out, a, b, i, LANES);
  for (; i < n; i++) combineAt<T>(out, a, b, i, 1);
}

/** out = a + b */
export function add(out: usize, a: usize, b: usize, n: i32): void {
  combine<Sum>(out, a, b, n);
}

/** out = a - b */
export function subtract(out: usize, a: usize, b: usize, n: i32): void {
  combine<Difference>(out, a, b, n);
}

/** out = a * b */
export function multiply(out: usize, a: usize, b: usize, n: i32): void {
  combine<Product>(out, a, b, n);
}

/** out = a / b */
export function divide(out: usize, a: usize, b: usize, n: i32): void {
  combine<Quotient>(out, a, b, n);
}

/** out[cols, rows] = the transpose of x[rows, cols]; `out` is not `x`. Four by four in registers, the edges one by one. */
export function transpose(out: usize, x: usize, rows: i32, cols: i32): void {
  const from = (<usize>cols) << 2;
  const to = (<usize>rows) << 2;
  const wholeRows = rows & ~3;
  const wholeCols = cols & ~3;
  for (let r = 0; r < wholeRows; r += LANES) {
    for (let c = 0; c < wholeCols; c += LANES) {
      const source = x + <usize>r * from + ((<usize>c) << 2);
      const target = out + <usize>c * to + ((<usize>r) << 2);
      const x0 = v128.load(source);
      const x1 = v128.load(source + from);
      const x2 = v128.load(source + 2 * from);
      const x3 = v128.load(source + 3 * from);
      const low01 = i32x4.shuffle(x0, x1, 0, 4, 1, 5);
      const low23 = i32x4.shuffle(x2, x3, 0, 4, 1, 5);
      const high01 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
      const high23 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
      v128.store(target, i64x2.shuffle(low01, low23, 0, 2));
      v128.store(target + to, i64x2.shuffle(low01, low23, 1, 3));
      v128.store(target + 2 * to, i64x2.shuffle(high01, high23, 0, 2));
      v128.store(target + 3 * to, i64x2.shuffle(high01, high23, 1, 3));
    }
  }
  for (let r = 0; r < rows; r++) {
    for (let c = r < wholeRows ? wholeCols : 0; c < cols; c++) {
      store<f32>(out + <usize>c * to + ((<usize>r) << 2), load<f32>(x + <usize>r * from + ((<usize>c) << 2)));
    }
  }
}
