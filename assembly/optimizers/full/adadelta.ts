import { loadLanes, storeLanes } from "../../lanes";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { learningRate, option, scalar, setScalar } from "../state";
import { bytesOf, descend } from "./each";

/**
 * Adadelta (Zeiler 2012): steps in units of the weights, from the mean squares of gradients and of earlier steps.
 *
 *   s = rho * s + (1 - rho) * g^2
 *   d = (sqrt(x + e) * g) / sqrt(s + e)
 *   x = rho * x + (1 - rho) * d^2
 *   w -= d * a
 *
 * a learning rate, e epsilon. Two slots from 0: s, x. Source: Keras 3, keras/src/optimizers/adadelta.py.
 */

// Options, in the order of src/optimizers/facts/adadelta.ts.
const RHO: i32 = 0;
const EPSILON: i32 = 1;

// Scalars.
const KEPT: i32 = 1;
const REST: i32 = 2;
const RATE: i32 = 3;
const EPS: i32 = 4;

export function prepareAdadelta(state: usize): void {
  setScalar(state, KEPT, option(state, RHO));
  setScalar(state, REST, 1 - option(state, RHO));
  setScalar(state, RATE, learningRate(state));
  setScalar(state, EPS, option(state, EPSILON));
}

/** The mean square at `slot` with the square of x; tiny ones are 0. */
// @ts-ignore: decorator
@inline
function meanSquare(slot: usize, old: v128, x: v128, kept: v128, rest: v128, count: i32, bits: v128, tiny: v128): v128 {
  const next = f32x4.add(f32x4.mul(kept, old), f32x4.mul(rest, f32x4.mul(x, x)));
  const flushed = flushBelow(next, bits, tiny);
  storeLanes(slot, flushed, count);
  return flushed;
}

// @ts-ignore: decorator
@final @unmanaged
export class Adadelta {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const kept = scalar(state, KEPT);
    const rest = scalar(state, REST);
    const rate = scalar(state, RATE);
    const eps = scalar(state, EPS);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const squares = meanSquare(slots, loadLanes(slots, count), gradient, kept, rest, count, bits, tiny);
      const steps = loadLanes(slots + stride, count);
      const size = f32x4.mul(f32x4.sqrt(f32x4.add(steps, eps)), gradient);
      const change = f32x4.div(size, f32x4.sqrt(f32x4.add(squares, eps)));
      meanSquare(slots + stride, steps, flushBelow(change, bits, root), kept, rest, count, bits, tiny);
      descend(w, f32x4.mul(change, rate), count);
    }
  }
}
