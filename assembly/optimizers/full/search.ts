import { loadLanes, storeLanes } from "../../lanes";
import { AT_OPERATION, HEADER_BYTES, OPERATION_BYTES } from "../../opcodes";
import { address, begin as partBegin, end as partEnd, offset, word } from "../../operations/words";
import { LANES } from "../../simd";
import * as directionWords from "../../words/lbfgs-direction";
import * as words from "../../words/line-search";
import * as moveWords from "../../words/move-along";
import { option } from "../state";
import { dot } from "./vectors";

/**
 * A line search for the strong Wolfe conditions: a step length t with
 *
 *   f(t) <= f(0) + c1 t f'(0)      the loss falls enough
 *   |f'(t)| <= -c2 f'(0)           the slope along the direction has become small
 *
 * First it goes further (by a cubic polynomial through the last two points, at most ten times as far) until such a point is found or two points have one
 * between them; then it makes their distance smaller, again by cubic polynomials. A loss that is not finite counts as infinite.
 * Source: PyTorch, torch/optim/lbfgs.py, `_strong_wolfe`, with its order of operations, in float64; Nocedal, Wright, Numerical Optimization, 3.5.
 *
 * The program evaluates one point after the other: its operations between the direction's and `lineSearch` run again for each.
 */

// Options, in the order of src/optimizers/facts/lbfgs.ts.
const TOLERANCE_CHANGE: i32 = 2;
const DECREASE: i32 = 3;
const CURVATURE: i32 = 4;
const MOST_STEPS: i32 = 5;

/** The state of a search, in SEARCH_BYTES of a block of the program: nothing of it outlives a step. */
// @ts-ignore: decorator
@final @unmanaged
export class Search {
  /** t: to be tried, in the end that of the step. */
  length: f64;
  /** f(0) and f'(0). */
  loss: f64;
  slope: f64;
  /** The largest magnitude in the direction. */
  size: f64;
  /** Step lengths tried after the first. */
  steps: f64;
  /** 1 once two points have one between them that fits. */
  bracketed: f64;
  /** 1 if the last point was close to one of both. */
  close: f64;
  /** The point before, or the first of both; lengths, losses, slopes. */
  aLength: f64;
  aLoss: f64;
  aSlope: f64;
  bLength: f64;
  bLoss: f64;
  bSlope: f64;
}

/** The loss of an evaluation: the mean of a total, which is set to zero, or a float32. */
export function lossAt(total: usize, value: usize): f64 {
  if (total == 0) return <f64>load<f32>(value);
  const mean = load<f64>(total) / load<f64>(total, 8);
  store<f64>(total, 0);
  store<f64>(total, 0, 8);
  return mean;
}

export function begin(search: Search, length: f64, loss: f64, slope: f64, size: f64): void {
  search.length = length;
  search.loss = loss;
  search.slope = slope;
  search.size = size;
  search.steps = 0;
  search.bracketed = 0;
  search.close = 0;
  search.aLength = 0;
  search.aLoss = loss;
  search.aSlope = slope;
}

/** Where the cubic polynomial through two points with these slopes is smallest, between `from` and `to`; their middle if that is nowhere. */
function cubic(x1: f64, f1: f64, g1: f64, x2: f64, f2: f64, g2: f64, from: f64, to: f64): f64 {
  const d1 = g1 + g2 - (3 * (f1 - f2)) / (x1 - x2);
  const square = d1 * d1 - g1 * g2;
  let x = f64.NaN;
  if (square >= 0) {
    const d2 = sqrt<f64>(square);
    if (x1 <= x2) x = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2));
    else x = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2));
  }
  return x <= f64.POSITIVE_INFINITY && x >= f64.NEGATIVE_INFINITY ? min<f64>(max<f64>(x, from), to) : (from + to) / 2;
}

function setA(search: Search, length: f64, loss: f64, slope: f64): void {
  search.aLength = length;
  search.aLoss = loss;
  search.aSlope = slope;
}

function setB(search: Search, length: f64, loss: f64, slope: f64): void {
  search.bLength = length;
  search.bLoss = loss;
  search.bSlope = slope;
}

/** Ends the search at the better of both points. */
function settle(search: Search): bool {
  search.length = search.aLoss <= search.bLoss ? search.aLength : search.bLength;
  return false;
}

/** Chooses a point between both, if they are not too close to each other. */
function between(search: Search, tolerance: f64): bool {
  const a = search.aLength;
  const b = search.bLength;
  if (abs(b - a) * search.size < tolerance) return settle(search);
  const from = min<f64>(a, b);
  const to = max<f64>(a, b);
  let t = cubic(a, search.aLoss, search.aSlope, b, search.bLoss, search.bSlope, from, to);
  // twice close to an end, or on it: a tenth away from it
  const margin = 0.1 * (to - from);
  if (min<f64>(to - t, t - from) < margin) {
    if (search.close != 0 || t >= to || t <= from) {
      t = abs(t - to) < abs(t - from) ? to - margin : from + margin;
      search.close = 0;
    } else search.close = 1;
  } else search.close = 0;
  search.length = t;
  return true;
}

/** Takes note of loss and slope at the length that was tried; true if there is another one to try. */
function advance(search: Search, state: usize, found: f64, slope: f64): bool {
  const loss = found < f64.POSITIVE_INFINITY ? found : f64.POSITIVE_INFINITY;
  const t = search.length;
  const tolerance = option(state, TOLERANCE_CHANGE);
  const most = option(state, MOST_STEPS);
  const high = loss > search.loss + option(state, DECREASE) * t * search.slope;
  const flat = abs(slope) <= -option(state, CURVATURE) * search.slope;
  if (search.bracketed == 0) {
    if (search.steps == most) {
      setA(search, 0, search.loss, search.slope);
      setB(search, t, loss, slope);
      return settle(search);
    }
    if (!high && !(search.steps > 1 && loss >= search.aLoss)) {
      if (flat) return false;
      if (!(slope >= 0)) {
        const before = search.aLength;
        const least = t + 0.01 * (t - before);
        search.length = cubic(before, search.aLoss, search.aSlope, t, loss, slope, least, t * 10);
        setA(search, t, loss, slope);
        search.steps += 1;
        return true;
      }
    }
    setB(search, t, loss, slope);
    search.bracketed = 1;
    return search.steps < most ? between(search, tolerance) : settle(search);
  }
  search.steps += 1;
  // the better of both, before this one
  const first = search.aLoss <= search.bLoss;
  if (high || loss >= (first ? search.aLoss : search.bLoss)) {
    if (first) setB(search, t, loss, slope);
    else setA(search, t, loss, slope);
  } else {
    if (flat) return false;
    const span = first ? search.bLength - search.aLength : search.aLength - search.bLength;
    const turns = slope * span >= 0;
    if (first) {
      if (turns) setB(search, search.aLength, search.aLoss, search.aSlope);
      setA(search, t, loss, slope);
    } else {
      if (turns) setA(search, search.bLength, search.bLoss, search.bSlope);
      setB(search, t, loss, slope);
    }
  }
  return search.steps < most ? between(search, tolerance) : settle(search);
}

/** Goes back to the operation behind the direction's if there is another length to try. */
export function lineSearch(program: usize, op: usize): void {
  const loss = lossAt(address(op, words.total), address(op, words.value));
  const slope = dot(address(op, words.g), address(op, words.d), word(op, words.n));
  const search = changetype<Search>(address(op, words.search));
  if (!advance(search, address(op, words.state), loss, slope)) return;
  let index = i32.load(program, AT_OPERATION);
  while (word(program + HEADER_BYTES + <usize>index * OPERATION_BYTES, 0) != directionWords.code) index--;
  i32.store(program, index, AT_OPERATION);
}

// @ts-ignore: decorator
@inline
function move(w: usize, x: usize, d: usize, t: v128, last: bool, count: i32): void {
  const step = f32x4.mul(loadLanes(d, count), t);
  storeLanes(w, f32x4.add(loadLanes(x, count), step), count);
  if (last) storeLanes(d, step, count);
}

/** A share of w = x + t d. */
export function moveAlong(op: usize, part: i32, parts: i32): void {
  const n = word(op, moveWords.n);
  const from = partBegin(n, 16, part, parts);
  const count = partEnd(n, 16, part, parts) - from;
  const last = word(op, moveWords.last) != 0;
  const length = changetype<Search>(address(op, moveWords.search)).length;
  const t = f32x4.splat(<f32>length);
  let w = offset(address(op, moveWords.w), from);
  let x = offset(address(op, moveWords.x), from);
  let d = offset(address(op, moveWords.d), from);
  if (length == 0) {
    // a direction that is not finite does not move anything, either
    memory.copy(w, x, (<usize>count) << 2);
    if (last) memory.fill(d, 0, (<usize>count) << 2);
    return;
  }
  const whole = w + ((<usize>(count & ~3)) << 2);
  const end = w + ((<usize>count) << 2);
  for (; w < whole; w += 16, x += 16, d += 16) move(w, x, d, t, last, LANES);
  for (; w < end; w += 4, x += 4, d += 4) move(w, x, d, t, last, 1);
}
