import { loadLanes, storeLanes } from "../lanes";
import { belowTiny, flushBelow, LANES, magnitude } from "../simd";
import { AVERAGE_ALL, AVERAGE_START } from "./layout";
import { calls, iterations, updates } from "./state";

/**
 * Averages of weights, after their update:
 *
 *   a = momentum * a + (1 - momentum) * w;   then, every `overwrite` iterations, w = a
 *
 *   AVERAGE_ALL     the exponential moving average of all iterations; the first one's momentum is 0, so it starts at the weights.
 *                   As in Keras 3 (keras/src/optimizers/base_optimizer.py) calls that only accumulate gradients count too
 *   AVERAGE_SYNC    only where w = a follows: the slow weights of lookahead
 *   AVERAGE_START   before the first update, a = w
 *
 * Threads split n, anywhere.
 */
export function averageWeights(
  state: usize,
  w: usize,
  a: usize,
  n: i32,
  momentum: f32,
  overwrite: i32,
  mode: i32,
): void {
  const t = iterations(state) + 1;
  const back = overwrite != 0 && t == <f64>overwrite * floor<f64>(t / <f64>overwrite);
  if (mode == AVERAGE_START) {
    if (calls(state) != 0) return;
    momentum = 0;
  } else if (mode == AVERAGE_ALL) {
    if (t == 1) momentum = 0;
  } else if (!back || !updates(state)) return;
  const kept = f32x4.splat(momentum);
  const rest = f32x4.splat(1 - momentum);
  const end = w + ((<usize>n) << 2);
  while (w < end) {
    const count = end - w < 16 ? 1 : LANES;
    const weight = loadLanes(w, count);
    const mean = f32x4.add(f32x4.mul(kept, loadLanes(a, count)), f32x4.mul(rest, weight));
    const average = flushBelow(momentum == 0 ? weight : mean, magnitude(), belowTiny());
    storeLanes(a, average, count);
    if (back && mode != AVERAGE_START) storeLanes(w, average, count);
    w += (<usize>count) << 2;
    a += (<usize>count) << 2;
  }
}
