import { loadLanes, storeLanes } from "../../lanes";
import { sumSquares } from "../../reduce";
import { learningRate, option, scalar, setScalar } from "../state";
import { descend, kept } from "./each";
import { eachBy, sumEach, total } from "./sums";

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
function direction(state: usize, w: usize, g: usize, count: i32): v128 {
  return kept(f32x4.add(kept(loadLanes(g, count)), f32x4.mul(scalar(state, L2), loadLanes(w, count))));
}

// @ts-ignore: decorator
@final @unmanaged
class Direction {
  // @ts-ignore: decorator
  @inline
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, factor: v128, count: i32): v128 {
    return direction(state, w, g, count);
  }
}

/** The velocity, moved by a step. */
// @ts-ignore: decorator
@inline
function velocityBy(state: usize, slots: usize, step: v128, count: i32): v128 {
  const velocity = kept(f32x4.add(f32x4.mul(scalar(state, MU), loadLanes(slots, count)), step));
  storeLanes(slots, velocity, count);
  return velocity;
}

// @ts-ignore: decorator
@final @unmanaged
class Descent {
  // @ts-ignore: decorator
  @inline
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, factor: v128, count: i32): void {
    descend(w, velocityBy(state, slots, f32x4.mul(direction(state, w, g, count), factor), count), count);
  }
}

// @ts-ignore: decorator
@final @unmanaged
class NesterovDescent {
  // @ts-ignore: decorator
  @inline
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, factor: v128, count: i32): void {
    const step = f32x4.mul(direction(state, w, g, count), factor);
    const velocity = velocityBy(state, slots, step, count);
    descend(w, f32x4.add(f32x4.mul(scalar(state, MU), velocity), step), count);
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
    store<f64>(out, sumEach<Direction>(state, w, g, slots, stride, n), 8);
    return;
  }
  const weight = sqrt<f64>(total(sums, blocks, 0));
  const step = sqrt<f64>(total(sums, blocks, 1));
  const ratio = weight == 0 || step == 0 ? 1 : (option(state, TRUST) * weight) / (step + option(state, EPSILON));
  const factor = learningRate(state) * ratio;
  if (option(state, NESTEROV) != 0) eachBy<NesterovDescent>(state, w, g, slots, stride, n, factor);
  else eachBy<Descent>(state, w, g, slots, stride, n, factor);
}
