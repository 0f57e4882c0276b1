import { loadLanes, storeLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, bytesOf, descend } from "./each";

/**
 * Adamax (Kingma, Ba 2015, section 7): Adam whose divisor is the largest gradient seen, slowly forgotten.
 *
 *   m += (g - m) * (1 - b1)
 *   u = max(b2 * u, |g|)
 *   w -= (m * (a / (1 - b1^t))) / (u + e)
 *
 * a learning rate, t the number of this step from 1 on, e epsilon. Two slots from 0: m, u.
 * Source: Keras 3, keras/src/optimizers/adamax.py; PyTorch has epsilon within the max.
 */

// Options, in the order of src/optimizers/facts/adamax.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const EPSILON: i32 = 2;

// Scalars.
const REST1: i32 = 1;
const KEPT2: i32 = 2;
const RATE: i32 = 3;
const EPS: i32 = 4;

export function prepareAdamax(state: usize): void {
  const t = iterations(state) + 1;
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, KEPT2, option(state, BETA2));
  setScalar(state, RATE, learningRate(state) / (1 - pow64(option(state, BETA1), t)));
  setScalar(state, EPS, option(state, EPSILON));
}

// @ts-ignore: decorator
@final @unmanaged
export class Adamax {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const rest1 = scalar(state, REST1);
    const kept2 = scalar(state, KEPT2);
    const rate = scalar(state, RATE);
    const eps = scalar(state, EPS);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const mean = average(slots, gradient, rest1, count, bits, tiny);
      // unlike pmax this keeps a NaN of either
      const norm = f32x4.max(f32x4.mul(kept2, loadLanes(slots + stride, count)), f32x4.abs(gradient));
      const largest = flushBelow(norm, bits, tiny);
      storeLanes(slots + stride, largest, count);
      descend(w, f32x4.div(f32x4.mul(mean, rate), f32x4.add(largest, eps)), count);
    }
  }
}
