import { loadLanes, storeLanes } from "../lanes";
import { belowTiny, flushBelow, LANES, magnitude } from "../simd";
import { learningRate, scalar, setScalar } from "./state";

/**
 * Gradient descent: w -= g * a
 *
 * a learning rate. No slots. Source: Keras 3, keras/src/optimizers/sgd.py.
 */

const RATE: i32 = 1;

export function prepareSgd(state: usize): void {
  setScalar(state, RATE, learningRate(state));
}

// @ts-ignore: decorator
@inline
function step(w: usize, g: usize, rate: v128, bits: v128, tiny: v128, count: i32): void {
  const gradient = flushBelow(loadLanes(g, count), bits, tiny);
  storeLanes(w, f32x4.sub(loadLanes(w, count), f32x4.mul(gradient, rate)), count);
}

export function sgd(state: usize, w: usize, g: usize, n: i32): void {
  const rate = scalar(state, RATE);
  const bits = magnitude();
  const tiny = belowTiny();
  const whole = w + ((<usize>(n & ~3)) << 2);
  const end = w + ((<usize>n) << 2);
  for (; w < whole; w += 16, g += 16) step(w, g, rate, bits, tiny, LANES);
  for (; w < end; w += 4, g += 4) step(w, g, rate, bits, tiny, 1);
}
