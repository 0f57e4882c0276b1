import { loadLanes, storeLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, bytesOf, descend, sign } from "./each";

/**
 * Yogi (Zaheer et al. 2018): Adam whose mean square changes by the square of the gradient alone, so it forgets slowly.
 *
 *   m += (g - m) * (1 - b1)
 *   v -= (sign(v - g^2) * g^2) * (1 - b2)
 *   w -= (m * (a / (1 - b1^t))) / (sqrt(v / (1 - b2^t)) + e)
 *
 * a learning rate, t the number of this step from 1 on, e epsilon. Two slots, m and v, both from the initial accumulator value.
 * Source: optax, yogi.
 */

// Options, in the order of src/optimizers/facts/yogi.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const EPSILON: i32 = 2;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const RATE: i32 = 3;
const UNBIAS: i32 = 4;
const EPS: i32 = 5;

export function prepareYogi(state: usize): void {
  const t = iterations(state) + 1;
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, RATE, learningRate(state) / (1 - pow64(option(state, BETA1), t)));
  setScalar(state, UNBIAS, 1 / (1 - pow64(option(state, BETA2), t)));
  setScalar(state, EPS, option(state, EPSILON));
}

// @ts-ignore: decorator
@final @unmanaged
export class Yogi {
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
      const square = f32x4.mul(gradient, gradient);
      const old = loadLanes(slots + stride, count);
      const towards = f32x4.mul(sign(f32x4.sub(old, square), bits), square);
      const next = flushBelow(f32x4.sub(old, f32x4.mul(towards, rest2)), bits, tiny);
      storeLanes(slots + stride, next, count);
      const divisor = f32x4.add(f32x4.sqrt(f32x4.mul(next, unbias)), eps);
      descend(w, f32x4.div(f32x4.mul(mean, rate), divisor), count);
    }
  }
}
