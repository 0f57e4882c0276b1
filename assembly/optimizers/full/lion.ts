import { loadLanes, storeLanes } from "../../lanes";
import { belowTiny, flushBelow, magnitude } from "../../simd";
import { learningRate, option, scalar, setScalar } from "../state";
import { bytesOf, descend, sign } from "./each";

/**
 * Lion (Chen et al. 2023, found by a search over programs): every weight moves by the learning rate, in the direction of a mean gradient.
 *
 *   w -= a * sign(b1 * m + (1 - b1) * g)
 *   m = b2 * m + (1 - b2) * g
 *
 * a learning rate; sign(0) = 0. One slot from 0: m. Source: Keras 3, keras/src/optimizers/lion.py.
 */

// Options, in the order of src/optimizers/facts/lion.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;

// Scalars.
const KEPT1: i32 = 1;
const REST1: i32 = 2;
const KEPT2: i32 = 3;
const REST2: i32 = 4;
const RATE: i32 = 5;

export function prepareLion(state: usize): void {
  setScalar(state, KEPT1, option(state, BETA1));
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, KEPT2, option(state, BETA2));
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, RATE, learningRate(state));
}

// @ts-ignore: decorator
@inline
function mix(a: v128, aShare: v128, b: v128, bShare: v128, bits: v128, tiny: v128): v128 {
  return flushBelow(f32x4.add(f32x4.mul(a, aShare), f32x4.mul(b, bShare)), bits, tiny);
}

// @ts-ignore: decorator
@final @unmanaged
export class Lion {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const kept1 = scalar(state, KEPT1);
    const rest1 = scalar(state, REST1);
    const kept2 = scalar(state, KEPT2);
    const rest2 = scalar(state, REST2);
    const rate = scalar(state, RATE);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, tiny);
      const mean = loadLanes(slots, count);
      const direction = sign(mix(mean, kept1, gradient, rest1, bits, tiny), bits);
      storeLanes(slots, mix(mean, kept2, gradient, rest2, bits, tiny), count);
      descend(w, f32x4.mul(direction, rate), count);
    }
  }
}
