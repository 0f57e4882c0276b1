import { SUM_BLOCK } from "../../codes";
import { loadLanes } from "../../lanes";
import { address, begin, end, offset, word } from "../../operations/words";
import { addHigh, addLow } from "../../reduce";
import { belowTiny, belowTinyRoot, flushBelow, magnitude } from "../../simd";
import * as words from "../../words/pass-parameters";
import { decayBy } from "../decay";
import { learningRate, option, scalar, setScalar, weightDecay } from "../state";
import { average, bytesOf, descend } from "./each";
import { estimateAt, rateOf, unstarted } from "./estimate";
import { eachBy, keepSum, total } from "./sums";

/**
 * D-Adaptation of Adam (Defazio & Mishchenko 2023): Adam that estimates its step size d from how far its gradients agree.
 *
 *   n = q n + (1 - q) * sum over all weights of (d a c) g s / (sqrt(v) + e)
 *   m += (d a c g - m) * (1 - b1);  v += (g^2 - v) * (1 - b2);  s += (d a c g - s) * (1 - q)
 *   w -= w * (decay d a c);  w -= m / (sqrt(v) + e)
 *   d = max(d, min(n / ((1 - q) * sum over all weights of |s|), growth d))
 *
 * a learning rate, e epsilon, q the root of b2, c 1 or with bias correction sqrt(1 - b2^t) / (1 - b1^t); s and v in n are those before the step. Slots from 0: m, v, s, and a last one of two
 * numbers: d, where 0 stands for the start, d0; n. Each weight has its own copy of them. Source: the authors' dadaptation 3.2, DAdaptAdam with its decoupled decay.
 *
 * Passes: all but the two numbers; these, for the next step.
 */

// Options, in the order of src/optimizers/facts/dadapt.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const EPSILON: i32 = 2;
const D0: i32 = 3;
const GROWTH: i32 = 4;
const CORRECTED: i32 = 5;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const REST3: i32 = 3;
const EPS: i32 = 4;

export function prepareDadapt(state: usize): void {
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, REST3, 1 - sqrt<f64>(option(state, BETA2)));
  setScalar(state, EPS, option(state, EPSILON));
}

/** Keeps the sums of g s / (sqrt(v) + e) before the step and of |s| after it. The factor is d a c. */
// @ts-ignore: decorator
@final @unmanaged
class Step {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, by: v128, out: usize, end: usize, count: i32): void {
    const bits = magnitude();
    const tiny = belowTiny();
    const root = belowTinyRoot();
    const rest1 = scalar(state, REST1);
    const rest2 = scalar(state, REST2);
    const rest3 = scalar(state, REST3);
    const eps = scalar(state, EPS);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let lowSize = f64x2.splat(0);
    let highSize = f64x2.splat(0);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const squares = slots + stride;
      const gradients = squares + stride;
      const gradient = flushBelow(loadLanes(g, count), bits, root);
      const before = f32x4.div(loadLanes(gradients, count), f32x4.add(f32x4.sqrt(loadLanes(squares, count)), eps));
      const agreement = flushBelow(f32x4.mul(gradient, before), bits, tiny);
      low = addLow(low, agreement);
      high = addHigh(high, agreement);

      const scaled = flushBelow(f32x4.mul(gradient, by), bits, tiny);
      const mean = average(slots, scaled, rest1, count, bits, tiny);
      const square = average(squares, f32x4.mul(gradient, gradient), rest2, count, bits, tiny);
      descend(w, f32x4.div(mean, f32x4.add(f32x4.sqrt(square), eps)), count);

      const size = f32x4.abs(average(gradients, scaled, rest3, count, bits, tiny));
      lowSize = addLow(lowSize, size);
      highSize = addHigh(highSize, size);
    }
    keepSum(out, low, high, count);
    keepSum(out + 8, lowSize, highSize, count);
  }
}

/** One pass over a weight; see passes.ts. */
export function dadaptPass(op: usize, part: i32, parts: i32): void {
  const state = address(op, words.state);
  if (!(learningRate(state) > 0)) return;
  const n = word(op, words.n);
  const slots = address(op, words.slots);
  const stride = word(op, words.slotStride);
  const sums = address(op, words.sums);
  const numbers = slots + 3 * stride;
  const first = unstarted(numbers);
  const d = estimateAt(numbers, option(state, D0));
  if (word(op, words.pass) == 0) {
    const w = address(op, words.w);
    const g = address(op, words.g);
    const rate = rateOf(state, d, option(state, CORRECTED), option(state, BETA1), option(state, BETA2));
    const decay = weightDecay(state) * rate;
    const decays = decay > 0 && !word(op, words.undecayed);
    const blocks = (n + SUM_BLOCK - 1) / SUM_BLOCK;
    const to = end(blocks, 1, part, parts);
    for (let block = begin(blocks, 1, part, parts); block < to; block++) {
      const from = block * SUM_BLOCK;
      const count = min(SUM_BLOCK, n - from);
      const wb = offset(w, from);
      const gb = offset(g, from);
      const sb = offset(slots, from);
      const out = sums + ((<usize>block) << 4);
      if (decays) decayBy(f32x4.splat(<f32>decay), wb, count);
      eachBy<Step>(state, wb, gb, sb, stride, count, rate, out);
      // before the first step s is 0, also where v and epsilon are
      store<f64>(out, first ? 0 : rate * load<f64>(out));
    }
  } else if (part == 0) {
    const all = word(op, words.sumsStride) >> 4;
    const root = sqrt<f64>(option(state, BETA2));
    const numerator = root * <f64>load<f32>(numbers, 4) + (1 - root) * total(sums, all, 0);
    const denominator = (1 - root) * total(sums, all, 1);
    const growth = option(state, GROWTH);
    const estimate = denominator == 0 ? d : numerator / denominator;
    const grown = growth > 0 && estimate > growth * d ? growth * d : estimate;
    store<f32>(numbers, <f32>(grown > d ? grown : d));
    if (numerator == numerator) store<f32>(numbers, <f32>numerator, 4);
  }
}
