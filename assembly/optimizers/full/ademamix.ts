import { pow64 } from "../../scalar";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, descend, gradientAt } from "./each";

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
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, count: i32): void {
    const gradient = gradientAt(g, count);
    const fast = average(slots, gradient, scalar(state, REST1), count);
    const square = average(slots + stride, f32x4.mul(gradient, gradient), scalar(state, REST2), count);
    const slow = average(slots + 2 * stride, gradient, scalar(state, REST3), count);
    const divisor = f32x4.add(f32x4.sqrt(f32x4.mul(square, scalar(state, UNBIAS))), scalar(state, EPS));
    const step = f32x4.add(f32x4.mul(fast, scalar(state, RATE)), f32x4.mul(slow, scalar(state, SLOW_RATE)));
    descend(w, f32x4.div(step, divisor), count);
  }
}
