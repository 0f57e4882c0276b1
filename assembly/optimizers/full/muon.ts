import { loadLanes, storeLanes } from "../../lanes";
import { pow64 } from "../../scalar";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import { decay, decayBy } from "../decay";
import { iterations, learningRate, option, scalar, setScalar, weightDecay } from "../state";
import { average, bytesOf, descend, each } from "./each";
import { eachBy } from "./sums";

/**
 * Muon (Jordan et al. 2024): momentum of a matrix, made nearly orthogonal, so that every direction of it moves equally far. Other weights go by AdamW.
 *
 *   m = mu * m + g;   u = g + mu * m, or m without nesterov
 *   X = u / (|u| + 1e-7), transposed if it has more rows than columns
 *   X = a X + (b A + c A A) X,  A = X X',        so many times: Newton-Schulz, operations of the graph between the passes
 *   w -= X * (rate * r * sqrt(max(rows, columns)))        r = 0 leaves out the last two factors
 *
 * mu momentum, r the option rmsRate. AdamW: adam.ts with epsilon "hat", at learning rate * adamLearningRateRatio. Slots from 0: m; of AdamW's weights
 * also v. Source: Keras 3, keras/src/optimizers/muon.py.
 */

// Options, in the order of src/optimizers/facts/muon.ts.
const MOMENTUM: i32 = 0;
const NESTEROV: i32 = 1;
const RMS_RATE: i32 = 2;
const ADAM_BETA1: i32 = 3;
const ADAM_BETA2: i32 = 4;
const EPSILON: i32 = 5;
const ADAM_WEIGHT_DECAY: i32 = 6;
const ADAM_RATE_RATIO: i32 = 7;

// Scalars.
const MU: i32 = 1;
const REST1: i32 = 2;
const REST2: i32 = 3;
const RATE: i32 = 4;
const EPS: i32 = 5;
const ADAM_DECAY: i32 = 6;

export function prepareMuon(state: usize): void {
  const t = iterations(state) + 1;
  const beta1 = option(state, ADAM_BETA1);
  const beta2 = option(state, ADAM_BETA2);
  const rate = learningRate(state) * option(state, ADAM_RATE_RATIO);
  setScalar(state, MU, option(state, MOMENTUM));
  setScalar(state, REST1, 1 - beta1);
  setScalar(state, REST2, 1 - beta2);
  setScalar(state, RATE, (rate * sqrt<f64>(1 - pow64(beta2, t))) / (1 - pow64(beta1, t)));
  setScalar(state, EPS, option(state, EPSILON));
  setScalar(state, ADAM_DECAY, option(state, ADAM_WEIGHT_DECAY) * learningRate(state));
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
      descend(w, f32x4.div(f32x4.mul(mean, rate), f32x4.add(f32x4.sqrt(square), eps)), count);
    }
  }
}

/** Here `stride` is the distance from the slot to the room for u. */
// @ts-ignore: decorator
@final @unmanaged
class Momentum {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const mu = scalar(state, MU);
    const nesterov = option(state, NESTEROV) != 0;
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const gradient = flushBelow(loadLanes(g, count), bits, tiny);
      const mean = flushBelow(f32x4.add(f32x4.mul(mu, loadLanes(slots, count)), gradient), bits, tiny);
      storeLanes(slots, mean, count);
      const ahead = nesterov ? flushBelow(f32x4.add(gradient, f32x4.mul(mu, mean)), bits, tiny) : mean;
      storeLanes(slots + stride, ahead, count);
    }
  }
}

/** Here `g` is X. */
// @ts-ignore: decorator
@final @unmanaged
class Descent {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, by: v128, out: usize, end: usize, count: i32): void {
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes)
      descend(w, f32x4.mul(loadLanes(g, count), by), count);
  }
}

/** `room` is where u lies for the operations between, and then X; 0 for weights that go by AdamW. */
export function muonPass(
  state: usize,
  pass: i32,
  w: usize,
  g: usize,
  slots: usize,
  stride: i32,
  n: i32,
  room: usize,
  decays: bool,
  longest: i32,
): void {
  if (room == 0) {
    if (pass != 0) return;
    if (decays && option(state, ADAM_WEIGHT_DECAY) > 0) decayBy(scalar(state, ADAM_DECAY), w, n);
    return each<Adam>(state, w, g, slots, stride, n);
  }
  if (pass == 0) {
    if (decays && weightDecay(state) > 0) decay(state, w, n);
    each<Momentum>(state, w, g, slots, <i32>(room - slots), n);
    return;
  }
  const size = option(state, RMS_RATE);
  const factor = learningRate(state) * (size > 0 ? size * sqrt<f64>(<f64>longest) : 1);
  eachBy<Descent>(state, w, room, slots, stride, n, factor, 0);
}
