/** Operations of the loss, the metrics and the penalties. */
import { SPARSE_ACCURACY, SPARSE_CROSSENTROPY, SPARSE_CROSSENTROPY_LOGITS } from "../codes";
import { penaltyGradient } from "../elementwise";
import { accuracy, loss as lossKernel } from "../losses/index";
import { reductionScale } from "../losses/reduction";
import { AT_LOSS_SCALE, AT_PENALTY, MEAN_OF_ROWS, WITH_PENALTY, WITH_ROWS } from "../opcodes";
import { sumAbs, sumSquares, weightedSum } from "../reduce";
import * as accuracyWords from "../words/accuracy";
import * as activityWords from "../words/activity-penalty";
import * as addLossWords from "../words/add-loss";
import * as addMetricWords from "../words/add-metric";
import * as lossWords from "../words/loss";
import * as scaleWords from "../words/loss-scale";
import * as penaltyWords from "../words/penalty";
import { address, begin, end, offset, scalar, word } from "./words";

export function lossScale(program: usize, op: usize, rows: i32): void {
  const targets = address(op, scaleWords.targets);
  const weights = address(op, scaleWords.weights);
  const n = rows * word(op, scaleWords.times);
  const scale = reductionScale(word(op, scaleWords.reduction), targets, weights, n, word(op, scaleWords.ignoreClass));
  f64.store(program, scale * <f64>scalar(op, scaleWords.factor), AT_LOSS_SCALE);
  if (!word(op, scaleWords.keep)) f64.store(program, 0, AT_PENALTY);
}

export function rowLosses(program: usize, op: usize, rows: i32, part: i32, parts: i32): void {
  const kind = word(op, lossWords.kind);
  const n = rows * word(op, lossWords.times);
  const cols = word(op, lossWords.cols);
  const from = begin(n, 1, part, parts);
  const first = from * cols;
  const sparse = kind == SPARSE_CROSSENTROPY || kind == SPARSE_CROSSENTROPY_LOGITS;
  lossKernel(
    kind,
    offset(address(op, lossWords.values), from),
    offset(address(op, lossWords.gradient), first),
    offset(address(op, lossWords.probabilities), first),
    offset(address(op, lossWords.predictions), first),
    offset(address(op, lossWords.targets), sparse ? from : first),
    offset(address(op, lossWords.weights), from),
    end(n, 1, part, parts) - from,
    cols,
    <f32>f64.load(program, AT_LOSS_SCALE),
    scalar(op, lossWords.parameter),
    word(op, lossWords.ignoreClass),
  );
}

export function rowAccuracies(op: usize, rows: i32, part: i32, parts: i32): void {
  const kind = word(op, accuracyWords.kind);
  const n = rows * word(op, accuracyWords.times);
  const cols = word(op, accuracyWords.cols);
  const from = begin(n, 1, part, parts);
  const first = from * cols;
  accuracy(
    kind,
    offset(address(op, accuracyWords.values), from),
    offset(address(op, accuracyWords.predictions), first),
    offset(address(op, accuracyWords.targets), kind == SPARSE_ACCURACY ? from : first),
    end(n, 1, part, parts) - from,
    cols,
    scalar(op, accuracyWords.threshold),
  );
}

function addTo(total: usize, sum: f64, count: f64): void {
  f64.store(total, f64.load(total) + sum);
  f64.store(total, f64.load(total, 8) + count, 8);
}

export function addLoss(program: usize, op: usize, rows: i32): void {
  const values = address(op, addLossWords.values);
  const n = rows * word(op, addLossWords.times);
  const flags = word(op, addLossWords.flags);
  let sum: f64 = 0;
  if (values) sum = weightedSum(values, address(op, addLossWords.weights), n) * f64.load(program, AT_LOSS_SCALE);
  if (flags & WITH_PENALTY) sum += f64.load(program, AT_PENALTY);
  addTo(address(op, addLossWords.total), sum * <f64>rows, flags & WITH_ROWS ? rows : 0);
}

export function addMetric(op: usize, rows: i32): void {
  const total = address(op, addMetricWords.total);
  const times = word(op, addMetricWords.times);
  const n = rows * times;
  const weights = address(op, addMetricWords.weights);
  const count = weights ? weightedSum(weights, 0, n) : 1;
  const reduction = word(op, addMetricWords.reduction);
  const ofRows = reduction == MEAN_OF_ROWS;
  const sum = weightedSum(address(op, addMetricWords.values), ofRows ? weights : 0, n);
  if (ofRows) return weights ? addTo(total, sum, count) : addTo(total, sum / <f64>times, rows);
  const targets = address(op, addMetricWords.targets);
  const scale = reductionScale(reduction, targets, 0, n, word(op, addMetricWords.ignoreClass));
  addTo(total, sum * scale * count, count);
}

/** l1 * sum |x| + l2 * sum x^2, in float64. */
function penaltyOf(x: usize, n: i32, l1: f32, l2: f32): f64 {
  let total: f64 = 0;
  if (l1 != 0) total += <f64>l1 * sumAbs(x, n);
  if (l2 != 0) total += <f64>l2 * sumSquares(x, n);
  return total;
}

function penalty(
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

export function weightPenalty(program: usize, op: usize, part: i32, parts: i32): void {
  const w = address(op, penaltyWords.w);
  const gradient = address(op, penaltyWords.gradient);
  const n = word(op, penaltyWords.n);
  penalty(program, w, gradient, n, scalar(op, penaltyWords.l1), scalar(op, penaltyWords.l2), 1, part, parts);
}

export function activityPenalty(program: usize, op: usize, rows: i32, part: i32, parts: i32): void {
  const y = address(op, activityWords.y);
  const dy = address(op, activityWords.dy);
  const n = rows * word(op, activityWords.perRow);
  penalty(program, y, dy, n, scalar(op, activityWords.l1), scalar(op, activityWords.l2), <f64>rows, part, parts);
}
