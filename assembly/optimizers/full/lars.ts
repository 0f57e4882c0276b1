import { loadLanes, storeLanes } from "../../lanes";
import { sumSquares } from "../../reduce";
import { belowTiny, flushBelow, magnitude } from "../../simd";
import { learningRate, option, scalar, setScalar } from "../state";
import { bytesOf, descend } from "./each";
import { addHighSquare, addLowSquare, eachBy, keepSum, total } from "./sums";

/**
 * LARS (You, Gitman, Ginsburg 2017): momentum whose step of each weight is a share of the weight's norm, for large batches.
 *
 *   u = g + l * w
 *   v = mu * v + u * (a c |w| / (|u| + e))      where one of the norms is 0, u * a
 *   w -= v                                      nesterov: w -= mu * v + u * (..)
 *
 * a learning rate, c the trust coefficient, l the penalty (l2RegularizationStrength), mu momentum, e epsilon; norms are of the whole
 * weight. One slot from 0: v. Source: optax, lars.
 */

// Options, in the order of src/optimizers/facts/lars.ts.
const MOMENTUM: i32 = 0;
const NESTEROV: i32 = 1;
const TRUST: i32 = 2;
const PENALTY: i32 = 3;
const EPSILON: i32 = 4;

// Scalars.
const MU: i32 = 1;
const L2: i32 = 2;

export function prepareLars(state: usize): void {
  setScalar(state, MU, option(state, MOMENTUM));
  setScalar(state, L2, option(state, PENALTY));
}

// @ts-ignore: decorator
@inline
function direction(w: usize, g: usize, l2: v128, count: i32, bits: v128, tiny: v128): v128 {
  const gradient = flushBelow(loadLanes(g, count), bits, tiny);
  return flushBelow(f32x4.add(gradient, f32x4.mul(l2, loadLanes(w, count))), bits, tiny);
}

/** Keeps the sum of u^2. */
// @ts-ignore: decorator
@final @unmanaged
class Direction {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, by: v128, out: usize, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const l2 = scalar(state, L2);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes) {
      const u = direction(w, g, l2, count, bits, tiny);
      low = addLowSquare(low, u);
      high = addHighSquare(high, u);
    }
    keepSum(out, low, high, count);
  }
}

// @ts-ignore: decorator
@final @unmanaged
class Descent {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, by: v128, out: usize, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const l2 = scalar(state, L2);
    const mu = scalar(state, MU);
    const nesterov = option(state, NESTEROV) != 0;
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const step = f32x4.mul(direction(w, g, l2, count, bits, tiny), by);
      const velocity = flushBelow(f32x4.add(f32x4.mul(mu, loadLanes(slots, count)), step), bits, tiny);
      storeLanes(slots, velocity, count);
      descend(w, nesterov ? f32x4.add(f32x4.mul(mu, velocity), step) : velocity, count);
    }
  }
}

export function larsPass(
  state: usize,
  pass: i32,
  w: usize,
  g: usize,
  slots: usize,
  stride: i32,
  n: i32,
  out: usize,
  sums: usize,
  blocks: i32,
): void {
  if (pass == 0) {
    store<f64>(out, sumSquares(w, n));
    return eachBy<Direction>(state, w, g, slots, stride, n, 0, out + 8);
  }
  const weight = sqrt<f64>(total(sums, blocks, 0));
  const step = sqrt<f64>(total(sums, blocks, 1));
  const ratio = weight == 0 || step == 0 ? 1 : (option(state, TRUST) * weight) / (step + option(state, EPSILON));
  eachBy<Descent>(state, w, g, slots, stride, n, learningRate(state) * ratio, 0);
}
