import { loadLanes } from "../../lanes";
import { sumSquares } from "../../reduce";
import { pow64 } from "../../scalar";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, descend, gradientAt } from "./each";
import { eachBy, sumEach, total } from "./sums";

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
function direction(state: usize, mean: v128, square: v128): v128 {
  const divisor = f32x4.add(f32x4.sqrt(f32x4.mul(square, scalar(state, UNBIAS2))), scalar(state, EPS));
  return f32x4.div(f32x4.mul(mean, scalar(state, UNBIAS1)), divisor);
}

// @ts-ignore: decorator
@final @unmanaged
class Moments {
  // @ts-ignore: decorator
  @inline
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, factor: v128, count: i32): v128 {
    const gradient = gradientAt(g, count);
    const mean = average(slots, gradient, scalar(state, REST1), count);
    return direction(state, mean, average(slots + stride, f32x4.mul(gradient, gradient), scalar(state, REST2), count));
  }
}

// @ts-ignore: decorator
@final @unmanaged
class Descent {
  // @ts-ignore: decorator
  @inline
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, factor: v128, count: i32): void {
    const u = direction(state, loadLanes(slots, count), loadLanes(slots + stride, count));
    descend(w, f32x4.mul(u, factor), count);
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
    store<f64>(out, sumEach<Moments>(state, w, g, slots, stride, n), 8);
  } else {
    const ratio = trust(total(sums, blocks, 0), total(sums, blocks, 1));
    eachBy<Descent>(state, w, g, slots, stride, n, learningRate(state) * ratio);
  }
}
