import { loadLanes, storeLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, bytesOf, descend } from "./each";

/**
 * AdaBelief (Zhuang et al. 2020): Adam that divides by how far gradients are from their mean, so it takes long steps where they agree.
 *
 *   m += (g - m) * (1 - b1)
 *   s += ((g - m)^2 - s) * (1 - b2);  s += r
 *   w -= (m * (a / (1 - b1^t))) / (sqrt(s / (1 - b2^t)) + e)
 *
 * a learning rate, t the number of this step from 1 on, e epsilon, r the epsilon under the root, which s keeps. Two slots from 0: m, s.
 * Source: optax, adabelief.
 */

// Options, in the order of src/optimizers/facts/adabelief.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const EPSILON: i32 = 2;
const EPSILON_ROOT: i32 = 3;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const RATE: i32 = 3;
const UNBIAS: i32 = 4;
const EPS: i32 = 5;
const ROOT_EPS: i32 = 6;

export function prepareAdabelief(state: usize): void {
  const t = iterations(state) + 1;
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, RATE, learningRate(state) / (1 - pow64(option(state, BETA1), t)));
  setScalar(state, UNBIAS, 1 / (1 - pow64(option(state, BETA2), t)));
  setScalar(state, EPS, option(state, EPSILON));
  setScalar(state, ROOT_EPS, option(state, EPSILON_ROOT));
}

// @ts-ignore: decorator
@final @unmanaged
export class Adabelief {
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
    const rootEps = scalar(state, ROOT_EPS);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, tiny);
      const mean = average(slots, gradient, rest1, count, bits, tiny);
      const surprise = flushBelow(f32x4.sub(gradient, mean), bits, root);
      const before = loadLanes(slots + stride, count);
      const towards = f32x4.mul(f32x4.sub(f32x4.mul(surprise, surprise), before), rest2);
      const square = f32x4.add(flushBelow(f32x4.add(before, towards), bits, tiny), rootEps);
      storeLanes(slots + stride, square, count);
      const divisor = f32x4.add(f32x4.sqrt(f32x4.mul(square, unbias)), eps);
      descend(w, f32x4.div(f32x4.mul(mean, rate), divisor), count);
    }
  }
}
