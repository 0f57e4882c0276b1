import { loadLanes, storeLanes } from "../lanes";
import { pow64 } from "../scalar";
import { belowTiny, belowTinyRoot, flushBelow, LANES, magnitude } from "../simd";
import { iterations, learningRate, momentumProduct, option, scalar, setMomentumProduct, setScalar } from "./state";

/**
 * Nadam (Dozat 2016), Adam with Nesterov's momentum:
 *
 *   u(t) = b1 * (1 - 0.96^(d t) / 2)      U(t) = u(1) * ... * u(t)
 *   m += (g - m) * (1 - b1)
 *   v += (g^2 - v) * (1 - b2)
 *   w -= (m * u(t+1) / (1 - U(t+1)) + g * (1 - u(t)) / (1 - U(t))) * a / (sqrt(v / (1 - b2^t)) + e)
 *
 * a learning rate, t the number of this step from 1 on, e epsilon, d momentum decay. Two slots from 0: m, v.
 * Source: Keras 3, keras/src/optimizers/nadam.py, where d is 1; Dozat, PyTorch and tf.keras up to 2.10 have 0.004.
 * The loop has a and the fractions folded into one factor of m and one of g.
 */

// Options, in the order of src/optimizers/facts/nadam.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const EPSILON: i32 = 2;
const MOMENTUM_DECAY: i32 = 3;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const MOMENT_RATE: i32 = 3;
const GRADIENT_RATE: i32 = 4;
const UNBIAS: i32 = 5;
const EPS: i32 = 6;

/** A product below this is 0: 1 - product has long been 1, and denormals never reach 0 by themselves. */
const TINY: f64 = 7.888609052210118e-31; // 2^-100
/** Steps whose momenta are multiplied one by one, as in training. All later ones are beta1, to the last bit; see `seekNadam`. */
const COUNTED: f64 = 16777216;

function momentumAt(state: usize, t: f64): f64 {
  return option(state, BETA1) * (1 - 0.5 * pow64(0.96, option(state, MOMENTUM_DECAY) * t));
}

function flushed(product: f64): f64 {
  return product < TINY ? 0 : product;
}

export function prepareNadam(state: usize): void {
  const steps = iterations(state);
  if (steps == 0) setMomentumProduct(state, 1);
  const t = steps + 1;
  const u = momentumAt(state, t);
  const next = momentumAt(state, t + 1);
  const product = momentumProduct(state) * u;
  const rate = learningRate(state);
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, MOMENT_RATE, (rate * next) / (1 - product * next));
  setScalar(state, GRADIENT_RATE, (rate * (1 - u)) / (1 - product));
  setScalar(state, UNBIAS, 1 / (1 - pow64(option(state, BETA2), t)));
  setScalar(state, EPS, option(state, EPSILON));
}

/** Multiplies this step's u into the product. Call it before the iterations advance. */
export function advanceNadam(state: usize): void {
  setMomentumProduct(state, flushed(momentumProduct(state) * momentumAt(state, iterations(state) + 1)));
}

/**
 * The product after `iterations` steps, with the bits of training up to COUNTED steps. Where it is not 0, at most 70 / 0.01 of its
 * factors were below 0.99: so 0.96^(d t) is below 0.02 after step 7,000 and below 2^-53 after step 65,000, u is beta1 itself from there
 * on, and the rest after COUNTED is a power.
 */
export function seekNadam(state: usize): void {
  const beta1 = option(state, BETA1);
  const steps = iterations(state);
  const counted = min(steps, COUNTED);
  let product: f64 = 1;
  let t: f64 = 1;
  let u: f64 = 0;
  for (; t <= counted && product > 0 && u != beta1; t++) {
    u = momentumAt(state, t);
    product = flushed(product * u);
  }
  for (; t <= counted && product > 0; t++) product = flushed(product * beta1);
  if (steps > counted) product = flushed(product * pow64(beta1, steps - counted));
  setMomentumProduct(state, product);
}

// @ts-ignore: decorator
@inline
function step(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  rest1: v128,
  rest2: v128,
  momentRate: v128,
  gradientRate: v128,
  unbias: v128,
  eps: v128,
  bits: v128,
  tiny: v128,
  root: v128,
  count: i32,
): void {
  const gradient = flushBelow(loadLanes(g, count), bits, root);
  const m0 = loadLanes(m, count);
  const v0 = loadLanes(v, count);
  const first = flushBelow(f32x4.add(m0, f32x4.mul(f32x4.sub(gradient, m0), rest1)), bits, tiny);
  const second = flushBelow(f32x4.add(v0, f32x4.mul(f32x4.sub(f32x4.mul(gradient, gradient), v0), rest2)), bits, tiny);
  storeLanes(m, first, count);
  storeLanes(v, second, count);
  const direction = f32x4.add(f32x4.mul(first, momentRate), f32x4.mul(gradient, gradientRate));
  const divisor = f32x4.add(f32x4.sqrt(f32x4.mul(second, unbias)), eps);
  storeLanes(w, f32x4.sub(loadLanes(w, count), f32x4.div(direction, divisor)), count);
}

export function nadam(state: usize, w: usize, g: usize, m: usize, stride: i32, n: i32): void {
  const rest1 = scalar(state, REST1);
  const rest2 = scalar(state, REST2);
  const momentRate = scalar(state, MOMENT_RATE);
  const gradientRate = scalar(state, GRADIENT_RATE);
  const unbias = scalar(state, UNBIAS);
  const eps = scalar(state, EPS);
  const bits = magnitude();
  const tiny = belowTiny();
  const root = belowTinyRoot();
  let v = m + <usize>stride;
  const whole = w + ((<usize>(n & ~3)) << 2);
  const end = w + ((<usize>n) << 2);
  for (; w < whole; w += 16, g += 16, m += 16, v += 16) {
    step(w, g, m, v, rest1, rest2, momentRate, gradientRate, unbias, eps, bits, tiny, root, LANES);
  }
  for (; w < end; w += 4, g += 4, m += 4, v += 4) {
    step(w, g, m, v, rest1, rest2, momentRate, gradientRate, unbias, eps, bits, tiny, root, 1);
  }
}
