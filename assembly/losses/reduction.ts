/** How the losses of a batch's rows become one number (Keras: loss.py, reduce_weighted_values). */
import { MEAN_WITH_SAMPLE_WEIGHT, REDUCE_SUM } from "../opcodes";
import { weightedSum } from "../reduce";

/** Rows of `labels` that are not `ignoreClass`. */
function countLabels(labels: usize, n: i32, ignoreClass: i32): i32 {
  let count = 0;
  for (let i = 0; i < n; i++) count += i32(i32.load(labels + ((<usize>i) << 2)) != ignoreClass);
  return count;
}

/** Sum of the weights of the rows that count. */
function totalWeight(labels: usize, weights: usize, n: i32, ignoreClass: i32): f64 {
  if (ignoreClass == i32.MIN_VALUE) return weightedSum(weights, 0, n);
  let total: f64 = 0;
  for (let i = 0; i < n; i++) {
    const at = (<usize>i) << 2;
    if (i32.load(labels + at) != ignoreClass) total += <f64>f32.load(weights + at);
  }
  return total;
}

/** The factor of the weighted sum of `n` row losses: 1 / (rows that count), 1, or 1 / (sum of their weights). */
export function reductionScale(reduction: i32, labels: usize, weights: usize, n: i32, ignoreClass: i32): f64 {
  if (reduction == REDUCE_SUM) return 1;
  let divisor: f64;
  if (reduction == MEAN_WITH_SAMPLE_WEIGHT && weights) divisor = totalWeight(labels, weights, n, ignoreClass);
  else divisor = <f64>(ignoreClass == i32.MIN_VALUE ? n : countLabels(labels, n, ignoreClass));
  return divisor > 0 ? 1.0 / divisor : 0;
}
