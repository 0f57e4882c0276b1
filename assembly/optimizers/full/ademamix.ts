import { loadLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, bytesOf, descend } from "./each";

/**
 * AdEMAMix (Pagliardini, Ablin, Grangier 2024): Adam with a second mean of the gradients, which remembers thousands of steps.
 *
 *   m += (g - m) * (1 - b1)
 *   l += (g - l) * (1 - b3)
 *   v += (g^2 - v) * (1 - b2)
 *   w -= (m * (a / (1 - b1^t)) + l * (a alpha)) / (sqrt(v / (1 - b2^t)) + e)
 *
 * a learning rate, t the number of this step from 1 on, e epsilon. Three slots from 0: m, v, l. Source: optax, contrib.ademamix, with constant
 * alpha and b3: the paper lets both rise over the training.
 */

// Options, in the order of src/optimizers/facts/ademamix.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const BETA3: i32 = 2;
const ALPHA: i32 = 3;
const EPSILON: i32 = 4;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const REST3: i32 = 3;
const RATE: i32 = 4;
const SLOW_RATE: i32 = 5;
const UNBIAS: i32 = 6;
const EPS: i32 = 7;

export function prepareAdemamix(state: usize): void {
  const t = iterations(state) + 1;
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, REST3, 1 - option(state, BETA3));
  setScalar(state, RATE, learningRate(state) / (1 - pow64(option(state, BETA1), t)));
  setScalar(state, SLOW_RATE, learningRate(state) * option(state, ALPHA));
  setScalar(state, UNBIAS, 1 / (1 - pow64(option(state, BETA2), t)));
  setScalar(state, EPS, option(state, EPSILON));
}

// @ts-ignore: decorator
@final @unmanaged
export class Ademamix {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const rest1 = scalar(state, REST1);
    const rest2 = scalar(state, REST2);
    const rest3 = scalar(state, REST3);
    const rate = scalar(state, RATE);
    const slowRate = scalar(state, SLOW_RATE);
    const unbias = scalar(state, UNBIAS);
    const eps = scalar(state, EPS);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const fast = average(slots, gradient, rest1, count, bits, tiny);
      const square = average(slots + stride, f32x4.mul(gradient, gradient), rest2, count, bits, tiny);
      const slow = average(slots + 2 * stride, gradient, rest3, count, bits, tiny);
      const divisor = f32x4.add(f32x4.sqrt(f32x4.mul(square, unbias)), eps);
      const step = f32x4.add(f32x4.mul(fast, rate), f32x4.mul(slow, slowRate));
      descend(w, f32x4.div(step, divisor), count);
    }
  }
}
