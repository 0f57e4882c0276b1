import { loadLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, bytesOf, descend } from "./each";

/**
 * RAdam (Liu et al. 2020): Adam that starts as momentum, until the mean square has seen enough gradients to be trusted.
 *
 *   m += (g - m) * (1 - b1)
 *   v += (g^2 - v) * (1 - b2)
 *   k = 2 / (1 - b2) - 1;  p = k - 2 t b2^t / (1 - b2^t)
 *   p >= 5:  w -= (m * (a r / (1 - b1^t))) / (sqrt(v / (1 - b2^t)) + e),   r^2 = (p - 4)(p - 2) k / ((k - 4)(k - 2) p)
 *   else:    w -= m * (a / (1 - b1^t))
 *
 * a learning rate, t the number of this step from 1 on, e epsilon. Two slots from 0: m, v. Source: optax, radam, whose threshold is 5, as in the
 * authors' code; the paper's is 4.
 */

// Options, in the order of src/optimizers/facts/radam.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const EPSILON: i32 = 2;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const RATE: i32 = 3;
const UNBIAS: i32 = 4;
const EPS: i32 = 5;

/** Length of the average that p must reach. */
const THRESHOLD: f64 = 5;

function longest(state: usize): f64 {
  return 2 / (1 - option(state, BETA2)) - 1;
}

function length(state: usize): f64 {
  const t = iterations(state) + 1;
  const power = pow64(option(state, BETA2), t);
  return longest(state) - (2 * t * power) / (1 - power);
}

/** Whether the coming step divides by the mean square. */
export function rectified(state: usize): bool {
  return length(state) >= THRESHOLD;
}

export function prepareRadam(state: usize): void {
  const t = iterations(state) + 1;
  const k = longest(state);
  const p = length(state);
  const r = rectified(state) ? sqrt<f64>(((p - 4) * (p - 2) * k) / ((k - 4) * (k - 2) * p)) : 1;
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, RATE, (learningRate(state) * r) / (1 - pow64(option(state, BETA1), t)));
  setScalar(state, UNBIAS, 1 / (1 - pow64(option(state, BETA2), t)));
  setScalar(state, EPS, option(state, EPSILON));
}

/** R whether the step divides by the mean square. */
// @ts-ignore: decorator
@final @unmanaged
export class Radam<R> {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const rest1 = scalar(state, REST1);
    const rest2 = scalar(state, REST2);
    const rate = scalar(state, RATE);
    const unbias = scalar(state, UNBIAS);
    const eps = scalar(state, EPS);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const mean = average(slots, gradient, rest1, count, bits, tiny);
      const square = average(slots + stride, f32x4.mul(gradient, gradient), rest2, count, bits, tiny);
      const step = f32x4.mul(mean, rate);
      const divisor = f32x4.add(f32x4.sqrt(f32x4.mul(square, unbias)), eps);
      descend(w, changetype<R>(0).holds() ? f32x4.div(step, divisor) : step, count);
    }
  }
}
