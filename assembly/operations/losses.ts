/** Operations of the loss, the metrics and the penalties. */
import { SPARSE_ACCURACY, SPARSE_CROSSENTROPY, SPARSE_CROSSENTROPY_LOGITS } from "../codes";
import { penaltyGradient } from "../elementwise";
import { accuracy, loss as lossKernel } from "../losses/index";
import { reductionScale } from "../losses/reduction";
import { AT_LOSS_SCALE, AT_PENALTY, MEAN_OF_ROWS } from "../opcodes";
import { sumAbs, sumSquares, weightedSum } from "../reduce";
import { address, begin, end, offset, scalar, word } from "./words";

export function lossScale(program: usize, op: usize, rows: i32): void {
  const n = rows * word(op, 4);
  f64.store(program, reductionScale(word(op, 1), address(op, 2), address(op, 3), n, word(op, 5)), AT_LOSS_SCALE);
  f64.store(program, 0, AT_PENALTY);
}

export function rowLosses(program: usize, op: usize, rows: i32, part: i32, parts: i32): void {
  const kind = word(op, 1);
  const n = rows * word(op, 8);
  const cols = word(op, 9);
  const from = begin(n, 1, part, parts);
  const first = from * cols;
  const sparse = kind == SPARSE_CROSSENTROPY || kind == SPARSE_CROSSENTROPY_LOGITS;
  lossKernel(
    kind,
    offset(address(op, 2), from),
    offset(address(op, 3), first),
    offset(address(op, 4), first),
    offset(address(op, 5), first),
    offset(address(op, 6), sparse ? from : first),
    offset(address(op, 7), from),
    end(n, 1, part, parts) - from,
    cols,
    <f32>f64.load(program, AT_LOSS_SCALE),
    scalar(op, 10),
    word(op, 11),
  );
}

export function rowAccuracies(op: usize, rows: i32, part: i32, parts: i32): void {
  const kind = word(op, 1);
  const n = rows * word(op, 5);
  const cols = word(op, 6);
  const from = begin(n, 1, part, parts);
  const first = from * cols;
  accuracy(
    kind,
    offset(address(op, 2), from),
    offset(address(op, 3), first),
    offset(address(op, 4), kind == SPARSE_ACCURACY ? from : first),
    end(n, 1, part, parts) - from,
    cols,
    scalar(op, 7),
  );
}

function addTo(total: usize, sum: f64, count: f64): void {
  f64.store(total, f64.load(total) + sum);
  f64.store(total, f64.load(total, 8) + count, 8);
}

export function addLoss(program: usize, op: usize, rows: i32): void {
  const batch = weightedSum(address(op, 2), address(op, 3), rows * word(op, 4)) * f64.load(program, AT_LOSS_SCALE);
  addTo(address(op, 1), (batch + f64.load(program, AT_PENALTY)) * <f64>rows, rows);
}

export function addMetric(op: usize, rows: i32): void {
  const times = word(op, 3);
  const n = rows * times;
  const sum = weightedSum(address(op, 2), 0, n);
  const reduction = word(op, 4);
  if (reduction == MEAN_OF_ROWS) addTo(address(op, 1), sum / <f64>times, rows);
  else addTo(address(op, 1), sum * reductionScale(reduction, address(op, 5), 0, n, word(op, 6)), 1);
}

/** l1 * sum |x| + l2 * sum x^2, in float64. */
function penaltyOf(x: usize, n: i32, l1: f32, l2: f32): f64 {
  let total: f64 = 0;
  if (l1 != 0) total += <f64>l1 * sumAbs(x, n);
  if (l2 != 0) total += <f64>l2 * sumSquares(x, n);
  return total;
}

export function penalty(
  program: usize,
  x: usize,
  gradient: usize,
  n: i32,
  l1: f32,
  l2: f32,
  divisor: f64,
  part: i32,
  parts: i32,
): void {
  if (part == 0) f64.store(program, f64.load(program, AT_PENALTY) + penaltyOf(x, n, l1, l2) / divisor, AT_PENALTY);
  if (gradient) {
    const from = begin(n, 16, part, parts);
    const count = end(n, 16, part, parts) - from;
    penaltyGradient(offset(gradient, from), offset(x, from), count, <f32>(<f64>l1 / divisor), <f32>(<f64>l2 / divisor));
  }
}
