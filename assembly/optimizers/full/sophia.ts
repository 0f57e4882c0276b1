import { loadLanes } from "../../lanes";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, descend, gradientAt } from "./each";

/**
 * Sophia (Liu et al. 2023): momentum divided by an estimate of the Hessian's diagonal, each element clipped to 1.
 *
 *   m += (g - m) * (1 - b1)
 *   h += (g^2 - h) * (1 - b2)                          every k steps, from the first on
 *   w -= min(1, max(-1, m / max(c h, e))) * a
 *
 * a learning rate, e epsilon, k the interval, c the factor of the Hessian. Two slots from 0: m, h. Source: the paper's algorithm 3 with the squared gradient of
 * the step itself as its estimator: the empirical Fisher matrix. The paper's Gauss-Newton-Bartlett estimator has the same formula with labels drawn from the model.
 */

// Options, in the order of src/optimizers/facts/sophia.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const EPSILON: i32 = 2;
const FACTOR: i32 = 3;
const INTERVAL: i32 = 4;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const RATE: i32 = 3;
const EPS: i32 = 4;
const SCALE: i32 = 5;

/** Whether the coming step estimates the Hessian. */
export function estimates(state: usize): bool {
  const interval = option(state, INTERVAL);
  const steps = iterations(state);
  return floor<f64>(steps / interval) * interval == steps;
}

export function prepareSophia(state: usize): void {
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, RATE, learningRate(state));
  setScalar(state, EPS, option(state, EPSILON));
  setScalar(state, SCALE, option(state, FACTOR));
}

// @ts-ignore: decorator
@inline
function clippedStep(state: usize, w: usize, mean: v128, hessian: v128, count: i32): void {
  // pmin and pmax are one instruction each, and keep NaN where it is their first operand
  const divisor = f32x4.pmax(f32x4.mul(hessian, scalar(state, SCALE)), scalar(state, EPS));
  const clipped = f32x4.pmin(f32x4.pmax(f32x4.div(mean, divisor), f32x4.splat(-1)), f32x4.splat(1));
  descend(w, f32x4.mul(clipped, scalar(state, RATE)), count);
}

// @ts-ignore: decorator
@final @unmanaged
export class SophiaEstimate {
  // @ts-ignore: decorator
  @inline
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, count: i32): void {
    const gradient = gradientAt(g, count);
    const mean = average(slots, gradient, scalar(state, REST1), count);
    const square = average(slots + stride, f32x4.mul(gradient, gradient), scalar(state, REST2), count);
    clippedStep(state, w, mean, square, count);
  }
}

// @ts-ignore: decorator
@final @unmanaged
export class Sophia {
  // @ts-ignore: decorator
  @inline
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, count: i32): void {
    const mean = average(slots, gradientAt(g, count), scalar(state, REST1), count);
    clippedStep(state, w, mean, loadLanes(slots + stride, count), count);
  }
}
