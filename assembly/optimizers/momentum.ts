import { loadLanes, storeLanes } from "../lanes";
import { belowTiny, flushBelow, LANES, magnitude } from "../simd";
import { learningRate, option, scalar, setScalar } from "./state";

/**
 * Heavy ball (Polyak 1964):
 *
 *   v = v * mu - g * a'      a' = (1 - dampening) * a
 *   w += v
 *
 * mu momentum, a learning rate. One slot: v, which starts at 0. Source: Keras 3, keras/src/optimizers/sgd.py, where
 * dampening is 0. With dampening = mu, v is a times the moving average of the gradient (with its sign turned), from the
 * first step on: unlike PyTorch, which does not dampen its first step.
 */

// Options, in the order of src/optimizers/facts/sgd.ts.
const MOMENTUM: i32 = 0;
const DAMPENING: i32 = 1;

// Scalars.
const MU: i32 = 1;
const RATE: i32 = 2;

export function prepareMomentum(state: usize): void {
  setScalar(state, MU, option(state, MOMENTUM));
  setScalar(state, RATE, learningRate(state) * (1 - option(state, DAMPENING)));
}

// @ts-ignore: decorator
@inline
function step(w: usize, g: usize, v: usize, momentum: v128, rate: v128, bits: v128, tiny: v128, count: i32): void {
  const gradient = flushBelow(loadLanes(g, count), bits, tiny);
  const velocity = flushBelow(
    f32x4.sub(f32x4.mul(loadLanes(v, count), momentum), f32x4.mul(gradient, rate)),
    bits,
    tiny,
  );
  storeLanes(v, velocity, count);
  storeLanes(w, f32x4.add(loadLanes(w, count), velocity), count);
}

export function momentum(state: usize, w: usize, g: usize, v: usize, n: i32): void {
  const mu = scalar(state, MU);
  const rate = scalar(state, RATE);
  const bits = magnitude();
  const tiny = belowTiny();
  const whole = w + ((<usize>(n & ~3)) << 2);
  const end = w + ((<usize>n) << 2);
  for (; w < whole; w += 16, g += 16, v += 16) step(w, g, v, mu, rate, bits, tiny, LANES);
  for (; w < end; w += 4, g += 4, v += 4) step(w, g, v, mu, rate, bits, tiny, 1);
}
