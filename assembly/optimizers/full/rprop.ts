import { loadLanes, storeLanes } from "../../lanes";
import { belowTiny, flushBelow, magnitude } from "../../simd";
import { learningRate, option, scalar, setScalar } from "../state";
import { bytesOf, descend, sign } from "./each";

/**
 * Rprop (Riedmiller & Braun 1993): every weight has a step size of its own, which grows while its gradient keeps its sign and shrinks when it turns.
 *
 *   s = g p
 *   d = min(most, max(least, d * (s > 0: plus; s < 0: minus; else 1)))        d is the learning rate before the first step
 *   p = s < 0 ? 0 : sign(g)
 *   w -= p * d
 *
 * Two slots from 0: p, the sign of the gradient before, and d, where 0 stands for the learning rate. Source: PyTorch, torch/optim/rprop.py, where p is the
 * gradient: a product of two could underflow.
 */

// Options, in the order of src/optimizers/facts/rprop.ts.
const MINUS: i32 = 0;
const PLUS: i32 = 1;
const LEAST: i32 = 2;
const MOST: i32 = 3;

// Scalars.
const SHRINK: i32 = 1;
const GROW: i32 = 2;
const LOW: i32 = 3;
const HIGH: i32 = 4;
const FIRST: i32 = 5;

export function prepareRprop(state: usize): void {
  setScalar(state, SHRINK, option(state, MINUS));
  setScalar(state, GROW, option(state, PLUS));
  setScalar(state, LOW, option(state, LEAST));
  setScalar(state, HIGH, option(state, MOST));
  setScalar(state, FIRST, learningRate(state));
}

// @ts-ignore: decorator
@final @unmanaged
export class Rprop {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const zero = f32x4.splat(0);
    const shrink = scalar(state, SHRINK);
    const grow = scalar(state, GROW);
    const low = scalar(state, LOW);
    const high = scalar(state, HIGH);
    const first = scalar(state, FIRST);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, tiny);
      const agreement = f32x4.mul(gradient, loadLanes(slots, count));
      const turned = f32x4.lt(agreement, zero);
      const kept = v128.bitselect(grow, f32x4.splat(1), f32x4.gt(agreement, zero));
      const factor = v128.bitselect(shrink, kept, turned);
      const before = loadLanes(slots + stride, count);
      const size = v128.bitselect(first, before, f32x4.eq(before, zero));
      const next = f32x4.pmin(f32x4.pmax(f32x4.mul(size, factor), low), high);
      const followed = v128.andnot(sign(gradient, bits), turned);
      storeLanes(slots, followed, count);
      storeLanes(slots + stride, next, count);
      descend(w, f32x4.mul(followed, next), count);
    }
  }
}
