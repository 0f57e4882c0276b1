/**
 * Whether predictions are right, values[r] in [0, 1] (keras/src/metrics/accuracy_metrics.py). The first of equal greatest classes counts.
 * Sparse: targets are labels[rows]. Categorical: the greatest of targets[rows, cols]. Binary: the share of columns in which
 * prediction > threshold agrees with the target.
 */
import { BINARY_ACCURACY, CATEGORICAL_ACCURACY, SPARSE_ACCURACY } from "../codes";

/** The index of the greatest of x[cols], the first of equals. */
// @ts-ignore: decorator
@inline
function argmax(x: usize, cols: i32): i32 {
  let index = 0;
  let greatest = load<f32>(x);
  for (let c = 1; c < cols; c++) {
    const value = load<f32>(x + ((<usize>c) << 2));
    if (value > greatest) {
      greatest = value;
      index = c;
    }
  }
  return index;
}

// @ts-ignore: decorator
@inline
function agreement(predictions: usize, targets: usize, cols: i32, threshold: f32): f32 {
  let right = 0;
  for (let c = 0; c < cols; c++) {
    const at = (<usize>c) << 2;
    const answer: f32 = load<f32>(predictions + at) > threshold ? 1 : 0;
    right += i32(answer == load<f32>(targets + at));
  }
  return <f32>right / <f32>cols;
}

/** Threads may split the rows. */
export function accuracy(
  kind: i32,
  values: usize,
  predictions: usize,
  targets: usize,
  rows: i32,
  cols: i32,
  threshold: f32,
): void {
  assert(rows >= 0 && cols >= 1);
  assert(kind == SPARSE_ACCURACY || kind == CATEGORICAL_ACCURACY || kind == BINARY_ACCURACY);
  for (let r = 0; r < rows; r++) {
    const offset = <usize>r * ((<usize>cols) << 2);
    const row = predictions + offset;
    let value: f32;
    if (kind == BINARY_ACCURACY) value = agreement(row, targets + offset, cols, threshold);
    else {
      const label = kind == SPARSE_ACCURACY ? load<i32>(targets + ((<usize>r) << 2)) : argmax(targets + offset, cols);
      value = argmax(row, cols) == label ? 1 : 0;
    }
    store<f32>(values + ((<usize>r) << 2), value);
  }
}
