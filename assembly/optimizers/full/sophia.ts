import { loadLanes } from "../../lanes";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, bytesOf, descend } from "./each";

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

/** H whether the step estimates the Hessian. */
// @ts-ignore: decorator
@final @unmanaged
export class Sophia<H> {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const one = f32x4.splat(1);
    const minusOne = f32x4.splat(-1);
    const rest1 = scalar(state, REST1);
    const rest2 = scalar(state, REST2);
    const rate = scalar(state, RATE);
    const eps = scalar(state, EPS);
    const scale = scalar(state, SCALE);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const mean = average(slots, gradient, rest1, count, bits, tiny);
      const hessian = changetype<H>(0).holds()
        ? average(slots + stride, f32x4.mul(gradient, gradient), rest2, count, bits, tiny)
        : loadLanes(slots + stride, count);
      // pmin and pmax are one instruction each, and keep NaN where it is their first operand
      const divisor = f32x4.pmax(f32x4.mul(hessian, scale), eps);
      const clipped = f32x4.pmin(f32x4.pmax(f32x4.div(mean, divisor), minusOne), one);
      descend(w, f32x4.mul(clipped, rate), count);
    }
  }
}
