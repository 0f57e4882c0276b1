import { loadLanes, storeLanes } from "../lanes";
import { belowTinyRoot, flushBelow, LANES, magnitude } from "../simd";
import { Inside, Outside } from "./epsilon";
import { EPSILON_INSIDE_SQRT } from "./layout";
import { learningRate, option, scalar, setScalar } from "./state";

/**
 * AdaGrad (Duchi, Hazan, Singer 2011):
 *
 *   s += g^2
 *   w -= (a * g) / sqrt(s + e)       or, with epsilon outside of the root, / (sqrt(s) + e)
 *
 * a learning rate, e epsilon. One slot: s, which starts at the initial accumulator value. Source: Keras 3,
 * keras/src/optimizers/adagrad.py, with epsilon inside; PyTorch has it outside.
 * s never shrinks, and what is added to it is 0 or at least TINY: it needs no flush.
 */

// Options, in the order of src/optimizers/facts/adagrad.ts.
const EPSILON: i32 = 1;
const EPSILON_MODE: i32 = 2;

// Scalars.
const RATE: i32 = 1;
const EPS: i32 = 2;

export function prepareAdagrad(state: usize): void {
  setScalar(state, RATE, learningRate(state));
  setScalar(state, EPS, option(state, EPSILON));
}

// @ts-ignore: decorator
@inline
function step<E>(w: usize, g: usize, s: usize, rate: v128, eps: v128, bits: v128, root: v128, count: i32): void {
  const gradient = flushBelow(loadLanes(g, count), bits, root);
  const sum = f32x4.add(loadLanes(s, count), f32x4.mul(gradient, gradient));
  storeLanes(s, sum, count);
  const change = f32x4.div(f32x4.mul(rate, gradient), changetype<E>(0).divisor(sum, eps));
  storeLanes(w, f32x4.sub(loadLanes(w, count), change), count);
}

function loop<E>(state: usize, w: usize, g: usize, s: usize, n: i32): void {
  const rate = scalar(state, RATE);
  const eps = scalar(state, EPS);
  const bits = magnitude();
  const root = belowTinyRoot();
  const whole = w + ((<usize>(n & ~3)) << 2);
  const end = w + ((<usize>n) << 2);
  for (; w < whole; w += 16, g += 16, s += 16) step<E>(w, g, s, rate, eps, bits, root, LANES);
  for (; w < end; w += 4, g += 4, s += 4) step<E>(w, g, s, rate, eps, bits, root, 1);
}

export function adagrad(state: usize, w: usize, g: usize, s: usize, n: i32): void {
  if (option(state, EPSILON_MODE) == EPSILON_INSIDE_SQRT) loop<Inside>(state, w, g, s, n);
  else loop<Outside>(state, w, g, s, n);
}
