import { loadLanes, storeLanes } from "../../lanes";
import { learningRate, option, scalar, setScalar } from "../state";
import { descend, gradientAt, kept, squarable } from "./each";

/**
 * Adadelta (Zeiler 2012): steps in units of the weights, from the mean squares of gradients and of earlier steps.
 *
 *   s = rho * s + (1 - rho) * g^2
 *   d = (sqrt(x + e) * g) / sqrt(s + e)
 *   x = rho * x + (1 - rho) * d^2
 *   w -= d * a
 *
 * a learning rate, e epsilon. Two slots from 0: s, x. Source: Keras 3, keras/src/optimizers/adadelta.py.
 */

// Options, in the order of src/optimizers/facts/adadelta.ts.
const RHO: i32 = 0;
const EPSILON: i32 = 1;

// Scalars.
const KEPT: i32 = 1;
const REST: i32 = 2;
const RATE: i32 = 3;
const EPS: i32 = 4;

export function prepareAdadelta(state: usize): void {
  setScalar(state, KEPT, option(state, RHO));
  setScalar(state, REST, 1 - option(state, RHO));
  setScalar(state, RATE, learningRate(state));
  setScalar(state, EPS, option(state, EPSILON));
}

/** The mean square at `slot` with the square of x; tiny ones are 0. */
// @ts-ignore: decorator
@inline
function meanSquare(state: usize, slot: usize, x: v128, count: i32): v128 {
  const old = f32x4.mul(scalar(state, KEPT), loadLanes(slot, count));
  const next = kept(f32x4.add(old, f32x4.mul(scalar(state, REST), f32x4.mul(x, x))));
  storeLanes(slot, next, count);
  return next;
}

// @ts-ignore: decorator
@inline
function root(state: usize, x: v128): v128 {
  return f32x4.sqrt(f32x4.add(x, scalar(state, EPS)));
}

// @ts-ignore: decorator
@final @unmanaged
export class Adadelta {
  // @ts-ignore: decorator
  @inline
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, count: i32): void {
    const gradient = gradientAt(g, count);
    const squares = meanSquare(state, slots, gradient, count);
    const steps = loadLanes(slots + stride, count);
    const change = f32x4.div(f32x4.mul(root(state, steps), gradient), root(state, squares));
    meanSquare(state, slots + stride, squarable(change), count);
    descend(w, f32x4.mul(change, scalar(state, RATE)), count);
  }
}
