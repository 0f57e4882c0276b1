import { loadLanes, storeLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, descend, gradientAt } from "./each";

/**
 * AdaBound (Luo et al. 2019): Adam whose step sizes are clipped to bounds that close in on those of SGD.
 *
 *   m += (g - m) * (1 - b1)
 *   v += (g^2 - v) * (1 - b2)                                        amsgrad: h = max(h, v), and h instead of v below
 *   low = a f (1 - 1 / (c t + 1));  high = a f (1 + 1 / (c t))
 *   w -= min(high, max(low, (a sqrt(1 - b2^t) / (1 - b1^t)) / (sqrt(v) + e))) * m
 *
 * a learning rate, t the number of this step from 1 on, e epsilon, f the ratio of the final learning rate, c gamma. Slots from 0: m, v, with amsgrad h.
 * Source: the authors' adabound.py, where f a is `final_lr`.
 */

// Options, in the order of src/optimizers/facts/adabound.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const EPSILON: i32 = 2;
const FINAL: i32 = 3;
const GAMMA: i32 = 4;
const AMSGRAD: i32 = 5;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const RATE: i32 = 3;
const EPS: i32 = 4;
const LOW: i32 = 5;
const HIGH: i32 = 6;

export function prepareAdabound(state: usize): void {
  const t = iterations(state) + 1;
  const rate = learningRate(state);
  const last = rate * option(state, FINAL);
  const closing = option(state, GAMMA) * t;
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, RATE, (rate * sqrt<f64>(1 - pow64(option(state, BETA2), t))) / (1 - pow64(option(state, BETA1), t)));
  setScalar(state, EPS, option(state, EPSILON));
  setScalar(state, LOW, last * (1 - 1 / (closing + 1)));
  setScalar(state, HIGH, last * (1 + 1 / closing));
}

export function keepsMaximum(state: usize): bool {
  return option(state, AMSGRAD) != 0;
}

// @ts-ignore: decorator
@inline
function boundedStep(state: usize, w: usize, mean: v128, square: v128, count: i32): void {
  const size = f32x4.div(scalar(state, RATE), f32x4.add(f32x4.sqrt(square), scalar(state, EPS)));
  // pmin and pmax are one instruction each, and keep NaN where it is their first operand
  const bounded = f32x4.pmin(f32x4.pmax(size, scalar(state, LOW)), scalar(state, HIGH));
  descend(w, f32x4.mul(bounded, mean), count);
}

// @ts-ignore: decorator
@final @unmanaged
export class Adabound {
  // @ts-ignore: decorator
  @inline
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, count: i32): void {
    const gradient = gradientAt(g, count);
    const mean = average(slots, gradient, scalar(state, REST1), count);
    const square = average(slots + stride, f32x4.mul(gradient, gradient), scalar(state, REST2), count);
    boundedStep(state, w, mean, square, count);
  }
}

// @ts-ignore: decorator
@final @unmanaged
export class Amsbound {
  // @ts-ignore: decorator
  @inline
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, count: i32): void {
    const gradient = gradientAt(g, count);
    const mean = average(slots, gradient, scalar(state, REST1), count);
    const square = average(slots + stride, f32x4.mul(gradient, gradient), scalar(state, REST2), count);
    const maximum = slots + 2 * stride;
    const largest = f32x4.pmax(square, loadLanes(maximum, count));
    storeLanes(maximum, largest, count);
    boundedStep(state, w, mean, largest, count);
  }
}
