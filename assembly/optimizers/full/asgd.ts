import { loadLanes, storeLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { belowTiny, flushBelow, magnitude } from "../../simd";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { bytesOf } from "./each";

/**
 * Averaged SGD (Polyak & Juditsky 1992): SGD at a falling rate, and the mean of the weights from some step on.
 *
 *   w -= (g + l w) * (a / (1 + l a (t - 1))^p)
 *   x += (w - x) / max(1, t - 1 - t0)
 *
 * a learning rate, t the number of this step from 1 on, l lambd, p the power of the decay. One slot from 0: x. Source: PyTorch, torch/optim/asgd.py.
 * x is computed from w on, so that it is w to the bit until t0.
 */

// Options, in the order of src/optimizers/facts/asgd.ts.
const LAMBDA: i32 = 0;
const POWER: i32 = 1;
const START: i32 = 2;

// Scalars.
const RATE: i32 = 1;
const PULL: i32 = 2;
const PAST: i32 = 3;

export function prepareAsgd(state: usize): void {
  const steps = iterations(state);
  const rate = learningRate(state);
  const lambda = option(state, LAMBDA);
  setScalar(state, RATE, rate / pow64(1 + lambda * rate * steps, option(state, POWER)));
  setScalar(state, PULL, lambda);
  setScalar(state, PAST, 1 - 1 / max<f64>(1, steps - option(state, START)));
}

// @ts-ignore: decorator
@final @unmanaged
export class Asgd {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const rate = scalar(state, RATE);
    const pull = scalar(state, PULL);
    const past = scalar(state, PAST);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const weight = loadLanes(w, count);
      const slope = f32x4.add(flushBelow(loadLanes(g, count), bits, tiny), f32x4.mul(weight, pull));
      const next = flushBelow(f32x4.sub(weight, f32x4.mul(slope, rate)), bits, tiny);
      storeLanes(w, next, count);
      const distance = f32x4.sub(loadLanes(slots, count), next);
      storeLanes(slots, flushBelow(f32x4.add(next, f32x4.mul(distance, past)), bits, tiny), count);
    }
  }
}
