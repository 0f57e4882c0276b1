import { loadLanes, storeLanes } from "../lanes";
import { belowTiny, flushBelow, LANES, magnitude } from "../simd";
import { DECAY, learningRate, scalar, setScalar, weightDecay } from "./state";

/**
 * Decoupled weight decay (Loshchilov, Hutter 2019), before the update of any optimizer:
 *
 *   w -= w * (decay * a)
 *
 * a learning rate. Source: Keras 3, keras/src/optimizers/base_optimizer.py. A weight without gradients would sink into the
 * denormals, so tiny values become zero.
 */

export function prepareDecay(state: usize): void {
  setScalar(state, DECAY, weightDecay(state) * learningRate(state));
}

// @ts-ignore: decorator
@inline
function step(w: usize, rate: v128, bits: v128, tiny: v128, count: i32): void {
  const weight = loadLanes(w, count);
  storeLanes(w, flushBelow(f32x4.sub(weight, f32x4.mul(weight, rate)), bits, tiny), count);
}

export function decay(state: usize, w: usize, n: i32): void {
  decayBy(scalar(state, DECAY), w, n);
}

/** w -= w * rate */
export function decayBy(rate: v128, w: usize, n: i32): void {
  const bits = magnitude();
  const tiny = belowTiny();
  const whole = w + ((<usize>(n & ~3)) << 2);
  const end = w + ((<usize>n) << 2);
  for (; w < whole; w += 16) step(w, rate, bits, tiny, LANES);
  for (; w < end; w += 4) step(w, rate, bits, tiny, 1);
}
