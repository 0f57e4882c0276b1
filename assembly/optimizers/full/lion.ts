import { loadLanes, storeLanes } from "../../lanes";
import { learningRate, option, scalar, setScalar } from "../state";
import { descend, kept, sign } from "./each";

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
function mix(a: v128, aShare: v128, b: v128, bShare: v128): v128 {
  return kept(f32x4.add(f32x4.mul(a, aShare), f32x4.mul(b, bShare)));
}

// @ts-ignore: decorator
@final @unmanaged
export class Lion {
  // @ts-ignore: decorator
  @inline
  step(state: usize, w: usize, g: usize, slots: usize, stride: i32, count: i32): void {
    const gradient = kept(loadLanes(g, count));
    const mean = loadLanes(slots, count);
    const direction = sign(mix(mean, scalar(state, KEPT1), gradient, scalar(state, REST1)));
    storeLanes(slots, mix(mean, scalar(state, KEPT2), gradient, scalar(state, REST2)), count);
    descend(w, f32x4.mul(direction, scalar(state, RATE)), count);
  }
}
