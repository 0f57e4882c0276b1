import { loadLanes, storeLanes } from "../lanes";
import { pow64 } from "../scalar";
import { belowTiny, belowTinyRoot, flushBelow, LANES, magnitude } from "../simd";
import { EPSILON_HAT, EPSILON_PAPER } from "./layout";
import { iterations, learningRate, option, scalar, setScalar } from "./state";

/**
 * Adam (Kingma, Ba 2015), AMSGrad (Reddi, Kale, Kumar 2018), and with weight decay AdamW (Loshchilov, Hutter 2019):
 *
 *   m += (g - m) * (1 - b1)
 *   v += (g^2 - v) * (1 - b2)        amsgrad: h = max(h, v), and h stands for v below
 *   w -= (m * r) / d
 *
 *   epsilon      r                               d
 *   hat          a * sqrt(1 - b2^t) / (1 - b1^t) sqrt(v) + e                    as Keras; section 2 of the paper
 *   paper        a / (1 - b1^t)                  sqrt(v / (1 - b2^t)) + e       as algorithm 1 of the paper, PyTorch
 *   inside       a / (1 - b1^t)                  sqrt(v / (1 - b2^t) + e)
 *
 * a learning rate, t the number of this step from 1 on, e epsilon. Slots, all from 0: m, v, and h with amsgrad.
 * Source: Keras 3, keras/src/optimizers/adam.py.
 */

// Options, in the order of src/optimizers/facts/adam.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const EPSILON: i32 = 2;
const AMSGRAD: i32 = 3;
const EPSILON_MODE: i32 = 4;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const RATE: i32 = 3;
const UNBIAS: i32 = 4;
const EPS: i32 = 5;

export function prepareAdam(state: usize): void {
  const t = iterations(state) + 1;
  const correction1 = 1 - pow64(option(state, BETA1), t);
  const correction2 = 1 - pow64(option(state, BETA2), t);
  const hat = option(state, EPSILON_MODE) == EPSILON_HAT;
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, RATE, (learningRate(state) * (hat ? sqrt<f64>(correction2) : 1)) / correction1);
  setScalar(state, UNBIAS, 1 / correction2);
  setScalar(state, EPS, option(state, EPSILON));
}

// @ts-ignore: decorator
@final @unmanaged
class Hat {
  // @ts-ignore: decorator
  @inline
  divisor(variance: v128, unbias: v128, eps: v128): v128 {
    return f32x4.add(f32x4.sqrt(variance), eps);
  }
}

// @ts-ignore: decorator
@final @unmanaged
class Paper {
  // @ts-ignore: decorator
  @inline
  divisor(variance: v128, unbias: v128, eps: v128): v128 {
    return f32x4.add(f32x4.sqrt(f32x4.mul(variance, unbias)), eps);
  }
}

// @ts-ignore: decorator
@final @unmanaged
class InsideSqrt {
  // @ts-ignore: decorator
  @inline
  divisor(variance: v128, unbias: v128, eps: v128): v128 {
    return f32x4.sqrt(f32x4.add(f32x4.mul(variance, unbias), eps));
  }
}

// @ts-ignore: decorator
@inline
function step<E>(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  h: usize,
  rest1: v128,
  rest2: v128,
  rate: v128,
  unbias: v128,
  eps: v128,
  bits: v128,
  tiny: v128,
  root: v128,
  amsgrad: bool,
  count: i32,
): void {
  const gradient = flushBelow(loadLanes(g, count), bits, root);
  const m0 = loadLanes(m, count);
  const v0 = loadLanes(v, count);
  const first = flushBelow(f32x4.add(m0, f32x4.mul(f32x4.sub(gradient, m0), rest1)), bits, tiny);
  const second = flushBelow(f32x4.add(v0, f32x4.mul(f32x4.sub(f32x4.mul(gradient, gradient), v0), rest2)), bits, tiny);
  storeLanes(m, first, count);
  storeLanes(v, second, count);

  let variance = second;
  if (amsgrad) {
    // In this order pmax keeps a NaN of v, and v keeps it for ever.
    variance = f32x4.pmax(second, loadLanes(h, count));
    storeLanes(h, variance, count);
  }
  const change = f32x4.div(f32x4.mul(first, rate), changetype<E>(0).divisor(variance, unbias, eps));
  storeLanes(w, f32x4.sub(loadLanes(w, count), change), count);
}

// @ts-ignore: decorator
@inline
function loop<E>(state: usize, w: usize, g: usize, m: usize, stride: i32, n: i32, amsgrad: bool): void {
  const rest1 = scalar(state, REST1);
  const rest2 = scalar(state, REST2);
  const rate = scalar(state, RATE);
  const unbias = scalar(state, UNBIAS);
  const eps = scalar(state, EPS);
  const bits = magnitude();
  const tiny = belowTiny();
  const root = belowTinyRoot();
  let v = m + <usize>stride;
  let h = v + <usize>stride;
  const whole = w + ((<usize>(n & ~3)) << 2);
  const end = w + ((<usize>n) << 2);
  for (; w < whole; w += 16, g += 16, m += 16, v += 16, h += 16) {
    step<E>(w, g, m, v, h, rest1, rest2, rate, unbias, eps, bits, tiny, root, amsgrad, LANES);
  }
  for (; w < end; w += 4, g += 4, m += 4, v += 4, h += 4) {
    step<E>(w, g, m, v, h, rest1, rest2, rate, unbias, eps, bits, tiny, root, amsgrad, 1);
  }
}

// Separate functions, so that the constants of each stay constant.

function plain<E>(state: usize, w: usize, g: usize, m: usize, stride: i32, n: i32): void {
  loop<E>(state, w, g, m, stride, n, false);
}

function amsgrad<E>(state: usize, w: usize, g: usize, m: usize, stride: i32, n: i32): void {
  loop<E>(state, w, g, m, stride, n, true);
}

// @ts-ignore: decorator
@inline
function dispatch<E>(state: usize, w: usize, g: usize, m: usize, stride: i32, n: i32): void {
  if (option(state, AMSGRAD) != 0) amsgrad<E>(state, w, g, m, stride, n);
  else plain<E>(state, w, g, m, stride, n);
}

export function adam(state: usize, w: usize, g: usize, m: usize, stride: i32, n: i32): void {
  const mode = option(state, EPSILON_MODE);
  if (mode == EPSILON_HAT) dispatch<Hat>(state, w, g, m, stride, n);
  else if (mode == EPSILON_PAPER) dispatch<Paper>(state, w, g, m, stride, n);
  else dispatch<InsideSqrt>(state, w, g, m, stride, n);
}
