import { loadLanes } from "../../lanes";
import { sumSquares } from "../../reduce";
import { pow64 } from "../../scalar";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, bytesOf, descend } from "./each";
import { addHighSquare, addLowSquare, eachBy, keepSum, total } from "./sums";

/**
 * LAMB (You et al. 2020): Adam whose step of each weight is as long as the weight's norm says.
 *
 *   m += (g - m) * (1 - b1)
 *   v += (g^2 - v) * (1 - b2)
 *   u = (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + e)
 *   w -= u * (a |w| / |u|)         where one of the norms is 0, u * a
 *
 * a learning rate, t the number of this step from 1 on, e epsilon; |w| is the norm of the whole weight, after its decay. Two slots
 * from 0: m, v. Source: Keras 3, keras/src/optimizers/lamb.py. Two passes: the second computes u again from the slots, which costs less than to keep it.
 */

// Options, in the order of src/optimizers/facts/lamb.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const EPSILON: i32 = 2;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const UNBIAS1: i32 = 3;
const UNBIAS2: i32 = 4;
const EPS: i32 = 5;

export function prepareLamb(state: usize): void {
  const t = iterations(state) + 1;
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, UNBIAS1, 1 / (1 - pow64(option(state, BETA1), t)));
  setScalar(state, UNBIAS2, 1 / (1 - pow64(option(state, BETA2), t)));
  setScalar(state, EPS, option(state, EPSILON));
}

// @ts-ignore: decorator
@inline
function direction(mean: v128, square: v128, unbias1: v128, unbias2: v128, eps: v128): v128 {
  return f32x4.div(f32x4.mul(mean, unbias1), f32x4.add(f32x4.sqrt(f32x4.mul(square, unbias2)), eps));
}

/** Keeps the sum of u^2. */
// @ts-ignore: decorator
@final @unmanaged
class Moments {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, by: v128, out: usize, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const rest1 = scalar(state, REST1);
    const rest2 = scalar(state, REST2);
    const unbias1 = scalar(state, UNBIAS1);
    const unbias2 = scalar(state, UNBIAS2);
    const eps = scalar(state, EPS);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const mean = average(slots, gradient, rest1, count, bits, tiny);
      const square = average(slots + stride, f32x4.mul(gradient, gradient), rest2, count, bits, tiny);
      const u = direction(mean, square, unbias1, unbias2, eps);
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
    const unbias1 = scalar(state, UNBIAS1);
    const unbias2 = scalar(state, UNBIAS2);
    const eps = scalar(state, EPS);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const u = direction(loadLanes(slots, count), loadLanes(slots + stride, count), unbias1, unbias2, eps);
      descend(w, f32x4.mul(u, by), count);
    }
  }
}

/** How much longer than the learning rate a step is: |w| / |u|, from their squares, 1 where one is 0. */
export function trust(w: f64, u: f64): f64 {
  return w == 0 || u == 0 ? 1 : sqrt<f64>(w) / sqrt<f64>(u);
}

export function lambPass(
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
    eachBy<Moments>(state, w, g, slots, stride, n, 0, out + 8);
  } else {
    const ratio = trust(total(sums, blocks, 0), total(sums, blocks, 1));
    eachBy<Descent>(state, w, g, slots, stride, n, learningRate(state) * ratio, 0);
  }
}
