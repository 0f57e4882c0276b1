import { AT_OPERATION, HEADER_BYTES, OPERATION_BYTES } from "../../opcodes";
import { address, word } from "../../operations/words";
import { sumAbs } from "../../reduce";
import * as words from "../../words/lbfgs-direction";
import * as searchWords from "../../words/line-search";
import { SEARCH_BYTES } from "../layout";
import { learningRate, option } from "../state";
import { begin, lossAt, Search } from "./search";
import { addScaled, difference, dot, largest, scaleTo } from "./vectors";

/**
 * L-BFGS (Liu, Nocedal 1989): Newton's method with a Hessian that is estimated from the last m changes of weights and gradients.
 *
 *   s = the step before,  y = g - the gradients before it          kept as the newest pair where y's > 1e-10
 *   d = -g;        for each pair, newest first:   p = s'd / y's,  d -= p y
 *   d *= y's / y'y of the newest pair
 *                  for each pair, oldest first:   d += (p - y'd / y's) s
 *   w += t d       t by a line search (search.ts), which begins with the learning rate a; without pairs with a min(1, 1 / sum |g|)
 *
 * Slots from 0: d, which after the step is t d; g; then s and y of each pair, the newest first. A pair that is not there yet is zero, so y's is 0.
 * All weights are one vector. Sums and products are in float64, vectors in float32. One thread does it all: for small problems.
 * Source: PyTorch, torch.optim.LBFGS with max_iter=1 and line_search_fn="strong_wolfe": torch evaluates the gradients again at the beginning of each step, too.
 */

// Options, in the order of src/optimizers/facts/lbfgs.ts; search.ts has the others.
const HISTORY: i32 = 0;
const TOLERANCE_GRADIENT: i32 = 1;
const TOLERANCE_CHANGE: i32 = 2;

/** As in PyTorch: a pair with less says too little of the Hessian. */
const LEAST_CURVATURE: f64 = 1e-10;

/** The index of the next operation with this code behind `index`. */
function next(program: usize, index: i32, code: i32): i32 {
  do index++;
  while (word(program + HEADER_BYTES + <usize>index * OPERATION_BYTES, 0) != code);
  return index;
}

export function lbfgsDirection(program: usize, op: usize): void {
  const state = address(op, words.state);
  const g = address(op, words.g);
  const n = word(op, words.n);
  const stride = <usize>word(op, words.slotStride);
  const d = address(op, words.slots);
  const before = d + stride;
  const newest = before + stride;
  const pairs = <i32>option(state, HISTORY);
  const end = newest + 2 * <usize>pairs * stride;
  const search = changetype<Search>(address(op, words.search));
  const shares = changetype<usize>(search) + SEARCH_BYTES;
  const loss = lossAt(address(op, words.total), address(op, words.value));

  // y takes the place of the gradients before
  difference(before, g, before, n);
  if (dot(before, d, n) > LEAST_CURVATURE) {
    memory.copy(newest + 2 * stride, newest, 2 * <usize>(pairs - 1) * stride);
    memory.copy(newest, d, (<usize>n) << 2);
    memory.copy(newest + stride, before, (<usize>n) << 2);
  }
  memory.copy(before, g, (<usize>n) << 2);

  const steepest = dot(newest, newest + stride, n) == 0;
  scaleTo(d, g, -1, n);
  let share = shares;
  for (let s = newest; s < end; s += 2 * stride, share += 8) {
    const y = s + stride;
    const curvature = dot(s, y, n);
    const p = curvature == 0 ? 0 : dot(s, d, n) / curvature;
    store<f64>(share, p);
    if (p != 0) addScaled(d, y, -p, n);
  }
  if (!steepest) {
    const y = newest + stride;
    scaleTo(d, d, dot(newest, y, n) / dot(y, y, n), n);
    for (let s = end - 2 * stride; s >= newest; s -= 2 * stride) {
      share -= 8;
      const y = s + stride;
      const curvature = dot(s, y, n);
      if (curvature != 0) addScaled(d, s, load<f64>(share) - dot(y, d, n) / curvature, n);
    }
  }

  const slope = dot(g, d, n);
  const rate = learningRate(state);
  const length = steepest ? min<f64>(1, 1 / sumAbs(g, n)) * rate : rate;
  const flat = <f64>largest(g, n) <= option(state, TOLERANCE_GRADIENT) || !(slope <= -option(state, TOLERANCE_CHANGE));
  // where the loss is not finite no length is better than another
  const still = flat || !(abs(loss) < f64.POSITIVE_INFINITY);
  begin(search, still ? 0 : length, loss, slope, <f64>largest(d, n));
  // nothing to search: goes on behind the search
  if (search.length == 0)
    i32.store(program, next(program, i32.load(program, AT_OPERATION), searchWords.code), AT_OPERATION);
}
