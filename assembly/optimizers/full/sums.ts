import { promoteHigh } from "../../reduce";
import { LANES } from "../../simd";

/** What optimizers of several passes share: sums over what `step` of a class returns, and loops with a factor of the weight. */

// @ts-ignore: decorator
@inline
function term(x: v128, squared: bool): v128 {
  return squared ? f64x2.mul(x, x) : x;
}

/** Runs `step` of E over n parameters, with a factor; returns the sum of the squares of what it returns, in float64. */
// @ts-ignore: decorator
@inline
export function sumEach<E>(state: usize, w: usize, g: usize, slots: usize, stride: i32, n: i32, factor: f64 = 0): f64 {
  return sumOver<E>(state, w, g, slots, stride, n, factor, true);
}

/** The same without squaring. */
// @ts-ignore: decorator
@inline
export function sumOf<E>(state: usize, w: usize, g: usize, slots: usize, stride: i32, n: i32, factor: f64 = 0): f64 {
  return sumOver<E>(state, w, g, slots, stride, n, factor, false);
}

// @ts-ignore: decorator
@inline
function sumOver<E>(
  state: usize,
  w: usize,
  g: usize,
  slots: usize,
  stride: i32,
  n: i32,
  factor: f64,
  squared: bool,
): f64 {
  const optimizer = changetype<E>(0);
  const by = f32x4.splat(<f32>factor);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let rest: f64 = 0;
  const whole = w + ((<usize>(n & ~3)) << 2);
  const end = w + ((<usize>n) << 2);
  for (; w < whole; w += 16, g += 16, slots += 16) {
    const x = optimizer.step(state, w, g, slots, stride, by, LANES);
    low = f64x2.add(low, term(f64x2.promote_low_f32x4(x), squared));
    high = f64x2.add(high, term(promoteHigh(x), squared));
  }
  for (; w < end; w += 4, g += 4, slots += 4) {
    const x = <f64>f32x4.extract_lane(optimizer.step(state, w, g, slots, stride, by, 1), 0);
    rest += squared ? x * x : x;
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1) + rest;
}

/** Runs `step` of E over n parameters, with a factor that is the weight's own. */
// @ts-ignore: decorator
@inline
export function eachBy<E>(state: usize, w: usize, g: usize, slots: usize, stride: i32, n: i32, factor: f64): void {
  const optimizer = changetype<E>(0);
  const by = f32x4.splat(<f32>factor);
  const whole = w + ((<usize>(n & ~3)) << 2);
  const end = w + ((<usize>n) << 2);
  for (; w < whole; w += 16, g += 16, slots += 16) optimizer.step(state, w, g, slots, stride, by, LANES);
  for (; w < end; w += 4, g += 4, slots += 4) optimizer.step(state, w, g, slots, stride, by, 1);
}

/** Sum `index` (0 or 1) of all blocks. */
export function total(sums: usize, blocks: i32, index: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < blocks; i++) sum += load<f64>(sums + ((<usize>i) << 4) + ((<usize>index) << 3));
  return sum;
}
