import { PURPOSE_DROPOUT, PURPOSE_INITIALIZER, PURPOSE_SAMPLE, PURPOSE_SHUFFLE } from "./codes";
import { generate } from "./philox";
import { normalQuantile } from "./quantile";
import { LANES, loadTail, storeTail } from "./simd";

/**
 * Numbers from the random words of philox.ts: initial weights, the order of an epoch, dropout. All are functions
 * of the seed, of `index` (the layer or the epoch) and of the element's number. Threads can split dropout.
 */

const TWO_TO_MINUS_24: f64 = 1.0 / 16777216.0;

// @ts-ignore: decorator
@inline
function load4(x: usize, count: i32): v128 {
  return count == LANES ? v128.load(x) : loadTail(x, count);
}

// @ts-ignore: decorator
@inline
function store4(out: usize, x: v128, count: i32): void {
  if (count == LANES) v128.store(out, x);
  else storeTail(out, x, count);
}

// @ts-ignore: decorator
@final @unmanaged
class Words {
  // @ts-ignore: decorator
  @inline
  take(out: usize, x: usize, words: v128, a: v128, b: v128, c: v128, count: i32): void {
    store4(out, words, count);
  }
}

/** The words of element 0 to n - 1. */
function words(
  out: usize,
  n: i32,
  seedLow: u32,
  seedHigh: u32,
  block0: u32,
  step: u32,
  index: u32,
  purpose: u32,
): void {
  const none = i32x4.splat(0);
  generate<Words>(out, 0, n, seedLow, seedHigh, block0, step, index, purpose, none, none, none);
}

/** The four words of `blocks` consecutive counters, as u32: the generator itself. */
export function philox(
  out: usize,
  blocks: i32,
  seedLow: u32,
  seedHigh: u32,
  block0: u32,
  step: u32,
  index: u32,
  purpose: u32,
): void {
  words(out, blocks << 2, seedLow, seedHigh, block0, step, index, purpose);
}

/** The largest float below `high`; if that is zero, the last draw below it, to stay clear of denormals. */
function justBelow(low: f32, high: f32): f32 {
  if (high == 0) return low * <f32>TWO_TO_MINUS_24;
  const bits = reinterpret<i32>(high);
  return reinterpret<f32>(bits > 0 ? bits - 1 : bits + 1);
}

/** The words in [low, high), as `uniform` says. */
// @ts-ignore: decorator
@inline
function uniforms(out: usize, n: i32, low: f32, high: f32): void {
  const last = high > low ? justBelow(low, high) : low;
  for (let i = 0; i < n; i++) {
    const at = out + ((<usize>i) << 2);
    const u = <f32>(load<u32>(at) >>> 8) * <f32>TWO_TO_MINUS_24;
    store<f32>(at, min(low + (high - low) * u, last));
  }
}

/**
 * Uniform in [low, high): low + (high - low) u, u = k 2^-24, in float32. Rounding may reach `high`; such an element
 * becomes the float below it.
 */
export function uniform(out: usize, n: i32, seedLow: u32, seedHigh: u32, index: u32, low: f32, high: f32): void {
  words(out, n, seedLow, seedHigh, 0, 0, index, PURPOSE_INITIALIZER);
  uniforms(out, n, low, high);
}

/** mean + stddev z, z the normal quantile of bottom + range u, u = (k + 1/2) 2^-24; rounded to float32 once. */
// @ts-ignore: decorator
@inline
function quantiles(out: usize, n: i32, mean: f32, stddev: f32, bottom: f64, range: f64): void {
  for (let i = 0; i < n; i++) {
    const at = out + ((<usize>i) << 2);
    const u = (<f64>(load<u32>(at) >>> 8) + 0.5) * TWO_TO_MINUS_24;
    store<f32>(at, <f32>(<f64>mean + <f64>stddev * normalQuantile(bottom + range * u)));
  }
}

/** Normal. */
export function normal(out: usize, n: i32, seedLow: u32, seedHigh: u32, index: u32, mean: f32, stddev: f32): void {
  words(out, n, seedLow, seedHigh, 0, 0, index, PURPOSE_INITIALIZER);
  quantiles(out, n, mean, stddev, 0, 1);
}

/** Normal, within two deviations of the mean. One draw per element: the quantiles of that range, no rejection. */
export function truncatedNormal(
  out: usize,
  n: i32,
  seedLow: u32,
  seedHigh: u32,
  index: u32,
  mean: f32,
  stddev: f32,
): void {
  words(out, n, seedLow, seedHigh, 0, 0, index, PURPOSE_INITIALIZER);
  // P(z < -2) and P(-2 < z < 2).
  quantiles(out, n, mean, stddev, 0.02275013194817921, 0.9544997361036416);
}

/**
 * order[n] (i32) = the numbers 0 to n - 1, shuffled. Fisher and Yates from the inside out: number i goes to a place
 * j <= i, and what was there moves to place i. So places above i are still free, and hold the words drawn for them. j is
 * the high half of word * (i + 1) (Lemire, Fast random integer generation in an interval, 2019); a word that would
 * make some j likelier than others is drawn again, from block i of the next step.
 */
export function shuffle(order: usize, n: i32, seedLow: u32, seedHigh: u32, index: u32): void {
  words(order, n, seedLow, seedHigh, 0, 0, index, PURPOSE_SHUFFLE);
  for (let i = 0; i < n; i++) {
    const at = order + ((<usize>i) << 2);
    const bound = <u32>i + 1;
    let product = <u64>load<u32>(at) * <u64>bound;
    // 2^32 % bound is less than bound: most words need no division.
    if (<u32>product < bound) {
      const threshold: u32 = (<u32>0 - bound) % bound;
      for (let draw: u32 = 1; <u32>product < threshold; draw++) {
        words(at, 1, seedLow, seedHigh, i, draw, index, PURPOSE_SHUFFLE);
        product = <u64>load<u32>(at) * <u64>bound;
      }
    }
    const from = order + ((<usize>(product >>> 32)) << 2);
    store<i32>(at, load<i32>(from));
    store<i32>(from, i);
  }
}

// @ts-ignore: decorator
@final @unmanaged
class Dropout {
  // @ts-ignore: decorator
  @inline
  take(out: usize, x: usize, words: v128, threshold: v128, factor: v128, c: v128, count: i32): void {
    const kept = i32x4.ge_u(words, threshold);
    store4(out, v128.and(f32x4.mul(load4(x, count), factor), kept), count);
  }
}

/**
 * out[i] = x[i] / (1 - rate) if element offset + i is kept, else 0. It is kept iff its word is at least rate * 2^32.
 * `out` may be `x`. `offset` is a multiple of 4. The gradient is the same call on dy: the mask is drawn again.
 */
export function dropout(
  out: usize,
  x: usize,
  n: i32,
  offset: i32,
  seedLow: u32,
  seedHigh: u32,
  index: u32,
  step: u32,
  rate: f32,
): void {
  assert((offset & 3) == 0, "dropout starts at a whole block");
  if (rate >= 1) {
    memory.fill(out, 0, (<usize>n) << 2);
    return;
  }
  const threshold = i32x4.splat(<u32>(<f64>rate * 4294967296.0));
  const factor = f32x4.splat(<f32>(1.0 / (1.0 - <f64>rate)));
  generate<Dropout>(
    out,
    x,
    n,
    seedLow,
    seedHigh,
    offset >>> 2,
    step,
    index,
    PURPOSE_DROPOUT,
    threshold,
    factor,
    factor,
  );
}

/** Numbers of a step, uniform in [low, low + range): element offset + i of the sequence `index`. `offset` is a multiple of 4. */
export function sampleUniform(
  out: usize,
  n: i32,
  offset: i32,
  seedLow: u32,
  seedHigh: u32,
  index: u32,
  step: u32,
  low: f32,
  range: f32,
): void {
  words(out, n, seedLow, seedHigh, offset >>> 2, step, index, PURPOSE_SAMPLE);
  uniforms(out, n, low, low + range);
}
