/** Operations between the gradients and the weights: their sums, clipping and the update. */
import { SUM_BLOCK } from "../codes";
import { add, clip, scale } from "../elementwise";
import { accumulateGradients } from "../optimizers/accumulate";
import { averageWeights } from "../optimizers/average";
import { updateParameters } from "../optimizers/index";
import { sumSquares } from "../reduce";
import * as accumulateWords from "../words/accumulate-gradients";
import * as averageWords from "../words/average-weights";
import * as clipNormWords from "../words/clip-norm";
import * as clipValueWords from "../words/clip-value";
import * as squaresWords from "../words/squares";
import * as sumWords from "../words/sum";
import * as updateWords from "../words/update-parameters";
import { address, begin, end, offset, scalar, word } from "./words";

export function clipByValue(op: usize, part: i32, parts: i32): void {
  const n = word(op, clipValueWords.n);
  const from = begin(n, 16, part, parts);
  const g = offset(address(op, clipValueWords.g), from);
  clip(g, g, end(n, 16, part, parts) - from, scalar(op, clipValueWords.limit));
}

/** A share of the sums of squares of blocks: parts may divide a sum over all of x. */
export function squares(op: usize, part: i32, parts: i32): void {
  const out = address(op, squaresWords.squares);
  const x = address(op, squaresWords.x);
  const n = word(op, squaresWords.n);
  const blocks = (n + SUM_BLOCK - 1) / SUM_BLOCK;
  const to = end(blocks, 1, part, parts);
  for (let i = begin(blocks, 1, part, parts); i < to; i++) {
    const from = i * SUM_BLOCK;
    store<f64>(out + ((<usize>i) << 3), sumSquares(offset(x, from), min(SUM_BLOCK, n - from)));
  }
}

/**
 * The factor that brings a norm down to `limit` where it is larger, from its square. As in Keras a NaN norm makes every gradient NaN, and an
 * infinite one does so when it is `global`; an array on its own keeps zeros where it was finite.
 */
// @ts-ignore: decorator
@inline
function clipFactor(square: f64, limit: f32, global: bool): f32 {
  if (square <= <f64>limit * <f64>limit) return 1;
  return global && square == f64.POSITIVE_INFINITY ? f32.NaN : <f32>(<f64>limit / sqrt<f64>(square));
}

/** g *= limit / norm where the norm is larger: all of it at once. */
export function clipByNorm(g: usize, n: i32, limit: f32, global: bool): void {
  const factor = clipFactor(sumSquares(g, n), limit, global);
  if (factor != 1) scale(g, g, n, factor);
}

/** A share of the same, from the sums that SQUARES has left. */
export function clipPart(op: usize, part: i32, parts: i32): void {
  const n = word(op, clipNormWords.n);
  const sums = address(op, clipNormWords.squares);
  let square: f64 = 0;
  for (let i = 0; i * SUM_BLOCK < n; i++) square += load<f64>(sums + ((<usize>i) << 3));
  const factor = clipFactor(square, scalar(op, clipNormWords.limit), word(op, clipNormWords.global) != 0);
  if (factor == 1) return;
  const from = begin(n, 16, part, parts);
  const g = offset(address(op, clipNormWords.g), from);
  scale(g, g, end(n, 16, part, parts) - from, factor);
}

export function update(op: usize, part: i32, parts: i32): void {
  const n = word(op, updateWords.n);
  const from = begin(n, 16, part, parts);
  const count = end(n, 16, part, parts) - from;
  updateParameters(
    address(op, updateWords.state),
    offset(address(op, updateWords.w), from),
    offset(address(op, updateWords.g), from),
    offset(address(op, updateWords.slots), from),
    word(op, updateWords.slotStride),
    count,
    word(op, updateWords.undecayed) != 0,
  );
}

export function accumulateAll(op: usize, part: i32, parts: i32): void {
  const n = word(op, accumulateWords.n);
  const from = begin(n, 16, part, parts);
  accumulateGradients(
    address(op, accumulateWords.state),
    offset(address(op, accumulateWords.g), from),
    offset(address(op, accumulateWords.s), from),
    end(n, 16, part, parts) - from,
  );
}

export function average(op: usize, part: i32, parts: i32): void {
  const n = word(op, averageWords.n);
  const from = begin(n, 16, part, parts);
  averageWeights(
    address(op, averageWords.state),
    offset(address(op, averageWords.w), from),
    offset(address(op, averageWords.a), from),
    end(n, 16, part, parts) - from,
    scalar(op, averageWords.momentum),
    word(op, averageWords.overwrite),
    word(op, averageWords.sync) != 0,
  );
}

/** A share of the sum of two gradients of one value, or of a copy of one. */
export function accumulate(op: usize, rows: i32, part: i32, parts: i32): void {
  const n = word(op, sumWords.perRow) ? rows * word(op, sumWords.n) : word(op, sumWords.n);
  const from = begin(n, 16, part, parts);
  const count = end(n, 16, part, parts) - from;
  const y = offset(address(op, sumWords.y), from);
  const a = offset(address(op, sumWords.a), from);
  const b = offset(address(op, sumWords.b), from);
  if (b) add(y, a, b, count);
  else memory.copy(y, a, (<usize>count) << 2);
}
