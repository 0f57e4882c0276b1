import { promoteHigh } from "../../reduce";
import { LANES } from "../../simd";

/** Vectors of float32 whose length is a multiple of LANES, with float64 arithmetic, one thread and one order. */

// @ts-ignore: decorator
@inline
function low(x: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load(x));
}

// @ts-ignore: decorator
@inline
function high(x: usize): v128 {
  return promoteHigh(v128.load(x));
}

// @ts-ignore: decorator
@inline
function narrow(low: v128, high: v128): v128 {
  return i32x4.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** The sum of x[i] y[i]. */
export function dot(x: usize, y: usize, n: i32): f64 {
  assert(n % LANES == 0, "a length that is no multiple of the lanes");
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  for (const end = x + ((<usize>n) << 2); x < end; x += 16, y += 16) {
    a = f64x2.add(a, f64x2.mul(low(x), low(y)));
    b = f64x2.add(b, f64x2.mul(high(x), high(y)));
  }
  const sum = f64x2.add(a, b);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** y += a x, rounded once. */
export function addScaled(y: usize, x: usize, a: f64, n: i32): void {
  const by = f64x2.splat(a);
  for (const end = x + ((<usize>n) << 2); x < end; x += 16, y += 16) {
    const l = f64x2.add(low(y), f64x2.mul(low(x), by));
    const h = f64x2.add(high(y), f64x2.mul(high(x), by));
    v128.store(y, narrow(l, h));
  }
}

/** y = a x, rounded once; y may be x. */
export function scaleTo(y: usize, x: usize, a: f64, n: i32): void {
  const by = f64x2.splat(a);
  for (const end = x + ((<usize>n) << 2); x < end; x += 16, y += 16)
    v128.store(y, narrow(f64x2.mul(low(x), by), f64x2.mul(high(x), by)));
}

/** z = x - y; z may be either. */
export function difference(z: usize, x: usize, y: usize, n: i32): void {
  for (const end = x + ((<usize>n) << 2); x < end; x += 16, y += 16, z += 16)
    v128.store(z, f32x4.sub(v128.load(x), v128.load(y)));
}

/** The largest |x[i]|; NaN if one is. */
export function largest(x: usize, n: i32): f32 {
  let most = f32x4.splat(0);
  for (const end = x + ((<usize>n) << 2); x < end; x += 16) most = f32x4.max(most, f32x4.abs(v128.load(x)));
  most = f32x4.max(most, i32x4.shuffle(most, most, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.max(most, i32x4.shuffle(most, most, 1, 0, 3, 2)), 0);
}
