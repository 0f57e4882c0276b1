import { loadLanes, storeLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { learningRate, option, scalar, setScalar } from "../state";
import { bytesOf } from "./each";

/**
 * FTRL-Proximal (McMahan et al. 2013): the weights that minimize all linearized losses so far and both penalties, of which l1 leaves most at 0.
 *
 *   y = n + g^2                                    p(x) = x^(-power)
 *   z += (g + w * (2 shrinkage)) - ((p(y) - p(n)) / a) * w
 *   w = (min(max(z, -l1), l1) - z) / (p(y) / a + (2 l2 + beta / a))
 *   n = y
 *
 * a learning rate. Two slots: n from the initial accumulator value, z from 0. Source: Keras 3, keras/src/optimizers/ftrl.py. The weights follow
 * from z alone: whatever they start from, without a gradient they are 0 after one step. A learning rate of 0 leaves everything as it is.
 */

// Options, in the order of src/optimizers/facts/ftrl.ts.
const POWER: i32 = 0;
const L1: i32 = 2;
const L2: i32 = 3;
const SHRINKAGE: i32 = 4;
const BETA: i32 = 5;

// Scalars.
const RATE: i32 = 1;
const TWICE_SHRINKAGE: i32 = 2;
const LIMIT: i32 = 3;
const MINUS_LIMIT: i32 = 4;
const REGULAR: i32 = 5;

export function prepareFtrl(state: usize): void {
  const rate = learningRate(state);
  setScalar(state, RATE, rate);
  setScalar(state, TWICE_SHRINKAGE, 2 * option(state, SHRINKAGE));
  setScalar(state, LIMIT, option(state, L1));
  setScalar(state, MINUS_LIMIT, -option(state, L1));
  setScalar(state, REGULAR, 2 * option(state, L2) + option(state, BETA) / rate);
}

/** x^p, for each lane in float64. */
// @ts-ignore: decorator
@inline
function powers(x: v128, p: f64): v128 {
  let y = f32x4.splat(<f32>pow64(<f64>f32x4.extract_lane(x, 0), p));
  y = f32x4.replace_lane(y, 1, <f32>pow64(<f64>f32x4.extract_lane(x, 1), p));
  y = f32x4.replace_lane(y, 2, <f32>pow64(<f64>f32x4.extract_lane(x, 2), p));
  return f32x4.replace_lane(y, 3, <f32>pow64(<f64>f32x4.extract_lane(x, 3), p));
}

// @ts-ignore: decorator
@final @unmanaged
export class Root {
  // @ts-ignore: decorator
  @inline
  of(x: v128, power: f64): v128 {
    return f32x4.sqrt(x);
  }
}

// @ts-ignore: decorator
@final @unmanaged
export class Power {
  // @ts-ignore: decorator
  @inline
  of(x: v128, power: f64): v128 {
    return powers(x, power);
  }
}

/** Whether the power is the usual one, -1/2. */
export function takesRoot(state: usize): bool {
  return option(state, POWER) == -0.5;
}

/** P how it raises to the power. */
// @ts-ignore: decorator
@final @unmanaged
export class Ftrl<P> {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const raising = changetype<P>(0);
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const power = -option(state, POWER);
    const rate = scalar(state, RATE);
    const shrinkage = scalar(state, TWICE_SHRINKAGE);
    const limit = scalar(state, LIMIT);
    const minusLimit = scalar(state, MINUS_LIMIT);
    const regular = scalar(state, REGULAR);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const weight = loadLanes(w, count);
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const before = loadLanes(slots, count);
      const after = f32x4.add(before, f32x4.mul(gradient, gradient));
      storeLanes(slots, after, count);
      const raised = raising.of(after, power);
      const rise = f32x4.div(f32x4.sub(raised, raising.of(before, power)), rate);
      const pull = f32x4.add(gradient, f32x4.mul(weight, shrinkage));
      const old = loadLanes(slots + stride, count);
      const linear = flushBelow(f32x4.add(old, f32x4.sub(pull, f32x4.mul(rise, weight))), bits, tiny);
      storeLanes(slots + stride, linear, count);
      const clipped = f32x4.pmin(limit, f32x4.pmax(minusLimit, linear));
      const quadratic = f32x4.add(f32x4.div(raised, rate), regular);
      storeLanes(w, f32x4.div(f32x4.sub(clipped, linear), quadratic), count);
    }
  }
}
