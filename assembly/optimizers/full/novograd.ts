import { loadLanes, storeLanes } from "../../lanes";
import { sumSquares } from "../../reduce";
import { belowTiny, flushBelow, magnitude } from "../../simd";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { bytesOf, descend } from "./each";
import { eachBy, total } from "./sums";

/**
 * NovoGrad (Ginsburg et al. 2019): momentum of gradients divided by a mean of their norms; one number for each weight instead of Adam's square of each element.
 *
 *   v = b2 * v + (1 - b2) * |g|^2         at the first step v = |g|^2
 *   m = b1 * m + (g / (sqrt(v + r) + e) + l * w)
 *   w -= m * a
 *
 * a learning rate, e epsilon, r the epsilon under the root, l the penalty (l2RegularizationStrength); |g| is the norm of the whole weight's gradient.
 * Slots from 0: m, and v with a single number. Source: optax, novograd. The last pass keeps v, which the others read.
 */

// Options, in the order of src/optimizers/facts/novograd.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const PENALTY: i32 = 2;
const EPSILON: i32 = 3;
const EPSILON_ROOT: i32 = 4;

// Scalars.
const KEPT1: i32 = 1;
const L2: i32 = 2;
const RATE: i32 = 3;

export function prepareNovograd(state: usize): void {
  setScalar(state, KEPT1, option(state, BETA1));
  setScalar(state, L2, option(state, PENALTY));
  setScalar(state, RATE, learningRate(state));
}

// @ts-ignore: decorator
@final @unmanaged
class Descent {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, by: v128, out: usize, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const kept1 = scalar(state, KEPT1);
    const l2 = scalar(state, L2);
    const rate = scalar(state, RATE);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const normal = f32x4.mul(flushBelow(loadLanes(g, count), bits, tiny), by);
      const direction = f32x4.add(normal, f32x4.mul(l2, loadLanes(w, count)));
      const mean = flushBelow(f32x4.add(f32x4.mul(kept1, loadLanes(slots, count)), direction), bits, tiny);
      storeLanes(slots, mean, count);
      descend(w, f32x4.mul(mean, rate), count);
    }
  }
}

/** v after this step. */
function square(state: usize, v: usize, sum: f64): f32 {
  if (iterations(state) == 0) return <f32>sum;
  const beta2 = option(state, BETA2);
  return <f32>(beta2 * <f64>load<f32>(v) + (1 - beta2) * sum);
}

/** The first slot of the weight is at `first`. */
export function novogradPass(
  state: usize,
  pass: i32,
  w: usize,
  g: usize,
  slots: usize,
  stride: i32,
  n: i32,
  out: usize,
  sums: usize,
  blocks: i32,
  first: usize,
): void {
  if (pass == 0) return store<f64>(out, sumSquares(g, n));
  const v = first + stride;
  const next = square(state, v, total(sums, blocks, 0));
  if (pass == 1) {
    const divisor = sqrt<f64>(<f64>next + option(state, EPSILON_ROOT)) + option(state, EPSILON);
    // a weight whose gradients have all been zero stays
    eachBy<Descent>(state, w, g, slots, stride, n, divisor == 0 ? 0 : 1 / divisor, 0);
  } else if (slots == first) store<f32>(v, next);
}
