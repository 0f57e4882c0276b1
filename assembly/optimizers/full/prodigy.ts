import { SUM_BLOCK } from "../../codes";
import { loadLanes, storeLanes } from "../../lanes";
import { address, begin, end, offset, word } from "../../operations/words";
import { addHigh, addLow } from "../../reduce";
import { belowTiny, belowTinyRoot, flushBelow, LANES, magnitude } from "../../simd";
import * as words from "../../words/pass-parameters";
import { decayBy } from "../decay";
import { learningRate, option, scalar, setScalar, weightDecay } from "../state";
import { average, bytesOf, descend } from "./each";
import { estimateAt, rateOf, unstarted } from "./estimate";
import { keepSum, total } from "./sums";

/**
 * Prodigy (Mishchenko & Defazio 2023): Adam that estimates its step size d from how far the weights have come from their start p.
 *
 *   n = b3 n + sum over all weights of (d a c / d0) d g (p - w)
 *   m += (d g - m) * (1 - b1);  v += ((d g)^2 - v) * (1 - b2)
 *   s = b3 s + d g (d a c / d0)                    safeguard: (d / d0) instead of the quotient
 *   d' = max of k n / sum over all weights of |s| so far, from d0 on; with a growth rate at most that times d
 *   w -= w * (decay d a c);  w -= m / (sqrt(v) + d' e) * (d a c)
 *
 * a learning rate, e epsilon, k the coefficient, c 1 or with bias correction sqrt(1 - b2^t) / (1 - b1^t). Slots from 0: m, v, s, p, and a last one of three numbers: d, where 0 stands for the
 * start; the largest estimate; n. Each weight has its own copy of them. Source: the authors' prodigyopt 1.1, with its decoupled decay.
 *
 * Passes: m, v, s and the sums; w; the three numbers, which the passes before read. A product with d g in it is in the range of float32, the paper's d^2 g (p - w) might not be.
 */

// Options, in the order of src/optimizers/facts/prodigy.ts.
const BETA1: i32 = 0;
const BETA2: i32 = 1;
const BETA3: i32 = 2;
const EPSILON: i32 = 3;
const D0: i32 = 4;
const COEFFICIENT: i32 = 5;
const GROWTH: i32 = 6;
const CORRECTED: i32 = 7;
const SAFEGUARD: i32 = 8;

// Scalars.
const REST1: i32 = 1;
const REST2: i32 = 2;
const KEPT3: i32 = 3;

function beta3(state: usize): f64 {
  const given = option(state, BETA3);
  return given == 0 ? sqrt<f64>(option(state, BETA2)) : given;
}

export function prepareProdigy(state: usize): void {
  setScalar(state, REST1, 1 - option(state, BETA1));
  setScalar(state, REST2, 1 - option(state, BETA2));
  setScalar(state, KEPT3, beta3(state));
}

/** m, v and s, of which g is multiplied by `slope`. Keeps the sums of d g (p - w) and of |s|. */
// @ts-ignore: decorator
@inline
function gather(
  state: usize,
  w: usize,
  g: usize,
  slots: usize,
  stride: i32,
  d: f64,
  slope: f64,
  out: usize,
  end: usize,
  count: i32,
): void {
  const bits = magnitude();
  const tiny = belowTiny();
  const root = belowTinyRoot();
  const rest1 = scalar(state, REST1);
  const rest2 = scalar(state, REST2);
  const kept3 = scalar(state, KEPT3);
  const by = f32x4.splat(<f32>d);
  const rise = f32x4.splat(<f32>slope);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let lowSize = f64x2.splat(0);
  let highSize = f64x2.splat(0);
  for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
    const squares = slots + stride;
    const sums = squares + stride;
    const given = loadLanes(g, count);
    const gradient = flushBelow(f32x4.mul(given, by), bits, root);
    const way = f32x4.sub(loadLanes(sums + stride, count), loadLanes(w, count));
    const term = flushBelow(f32x4.mul(gradient, way), bits, tiny);
    low = addLow(low, term);
    high = addHigh(high, term);
    average(slots, gradient, rest1, count, bits, tiny);
    average(squares, f32x4.mul(gradient, gradient), rest2, count, bits, tiny);
    const kept = f32x4.mul(loadLanes(sums, count), kept3);
    const sum = flushBelow(f32x4.add(kept, f32x4.mul(given, rise)), bits, tiny);
    storeLanes(sums, sum, count);
    const size = f32x4.abs(sum);
    lowSize = addLow(lowSize, size);
    highSize = addHigh(highSize, size);
  }
  keepSum(out, low, high, count);
  keepSum(out + 8, lowSize, highSize, count);
}

/** The first pass over a block. */
function moments(
  state: usize,
  w: usize,
  g: usize,
  slots: usize,
  stride: i32,
  d: f64,
  slope: f64,
  out: usize,
  n: i32,
): void {
  const whole = (<usize>(n & ~3)) << 2;
  gather(state, w, g, slots, stride, d, slope, out, w + whole, LANES);
  gather(state, w + whole, g + whole, slots + whole, stride, d, slope, out, w + ((<usize>n) << 2), 1);
}

// @ts-ignore: decorator
@inline
function fall(w: usize, slots: usize, stride: usize, eps: v128, by: v128, end: usize, count: i32): void {
  for (const bytes = bytesOf(count); w < end; w += bytes, slots += bytes) {
    const quotient = f32x4.div(loadLanes(slots, count), f32x4.add(f32x4.sqrt(loadLanes(slots + stride, count)), eps));
    descend(w, f32x4.mul(quotient, by), count);
  }
}

function descent(w: usize, slots: usize, stride: usize, epsilon: f64, rate: f64, n: i32): void {
  const eps = f32x4.splat(<f32>epsilon);
  const by = f32x4.splat(<f32>rate);
  const whole = (<usize>(n & ~3)) << 2;
  fall(w, slots, stride, eps, by, w + whole, LANES);
  fall(w + whole, slots + whole, stride, eps, by, w + ((<usize>n) << 2), 1);
}

/** k n / sum of |s|; d while there is no gradient. */
function estimated(state: usize, d: f64, numerator: f64, denominator: f64): f64 {
  return denominator == 0 ? d : (option(state, COEFFICIENT) * numerator) / denominator;
}

/** d after this step, from the largest estimate with this step's; comparisons leave d as it is where one is NaN. */
function next(state: usize, d: f64, estimate: f64, largest: f64): f64 {
  const growth = option(state, GROWTH);
  if (growth == 0) return largest;
  const grown = (d == <f64>(<f32>option(state, D0)) && estimate > d ? estimate : d) * growth;
  return grown < largest ? grown : largest;
}

/** One pass over a weight; see passes.ts. */
export function prodigyPass(op: usize, part: i32, parts: i32): void {
  const state = address(op, words.state);
  const pass = word(op, words.pass);
  if (!(learningRate(state) > 0)) return;
  const n = word(op, words.n);
  const w = address(op, words.w);
  const g = address(op, words.g);
  const slots = address(op, words.slots);
  const stride = word(op, words.slotStride);
  const sums = address(op, words.sums);
  const numbers = slots + 4 * stride;
  const first = unstarted(numbers);
  const d = estimateAt(numbers, option(state, D0));
  const rate = rateOf(state, d, option(state, CORRECTED), option(state, BETA1), option(state, BETA2));
  const blocks = (n + SUM_BLOCK - 1) / SUM_BLOCK;
  const to = end(blocks, 1, part, parts);
  if (pass == 0) {
    const share = rate / option(state, D0);
    const slope = (option(state, SAFEGUARD) == 0 ? share : d / option(state, D0)) * d;
    for (let block = begin(blocks, 1, part, parts); block < to; block++) {
      const from = block * SUM_BLOCK;
      const count = min(SUM_BLOCK, n - from);
      const wb = offset(w, from);
      const gb = offset(g, from);
      const sb = offset(slots, from);
      const out = sums + ((<usize>block) << 4);
      if (first) memory.copy(sb + 3 * stride, wb, (<usize>count) << 2);
      moments(state, wb, gb, sb, stride, d, slope, out, count);
      store<f64>(out, share * load<f64>(out));
    }
    return;
  }
  const all = word(op, words.sumsStride) >> 4;
  const numerator = beta3(state) * <f64>load<f32>(numbers, 8) + total(sums, all, 0);
  const estimate = estimated(state, d, numerator, total(sums, all, 1));
  const before = first ? d : <f64>load<f32>(numbers, 4);
  const largest = estimate > before ? estimate : before;
  const after = next(state, d, estimate, largest);
  if (pass == 1) {
    const decay = weightDecay(state) * rate;
    const decays = decay > 0 && !word(op, words.undecayed);
    for (let block = begin(blocks, 1, part, parts); block < to; block++) {
      const from = block * SUM_BLOCK;
      const count = min(SUM_BLOCK, n - from);
      if (decays) decayBy(f32x4.splat(<f32>decay), offset(w, from), count);
      descent(offset(w, from), offset(slots, from), stride, after * option(state, EPSILON), rate, count);
    }
  } else if (part == 0) {
    store<f32>(numbers, <f32>after);
    store<f32>(numbers, <f32>largest, 4);
    if (numerator == numerator) store<f32>(numbers, <f32>numerator, 8);
  }
}
