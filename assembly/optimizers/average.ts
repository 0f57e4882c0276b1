import { loadLanes, storeLanes } from "../lanes";
import { belowTiny, flushBelow, LANES, magnitude } from "../simd";
import { iterations, updates } from "./state";

/**
 * Averages of weights, after their update:
 *
 *   a = momentum * a + (1 - momentum) * w;   then, every `overwrite` iterations, w = a
 *
 * The first iteration's momentum is 0, so the average starts at the weights. As in Keras 3 (keras/src/optimizers/base_optimizer.py) calls that
 * only accumulate gradients count too. Threads split n, anywhere.
 *
 * With `sync` both happen only at these iterations, the first no exception: Lookahead (Zhang et al. 2019), a being the slow weights. Source: optax,
 * optax/_src/lookahead.py.
 */
export function averageWeights(
  state: usize,
  w: usize,
  a: usize,
  n: i32,
  momentum: f32,
  overwrite: i32,
  sync: bool,
): void {
  const t = iterations(state) + 1;
  const back = overwrite != 0 && t == <f64>overwrite * floor<f64>(t / <f64>overwrite);
  if (sync && !(back && updates(state))) return;
  if (t == 1 && !sync) momentum = 0;
  const kept = f32x4.splat(momentum);
  const rest = f32x4.splat(1 - momentum);
  const end = w + ((<usize>n) << 2);
  while (w < end) {
    const count = end - w < 16 ? 1 : LANES;
    const weight = loadLanes(w, count);
    const mean = f32x4.add(f32x4.mul(kept, loadLanes(a, count)), f32x4.mul(rest, weight));
    const average = flushBelow(momentum == 0 ? weight : mean, magnitude(), belowTiny());
    storeLanes(a, average, count);
    if (back) storeLanes(w, average, count);
    w += (<usize>count) << 2;
    a += (<usize>count) << 2;
  }
}
