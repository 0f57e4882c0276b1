import { loadLanes, storeLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, bytesOf, descend } from "./each";

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

/** A whether AMSBound. */
// @ts-ignore: decorator
@final @unmanaged
export class Adabound<A> {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const rest1 = scalar(state, REST1);
    const rest2 = scalar(state, REST2);
    const rate = scalar(state, RATE);
    const eps = scalar(state, EPS);
    const low = scalar(state, LOW);
    const high = scalar(state, HIGH);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const mean = average(slots, gradient, rest1, count, bits, tiny);
      let square = average(slots + stride, f32x4.mul(gradient, gradient), rest2, count, bits, tiny);
      if (changetype<A>(0).holds()) {
        const maximum = slots + 2 * stride;
        square = f32x4.pmax(square, loadLanes(maximum, count));
        storeLanes(maximum, square, count);
      }
      const size = f32x4.div(rate, f32x4.add(f32x4.sqrt(square), eps));
      // pmin and pmax are one instruction each, and keep NaN where it is their first operand
      const bounded = f32x4.pmin(f32x4.pmax(size, low), high);
      descend(w, f32x4.mul(bounded, mean), count);
    }
  }
}
