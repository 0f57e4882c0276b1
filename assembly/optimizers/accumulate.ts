import { loadLanes, storeLanes } from "../lanes";
import { belowTiny, flushBelow, LANES, magnitude } from "../simd";
import { accumulationSteps, updates } from "./state";

/**
 * Gradients of several steps as that of one:
 *
 *   s += g                            at a call that only accumulates
 *   g = (g + s) / steps;  s = 0       at the last of an iteration, which updates the parameters by this g
 *
 * Source: Keras 3, keras/src/optimizers/base_optimizer.py. Threads split n, anywhere.
 */
export function accumulateGradients(state: usize, g: usize, s: usize, n: i32): void {
  const last = updates(state);
  const divisor = f32x4.splat(<f32>accumulationSteps(state));
  const end = g + ((<usize>n) << 2);
  while (g < end) {
    const count = end - g < 16 ? 1 : LANES;
    const sum = flushBelow(f32x4.add(loadLanes(g, count), loadLanes(s, count)), magnitude(), belowTiny());
    if (last) storeLanes(g, f32x4.div(sum, divisor), count);
    storeLanes(s, last ? f32x4.splat(0) : sum, count);
    g += (<usize>count) << 2;
    s += (<usize>count) << 2;
  }
}
