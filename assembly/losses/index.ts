/**
 * Losses by their kind (codes.ts). Per row r, unweighted: values[r], the loss of the row; and, unless `gradient` is 0,
 * gradient[r, c] = scale * weights[r] * d values[r] / d predictions[r, c], zero below TINY. For the mean over a batch, the
 * caller passes scale = 1 / rows.
 *
 * predictions   [rows, cols]; logits for the kinds that end in LOGITS
 * probabilities [rows, cols] or 0: receives the softmax or sigmoid of logits; the other kinds leave it alone
 * targets       i32[rows], labels, for the sparse kinds, else f32[rows, cols]
 * weights       [rows], or 0 for ones
 * parameter     label smoothing of the categorical and binary kinds, delta of HUBER
 * ignoreClass   of the sparse kinds: the label of rows that do not count; -2147483648 for none
 *
 * Arrays do not overlap. Threads may split the rows.
 */
import {
  BINARY_CROSSENTROPY,
  BINARY_CROSSENTROPY_LOGITS,
  CATEGORICAL_CROSSENTROPY,
  CATEGORICAL_CROSSENTROPY_LOGITS,
  HUBER,
  MEAN_ABSOLUTE_ERROR,
  MEAN_SQUARED_ERROR,
  SIGMOID,
  SPARSE_CROSSENTROPY,
  SPARSE_CROSSENTROPY_LOGITS,
} from "../codes";
import { activation } from "../activations/index";
import { BinaryCrossentropy, BinaryCrossentropyLogits } from "./binary-crossentropy";
import { categoricalCrossentropy, categoricalCrossentropyLogits } from "./categorical-crossentropy";
import { elementwise } from "./elementwise";
import { Huber } from "./huber";
import { MeanAbsoluteError } from "./mean-absolute-error";
import { MeanSquaredError } from "./mean-squared-error";
import { sparseCrossentropy, sparseCrossentropyLogits } from "./sparse-crossentropy";

export { accuracy } from "./accuracy";

export function loss(
  kind: i32,
  values: usize,
  gradient: usize,
  probabilities: usize,
  predictions: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  cols: i32,
  scale: f32,
  parameter: f32,
  ignoreClass: i32,
): void {
  assert(rows >= 0 && cols >= 1);
  const p = predictions;
  const y = targets;
  const w = weights;
  switch (kind) {
    case SPARSE_CROSSENTROPY:
      return sparseCrossentropy(values, gradient, p, y, w, rows, cols, scale, ignoreClass);
    case SPARSE_CROSSENTROPY_LOGITS:
      return sparseCrossentropyLogits(values, gradient, probabilities, p, y, w, rows, cols, scale, ignoreClass);
    case CATEGORICAL_CROSSENTROPY:
      return categoricalCrossentropy(values, gradient, p, y, w, rows, cols, scale, parameter);
    case CATEGORICAL_CROSSENTROPY_LOGITS:
      return categoricalCrossentropyLogits(values, gradient, probabilities, p, y, w, rows, cols, scale, parameter);
    case BINARY_CROSSENTROPY:
      return elementwise<BinaryCrossentropy>(values, gradient, p, y, w, rows, cols, scale, parameter);
    case BINARY_CROSSENTROPY_LOGITS:
      if (probabilities) activation(SIGMOID, probabilities, p, rows * cols, 0);
      return elementwise<BinaryCrossentropyLogits>(values, gradient, p, y, w, rows, cols, scale, parameter);
    case MEAN_SQUARED_ERROR:
      return elementwise<MeanSquaredError>(values, gradient, p, y, w, rows, cols, scale, parameter);
    case MEAN_ABSOLUTE_ERROR:
      return elementwise<MeanAbsoluteError>(values, gradient, p, y, w, rows, cols, scale, parameter);
    case HUBER:
      return elementwise<Huber>(values, gradient, p, y, w, rows, cols, scale, parameter);
    default:
      assert(false, "not a loss");
  }
}
