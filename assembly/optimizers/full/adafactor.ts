import { SUM_BLOCK } from "../../codes";
import { loadLanes, storeLanes } from "../../lanes";
import { address, begin, end, offset, word } from "../../operations/words";
import { addHigh, addLow, sumSquares } from "../../reduce";
import { pow64 } from "../../scalar";
import { belowTinyRoot, flushBelow, LANES, magnitude } from "../../simd";
import * as words from "../../words/pass-parameters";
import { decay } from "../decay";
import { iterations, learningRate, option, scalar, setScalar, weightDecay } from "../state";
import { bytesOf, descend } from "./each";
import { addHighSquare, addLowSquare, eachBy, keepSum, total } from "./sums";

/**
 * Adafactor (Shazeer, Stern 2018): of a matrix of squares it keeps only the means of rows and columns.
 *
 *   r = b * r + (1 - b) * mean of each row of (g^2 + e1);   c the same for each column
 *   v = r / mean(r) * c               of a vector v = b * v + (1 - b) * (g^2 + e1)
 *   u = g / sqrt(v)
 *   w -= u * (max(e2, rms(w)) * p / max(1, rms(u) / d))
 *
 * b = 1 - t^decay, p = min(a, 1 / sqrt(t)), a learning rate, t the number of this step from 1 on, rms the root of a mean square. Of a weight with more
 * axes the last two are rows and columns. Slots from 0: v of a vector; r and c of others. Source: Keras 3, keras/src/optimizers/adafactor.py; with and
 * without its `relative_step` p is the same.
 *
 * Passes: decay, r and the sum of w^2; c; the sum of u^2; w. Sums are for each row of a matrix, for each block of a vector.
 */

// Options, in the order of src/optimizers/facts/adafactor.ts.
const BETA2_DECAY: i32 = 0;
const EPSILON1: i32 = 1;
const EPSILON2: i32 = 2;
const CLIP: i32 = 3;

// Scalars.
const KEPT: i32 = 1;
const REST: i32 = 2;
const EPS1: i32 = 3;

export function prepareAdafactor(state: usize): void {
  const kept = 1 - pow64(iterations(state) + 1, option(state, BETA2_DECAY));
  setScalar(state, KEPT, kept);
  setScalar(state, REST, 1 - kept);
  setScalar(state, EPS1, option(state, EPSILON1));
}

// @ts-ignore: decorator
@inline
function squareAt(g: usize, count: i32, bits: v128, root: v128, eps: v128): v128 {
  const gradient = flushBelow(loadLanes(g, count), bits, root);
  return f32x4.add(f32x4.mul(gradient, gradient), eps);
}

/** The sum of g^2 + e1 over n numbers. */
function sumOfSquares(state: usize, g: usize, n: i32): f64 {
  const bits = magnitude();
  const root = belowTinyRoot();
  const eps = scalar(state, EPS1);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let rest: f64 = 0;
  const whole = g + ((<usize>(n & ~3)) << 2);
  const end = g + ((<usize>n) << 2);
  for (; g < whole; g += 16) {
    const x = squareAt(g, LANES, bits, root, eps);
    low = addLow(low, x);
    high = addHigh(high, x);
  }
  for (; g < end; g += 4) rest += <f64>f32x4.extract_lane(squareAt(g, 1, bits, root, eps), 0);
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1) + rest;
}

/** b * before + (1 - b) * mean, in float64, rounded once. */
// @ts-ignore: decorator
@inline
function mixed(state: usize, slot: usize, mean: f64): void {
  const kept = <f64>f32x4.extract_lane(scalar(state, KEPT), 0);
  store<f32>(slot, <f32>(kept * <f64>load<f32>(slot) + <f64>f32x4.extract_lane(scalar(state, REST), 0) * mean));
}

/** c of `count` columns with these sums. */
// @ts-ignore: decorator
@inline
function mixedLanes(state: usize, c: usize, low: v128, high: v128, rows: f64, count: i32): void {
  mixed(state, c, f64x2.extract_lane(low, 0) / rows);
  if (count == 1) return;
  mixed(state, c + 4, f64x2.extract_lane(low, 1) / rows);
  mixed(state, c + 8, f64x2.extract_lane(high, 0) / rows);
  mixed(state, c + 12, f64x2.extract_lane(high, 1) / rows);
}

/** c of the columns of one vector. */
// @ts-ignore: decorator
@inline
function vectorOfColumns(state: usize, c: usize, g: usize, end: usize, bytes: usize, rows: f64, count: i32): void {
  const bits = magnitude();
  const root = belowTinyRoot();
  const eps = scalar(state, EPS1);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (; g < end; g += bytes) {
    const x = squareAt(g, count, bits, root, eps);
    low = addLow(low, x);
    high = addHigh(high, x);
  }
  mixedLanes(state, c, low, high, rows, count);
}

/** c of columns from .. to of one matrix: their sums go down the rows, in order; sixteen at a time, which are a line of the cache. */
function columns(state: usize, c: usize, g: usize, rows: i32, cols: i32, from: i32, to: i32): void {
  const bits = magnitude();
  const root = belowTinyRoot();
  const eps = scalar(state, EPS1);
  const height = <f64>rows;
  const bytes = (<usize>cols) << 2;
  const end = g + <usize>rows * bytes;
  let j = from;
  for (; j <= to - 4 * LANES; j += 4 * LANES) {
    let low0 = f64x2.splat(0);
    let high0 = f64x2.splat(0);
    let low1 = f64x2.splat(0);
    let high1 = f64x2.splat(0);
    let low2 = f64x2.splat(0);
    let high2 = f64x2.splat(0);
    let low3 = f64x2.splat(0);
    let high3 = f64x2.splat(0);
    for (let at = offset(g, j); at < end; at += bytes) {
      let x = squareAt(at, LANES, bits, root, eps);
      low0 = addLow(low0, x);
      high0 = addHigh(high0, x);
      x = squareAt(at + 16, LANES, bits, root, eps);
      low1 = addLow(low1, x);
      high1 = addHigh(high1, x);
      x = squareAt(at + 32, LANES, bits, root, eps);
      low2 = addLow(low2, x);
      high2 = addHigh(high2, x);
      x = squareAt(at + 48, LANES, bits, root, eps);
      low3 = addLow(low3, x);
      high3 = addHigh(high3, x);
    }
    const out = offset(c, j);
    mixedLanes(state, out, low0, high0, height, LANES);
    mixedLanes(state, out + 16, low1, high1, height, LANES);
    mixedLanes(state, out + 32, low2, high2, height, LANES);
    mixedLanes(state, out + 48, low3, high3, height, LANES);
  }
  for (; j <= to - LANES; j += LANES) vectorOfColumns(state, offset(c, j), offset(g, j), end, bytes, height, LANES);
  for (; j < to; j++) vectorOfColumns(state, offset(c, j), offset(g, j), end, bytes, height, 1);
}

/** u of `count` parameters, from g and c and the row's factor. */
// @ts-ignore: decorator
@inline
function direction(g: usize, c: usize, row: v128, count: i32, bits: v128, root: v128, normal: v128): v128 {
  // where a row and a column have had no gradients, the product of their means underflows
  const square = f32x4.pmax(f32x4.mul(row, loadLanes(c, count)), normal);
  return f32x4.div(flushBelow(loadLanes(g, count), bits, root), f32x4.sqrt(square));
}

/** Keeps the sum of u^2. Here the slot is c, and the factor the row's. */
// @ts-ignore: decorator
@final @unmanaged
class Direction {
  // @ts-ignore: decorator
  @inline
  run(state: usize, w: usize, g: usize, slots: usize, stride: i32, by: v128, out: usize, end: usize, count: i32): void {
    const bits = magnitude();
    const root = belowTinyRoot();
    const normal = f32x4.splat(f32.MIN_NORMAL_VALUE);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (const bytes = bytesOf(count); w < end; w += bytes, g += bytes, slots += bytes) {
      const u = direction(g, slots, by, count, bits, root, normal);
      low = addLowSquare(low, u);
      high = addHighSquare(high, u);
    }
    keepSum(out, low, high, count);
  }
}

function descent(w: usize, g: usize, c: usize, row: f32, factor: f64, n: i32): void {
  const bits = magnitude();
  const root = belowTinyRoot();
  const normal = f32x4.splat(f32.MIN_NORMAL_VALUE);
  const by = f32x4.splat(row);
  const rate = f32x4.splat(<f32>factor);
  let i = 0;
  for (; i <= n - LANES; i += LANES)
    descend(offset(w, i), f32x4.mul(direction(offset(g, i), offset(c, i), by, LANES, bits, root, normal), rate), LANES);
  for (; i < n; i++)
    descend(offset(w, i), f32x4.mul(direction(offset(g, i), offset(c, i), by, 1, bits, root, normal), rate), 1);
}

/** v of a vector. */
function squares(state: usize, v: usize, g: usize, n: i32): void {
  let i = 0;
  while (i < n) {
    const count = n - i < LANES ? 1 : LANES;
    const square = f32x4.mul(
      scalar(state, REST),
      squareAt(offset(g, i), count, magnitude(), belowTinyRoot(), scalar(state, EPS1)),
    );
    storeLanes(offset(v, i), f32x4.add(f32x4.mul(scalar(state, KEPT), loadLanes(offset(v, i), count)), square), count);
    i += count;
  }
}

/** What u is multiplied by. */
function factorOf(state: usize, weights: f64, steps: f64, n: i32): f64 {
  const t = iterations(state) + 1;
  const rate = min<f64>(learningRate(state), 1 / sqrt<f64>(t));
  const size = max<f64>(option(state, EPSILON2), sqrt<f64>(weights / <f64>n));
  return (size * rate) / max<f64>(1, sqrt<f64>(steps / <f64>n) / option(state, CLIP));
}

/** One pass over a weight; see passes.ts. */
export function adafactorPass(op: usize, part: i32, parts: i32): void {
  const state = address(op, words.state);
  const pass = word(op, words.pass);
  const n = word(op, words.n);
  const vector = word(op, words.vector) != 0;
  const rows = word(op, words.rows);
  const cols = vector ? min(SUM_BLOCK, n) : word(op, words.cols);
  const w = address(op, words.w);
  const g = address(op, words.g);
  const slots = address(op, words.slots);
  const c = slots + word(op, words.slotStride);
  const sums = address(op, words.sums);
  const stride = <usize>word(op, words.sumsStride);
  // of all matrices of the weight; a vector's are its blocks
  const lines = (n + cols - 1) / cols;
  if (pass == 1) {
    if (vector) return;
    const from = begin(cols, 16, part, parts);
    const to = end(cols, 16, part, parts);
    for (let first = 0; first < lines; first += rows)
      columns(state, offset(c, (first / rows) * cols), offset(g, first * cols), rows, cols, from, to);
    return;
  }
  const decays = pass == 0 && weightDecay(state) > 0 && !word(op, words.undecayed);
  const factor = pass == 3 ? factorOf(state, total(sums, lines, 0), total(sums + 2 * stride, lines, 0), n) : 0;
  const to = end(lines, 1, part, parts);
  let matrix = -1;
  let mean: f64 = 0;
  for (let line = begin(lines, 1, part, parts); line < to; line++) {
    const from = line * cols;
    const count = min(cols, n - from);
    if (pass == 0) {
      if (decays) decay(state, offset(w, from), count);
      store<f64>(sums + ((<usize>line) << 4), sumSquares(offset(w, from), count));
      if (vector) squares(state, offset(slots, from), offset(g, from), count);
      else mixed(state, offset(slots, line), sumOfSquares(state, offset(g, from), count) / <f64>count);
      continue;
    }
    let row: f32 = 1;
    if (!vector) {
      if (line / rows != matrix) {
        matrix = line / rows;
        mean = 0;
        for (let i = 0; i < rows; i++) mean += <f64>load<f32>(offset(slots, matrix * rows + i));
        mean /= <f64>rows;
      }
      row = <f32>(<f64>load<f32>(offset(slots, line)) / mean);
    }
    const square = vector ? offset(slots, from) : offset(c, matrix * cols);
    if (pass == 2) {
      const out = sums + 2 * stride + ((<usize>line) << 4);
      eachBy<Direction>(state, offset(w, from), offset(g, from), square, 0, count, row, out);
    } else descent(offset(w, from), offset(g, from), square, row, factor, count);
  }
}
