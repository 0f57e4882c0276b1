import { promoteHigh } from "../../reduce";
import { LANES } from "../../simd";

/**
 * What optimizers of several passes share. Their classes are those of each.ts, but `run` has a factor of the whole weight, `by`, and `out`, the sums of a block: two float64.
 */

/** Runs E over n parameters. */
export function eachBy<E>(
  state: usize,
  w: usize,
  g: usize,
  slots: usize,
  stride: i32,
  n: i32,
  factor: f64,
  out: usize,
): void {
  const optimizer = changetype<E>(0);
  const by = f32x4.splat(<f32>factor);
  const whole = (<usize>(n & ~3)) << 2;
  optimizer.run(state, w, g, slots, stride, by, out, w + whole, LANES);
  optimizer.run(state, w + whole, g + whole, slots + whole, stride, by, out, w + ((<usize>n) << 2), 1);
}

/** The squares of lanes 0 and 1. */
// @ts-ignore: decorator
@inline
export function addLowSquare(sum: v128, x: v128): v128 {
  const y = f64x2.promote_low_f32x4(x);
  return f64x2.add(sum, f64x2.mul(y, y));
}

/** The squares of lanes 2 and 3. */
// @ts-ignore: decorator
@inline
export function addHighSquare(sum: v128, x: v128): v128 {
  const y = promoteHigh(x);
  return f64x2.add(sum, f64x2.mul(y, y));
}

/** Keeps the sum of whole vectors at `out`; then adds that of the parameters behind them, which has one lane. */
// @ts-ignore: decorator
@inline
export function keepSum(out: usize, low: v128, high: v128, count: i32): void {
  if (count == LANES) {
    const sum = f64x2.add(low, high);
    store<f64>(out, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  } else store<f64>(out, load<f64>(out) + f64x2.extract_lane(low, 0));
}

/** Sum `index` (0 or 1) of all blocks. */
export function total(sums: usize, blocks: i32, index: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < blocks; i++) sum += load<f64>(sums + ((<usize>i) << 4) + ((<usize>index) << 3));
  return sum;
}
