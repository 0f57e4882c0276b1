import { loadLanes, storeLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { decay } from "../decay";
import { iterations, learningRate, option, scalar, setScalar, weightDecay } from "../state";
import { average, bytesOf, descend, each } from "./each";

/**
 * SOAP (Vyas et al. 2024): Adam in the eigenbasis of Shampoo's preconditioner. Of a matrix:
 *
 *   m += (g - m) * (1 - b1)
 *   v += ((L'gR)^2 - v) * (1 - b2)
 *   w -= L ((L'mR) / (sqrt(v) + e)) R' * (a * sqrt(1 - b2^k) / (1 - b1^k))
 *   A += (gg' - A) * (1 - b3);   L = the eigenvectors of A                 the same with B, g'g and R
 *
 * a learning rate, e epsilon, k the number of this step from 0 on: the first only begins A, B, L and R, so that no gradient goes through a basis made of itself.
 * eigen.ts has L and R. An axis longer than the largest size has none: there L or R is the identity. Other weights, as vectors, go by Adam, from k = 1 on, too.
 * Slots from 0: m, v, A, B, L, R. Source: pytorch-optimizer 4.1, SOAP, which decays after the step and not in the first; here decay comes before every step, as in all optimizers.
 *
 * Passes, with products of matrices between them: decay, m; v and the quotient; w.
 */

// Options, in the order of src/optimizers/facts/soap.ts; eigen.ts has the others.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const EPSILON: i32 = 3;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const RATE: i32 = 3;
const EPS: i32 = 4;

export function prepareSoap(state: usize): void {
  const k = iterations(state);
  const beta1 = option(state, BETA1);
  const beta2 = option(state, BETA2);
  setScalar(state, REST1, 1 - beta1);
  setScalar(state, REST2, 1 - beta2);
  setScalar(state, RATE, k > 0 ? (learningRate(state) * sqrt<f64>(1 - pow64(beta2, k))) / (1 - pow64(beta1, k)) : 0);
  setScalar(state, EPS, option(state, EPSILON));
}

// @ts-ignore: decorator
@final @unmanaged
class Adam {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const rest1 = scalar(state, REST1);
    const rest2 = scalar(state, REST2);
    const rate = scalar(state, RATE);
    const eps = scalar(state, EPS);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const mean = average(slots, gradient, rest1, count, bits, tiny);
      const square = average(slots + stride, f32x4.mul(gradient, gradient), rest2, count, bits, tiny);
      const divisor = f32x4.add(f32x4.sqrt(square), eps);
      descend(w, f32x4.mul(f32x4.div(mean, divisor), rate), count);
    }
  }
}

// @ts-ignore: decorator
@final @unmanaged
class Mean {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const rest1 = scalar(state, REST1);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes)
      average(slots, flushBelow(loadLanes(g, count), bits, tiny), rest1, count, bits, tiny);
  }
}

/** Here `g` is L'gR, and `w` is L'mR, which becomes the quotient. */
// @ts-ignore: decorator
@final @unmanaged
class Quotient {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const rest2 = scalar(state, REST2);
    const eps = scalar(state, EPS);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const square = average(slots + stride, f32x4.mul(gradient, gradient), rest2, count, bits, tiny);
      const divisor = f32x4.add(f32x4.sqrt(square), eps);
      storeLanes(w, f32x4.div(loadLanes(w, count), divisor), count);
    }
  }
}

/** Here `g` is the quotient, back in the weights' own basis. */
// @ts-ignore: decorator
@final @unmanaged
class Descent {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const rate = scalar(state, RATE);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes)
      descend(w, f32x4.mul(loadLanes(g, count), rate), count);
  }
}

/** `stride` is the distance from m to v. A matrix takes the passes 0 to 2, of which the last two have other arrays in place of w and g; others take pass 3. */
export function soapPass(
  state: usize,
  pass: i32,
  w: usize,
  g: usize,
  slots: usize,
  stride: i32,
  n: i32,
  decays: bool,
): void {
  if (decays && weightDecay(state) > 0) decay(state, w, n);
  if (iterations(state) == 0) return;
  switch (pass) {
    case 0:
      return each<Mean>(state, w, g, slots, stride, n);
    case 1:
      return each<Quotient>(state, w, g, slots, stride, n);
    case 2:
      return each<Descent>(state, w, g, slots, stride, n);
    default:
      return each<Adam>(state, w, g, slots, stride, n);
  }
}
