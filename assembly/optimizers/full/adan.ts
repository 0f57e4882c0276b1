import { loadLanes, storeLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, bytesOf, descend } from "./each";

/**
 * Adan (Xie et al. 2022): Adam with Nesterov's momentum, made of the gradient and of its change since the last step.
 *
 *   d = g - p (0 in step 1);  p = g
 *   m += (g - m) * (1 - b1)
 *   v += (d - v) * (1 - b2)
 *   n += ((g + d * (1 - b2))^2 - n) * (1 - b3)
 *   w -= (m * (a / (1 - b1^t)) + v * (a (1 - b2) / (1 - b2^t))) / (sqrt(n / (1 - b3^t) + r) + e)
 *
 * a learning rate, t the number of this step from 1 on, e epsilon, r the epsilon under the root. Four slots from 0: m, v, n, p.
 * Source: optax, adan. Its (1 - b2) in front of v is the paper's too, whose betas are ours subtracted from 1.
 */

// Options, in the order of src/optimizers/facts/adan.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const BETA3: i32 = 2;
const EPSILON: i32 = 3;
const EPSILON_ROOT: i32 = 4;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const REST3: i32 = 3;
const MEAN_RATE: i32 = 4;
const CHANGE_RATE: i32 = 5;
const UNBIAS: i32 = 6;
const EPS: i32 = 7;
const ROOT_EPS: i32 = 8;
/** 0 in the first step, which knows no change, then 1. */
const KNOWN: i32 = 9;

export function prepareAdan(state: usize): void {
  const t = iterations(state) + 1;
  const rate = learningRate(state);
  const rest2 = 1 - option(state, BETA2);
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, REST2, rest2);
  setScalar(state, REST3, 1 - option(state, BETA3));
  setScalar(state, MEAN_RATE, rate / (1 - pow64(option(state, BETA1), t)));
  setScalar(state, CHANGE_RATE, (rate * rest2) / (1 - pow64(option(state, BETA2), t)));
  setScalar(state, UNBIAS, 1 / (1 - pow64(option(state, BETA3), t)));
  setScalar(state, EPS, option(state, EPSILON));
  setScalar(state, ROOT_EPS, option(state, EPSILON_ROOT));
  setScalar(state, KNOWN, t > 1 ? 1 : 0);
}

// @ts-ignore: decorator
@final @unmanaged
export class Adan {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const rest1 = scalar(state, REST1);
    const rest2 = scalar(state, REST2);
    const rest3 = scalar(state, REST3);
    const meanRate = scalar(state, MEAN_RATE);
    const changeRate = scalar(state, CHANGE_RATE);
    const unbias = scalar(state, UNBIAS);
    const eps = scalar(state, EPS);
    const rootEps = scalar(state, ROOT_EPS);
    const known = scalar(state, KNOWN);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const change = slots + stride;
      const square = change + stride;
      const last = square + stride;
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const turn = f32x4.mul(f32x4.sub(gradient, loadLanes(last, count)), known);
      storeLanes(last, gradient, count);

      const first = average(slots, gradient, rest1, count, bits, tiny);
      const second = average(change, turn, rest2, count, bits, tiny);
      const ahead = flushBelow(f32x4.add(gradient, f32x4.mul(turn, rest2)), bits, root);
      const third = average(square, f32x4.mul(ahead, ahead), rest3, count, bits, tiny);

      const divisor = f32x4.add(f32x4.sqrt(f32x4.add(f32x4.mul(third, unbias), rootEps)), eps);
      const step = f32x4.add(f32x4.mul(first, meanRate), f32x4.mul(second, changeRate));
      descend(w, f32x4.div(step, divisor), count);
    }
  }
}
