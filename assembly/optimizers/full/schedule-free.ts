import { loadLanes, storeLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { iterations, learningRate, option, scalar, setScalar } from "../state";
import { average, bytesOf } from "./each";

/**
 * Schedule-free learning (Defazio et al. 2024), over SGD or AdamW: the average of the weights replaces a schedule of the learning rate.
 *
 *   v += (g^2 - v) * (1 - b2)                     AdamW only
 *   u = (g * a) / (sqrt(v / (1 - b2^t)) + e)      SGD: u = g * a
 *   w += c * d - k * u                            c = 1 / t,  k = 1 - b1 + b1 * c
 *   d = (d - b1 * u) * (1 - c)
 *
 * a learning rate, with warmup a * min(t / warmup, 1), t the number of this step from 1 on, e epsilon. Slots from 0: d, then v.
 * Papers and Keras (keras/src/optimizers/schedule_free_adamw.py) keep z = w + d instead and update x = w - d (1 - b1) / b1, the average of all z:
 *
 *   z -= u;  x = (1 - c) * x + c * z;  w = (1 - b1) * z + b1 * x
 *
 * Eliminating both gives the lines above: they need no start but 0, never divide by b1, and round the small difference instead of two large
 * numbers. Weight decay therefore moves z too; Keras decays w alone.
 */

// Options, in the order of src/optimizers/facts/schedule-free.ts.
const BETA1: i32 = 0;
const WARMUP: i32 = 1;
const BETA2: i32 = 2;
const EPSILON: i32 = 3;

// Scalars.
const KEPT1: i32 = 1;
const SHARE: i32 = 2;
const REST: i32 = 3;
const PULL: i32 = 4;
const RATE: i32 = 5;
const REST2: i32 = 6;
const UNBIAS: i32 = 7;
const EPS: i32 = 8;

export function prepareScheduleFreeSgd(state: usize): void {
  const t = iterations(state) + 1;
  const beta1 = option(state, BETA1);
  const warmup = option(state, WARMUP);
  setScalar(state, KEPT1, beta1);
  setScalar(state, SHARE, 1 / t);
  setScalar(state, REST, 1 - 1 / t);
  setScalar(state, PULL, 1 - beta1 + beta1 / t);
  setScalar(state, RATE, learningRate(state) * (t < warmup ? t / warmup : 1));
}

export function prepareScheduleFreeAdamw(state: usize): void {
  prepareScheduleFreeSgd(state);
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, UNBIAS, 1 / (1 - pow64(option(state, BETA2), iterations(state) + 1)));
  setScalar(state, EPS, option(state, EPSILON));
}

/** Moves w and d by u. */
// @ts-ignore: decorator
@inline
function follow(
  w: usize,
  d: usize,
  u: v128,
  count: i32,
  bits: v128,
  tiny: v128,
  kept1: v128,
  share: v128,
  rest: v128,
  pull: v128,
): void {
  const difference = loadLanes(d, count);
  const next = f32x4.mul(f32x4.sub(difference, f32x4.mul(u, kept1)), rest);
  storeLanes(d, flushBelow(next, bits, tiny), count);
  const change = f32x4.sub(f32x4.mul(difference, share), f32x4.mul(u, pull));
  storeLanes(w, f32x4.add(loadLanes(w, count), change), count);
}

// @ts-ignore: decorator
@final @unmanaged
export class ScheduleFreeSgd {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const kept1 = scalar(state, KEPT1);
    const share = scalar(state, SHARE);
    const rest = scalar(state, REST);
    const pull = scalar(state, PULL);
    const rate = scalar(state, RATE);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const u = f32x4.mul(flushBelow(loadLanes(g, count), bits, tiny), rate);
      follow(w, slots, u, count, bits, tiny, kept1, share, rest, pull);
    }
  }
}

// @ts-ignore: decorator
@final @unmanaged
export class ScheduleFreeAdamw {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const kept1 = scalar(state, KEPT1);
    const share = scalar(state, SHARE);
    const rest = scalar(state, REST);
    const pull = scalar(state, PULL);
    const rate = scalar(state, RATE);
    const rest2 = scalar(state, REST2);
    const unbias = scalar(state, UNBIAS);
    const eps = scalar(state, EPS);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const square = average(slots + stride, f32x4.mul(gradient, gradient), rest2, count, bits, tiny);
      const divisor = f32x4.add(f32x4.sqrt(f32x4.mul(square, unbias)), eps);
      const u = f32x4.div(f32x4.mul(gradient, rate), divisor);
      follow(w, slots, u, count, bits, tiny, kept1, share, rest, pull);
    }
  }
}
