import { loadLanes, storeLanes } from "../lanes";
import { belowTiny, belowTinyRoot, flushBelow, LANES, magnitude } from "../simd";
import { Inside, Outside } from "./epsilon";
import { EPSILON_INSIDE_SQRT } from "./layout";
import { learningRate, option, scalar, setScalar } from "./state";

/**
 * RMSProp (Hinton 2012; centered: Graves 2013):
 *
 *   v = rho * v + (1 - rho) * g^2
 *   d = v                            centered: c = rho * c + (1 - rho) * g,  d = max(v - c^2, 0)
 *   i = (a * g) / sqrt(d + e)        or, with epsilon outside of the root, / (sqrt(d) + e)
 *   w -= i                           with momentum: b = mu * b + i,  w -= b
 *
 * a learning rate, e epsilon, mu momentum. Slots, all from 0: v, then b if there is momentum, then c if centered.
 * Source: Keras 3, keras/src/optimizers/rmsprop.py, with epsilon inside. The max is ours: rounding can push v - c^2
 * below zero by more than epsilon when v is large, and the root of that is NaN.
 * c is squared, so it is flushed where its square would get tiny.
 */

// Options, in the order of src/optimizers/facts/rmsprop.ts.
const RHO: i32 = 0;
const MOMENTUM: i32 = 1;
const CENTERED: i32 = 2;
const EPSILON: i32 = 3;
const EPSILON_MODE: i32 = 4;

// Scalars.
const KEPT: i32 = 1;
const REST: i32 = 2;
const RATE: i32 = 3;
const EPS: i32 = 4;
const MU: i32 = 5;

export function prepareRmsprop(state: usize): void {
  setScalar(state, KEPT, option(state, RHO));
  setScalar(state, REST, 1 - option(state, RHO));
  setScalar(state, RATE, learningRate(state));
  setScalar(state, EPS, option(state, EPSILON));
  setScalar(state, MU, option(state, MOMENTUM));
}

// @ts-ignore: decorator
@inline
function step<E>(
  w: usize,
  g: usize,
  v: usize,
  b: usize,
  c: usize,
  rho: v128,
  rest: v128,
  rate: v128,
  eps: v128,
  mu: v128,
  bits: v128,
  tiny: v128,
  root: v128,
  withMomentum: bool,
  centered: bool,
  count: i32,
): void {
  const gradient = flushBelow(loadLanes(g, count), bits, root);
  const square = f32x4.mul(gradient, gradient);
  const average = flushBelow(f32x4.add(f32x4.mul(rho, loadLanes(v, count)), f32x4.mul(rest, square)), bits, tiny);
  storeLanes(v, average, count);

  let variance = average;
  if (centered) {
    const mean = f32x4.add(f32x4.mul(rho, loadLanes(c, count)), f32x4.mul(rest, gradient));
    const kept = flushBelow(mean, bits, root);
    storeLanes(c, kept, count);
    // In this order pmax keeps a NaN.
    variance = f32x4.pmax(f32x4.sub(average, f32x4.mul(kept, kept)), f32x4.splat(0));
  }

  let change = f32x4.div(f32x4.mul(rate, gradient), changetype<E>(0).divisor(variance, eps));
  if (withMomentum) {
    change = flushBelow(f32x4.add(f32x4.mul(mu, loadLanes(b, count)), change), bits, tiny);
    storeLanes(b, change, count);
  }
  storeLanes(w, f32x4.sub(loadLanes(w, count), change), count);
}

// @ts-ignore: decorator
@inline
function loop<E>(
  state: usize,
  w: usize,
  g: usize,
  v: usize,
  stride: i32,
  n: i32,
  withMomentum: bool,
  centered: bool,
): void {
  const rho = scalar(state, KEPT);
  const rest = scalar(state, REST);
  const rate = scalar(state, RATE);
  const eps = scalar(state, EPS);
  const mu = scalar(state, MU);
  const bits = magnitude();
  const tiny = belowTiny();
  const root = belowTinyRoot();
  let b = v + <usize>stride;
  let c = withMomentum ? b + <usize>stride : b;
  const whole = w + ((<usize>(n & ~3)) << 2);
  const end = w + ((<usize>n) << 2);
  for (; w < whole; w += 16, g += 16, v += 16, b += 16, c += 16) {
    step<E>(w, g, v, b, c, rho, rest, rate, eps, mu, bits, tiny, root, withMomentum, centered, LANES);
  }
  for (; w < end; w += 4, g += 4, v += 4, b += 4, c += 4) {
    step<E>(w, g, v, b, c, rho, rest, rate, eps, mu, bits, tiny, root, withMomentum, centered, 1);
  }
}

// Separate functions, so that the constants of each stay constant.

function plain<E>(state: usize, w: usize, g: usize, v: usize, stride: i32, n: i32): void {
  loop<E>(state, w, g, v, stride, n, false, false);
}

function withMomentum<E>(state: usize, w: usize, g: usize, v: usize, stride: i32, n: i32): void {
  loop<E>(state, w, g, v, stride, n, true, false);
}

function centered<E>(state: usize, w: usize, g: usize, v: usize, stride: i32, n: i32): void {
  loop<E>(state, w, g, v, stride, n, false, true);
}

function centeredWithMomentum<E>(state: usize, w: usize, g: usize, v: usize, stride: i32, n: i32): void {
  loop<E>(state, w, g, v, stride, n, true, true);
}

// @ts-ignore: decorator
@inline
function dispatch<E>(state: usize, w: usize, g: usize, v: usize, stride: i32, n: i32): void {
  if (option(state, CENTERED) != 0) {
    if (option(state, MOMENTUM) > 0) centeredWithMomentum<E>(state, w, g, v, stride, n);
    else centered<E>(state, w, g, v, stride, n);
  } else {
    if (option(state, MOMENTUM) > 0) withMomentum<E>(state, w, g, v, stride, n);
    else plain<E>(state, w, g, v, stride, n);
  }
}

export function rmsprop(state: usize, w: usize, g: usize, v: usize, stride: i32, n: i32): void {
  if (option(state, EPSILON_MODE) == EPSILON_INSIDE_SQRT) dispatch<Inside>(state, w, g, v, stride, n);
  else dispatch<Outside>(state, w, g, v, stride, n);
}
