/**
 * The loop that all elementwise losses share: values[r] = mean over the columns of f(p, y), gradient[r, c] = factor * df/dp, where
 * factor = scale * weights[r] / cols. `T` is an unmanaged final class with inline methods on four elements:
 *   shared(p, y)                           terms that both value and slope need
 *   value(shared, p, y, parameter)         f
 *   slope(shared, p, y, parameter, factor) factor * df/dp
 */
import { keepRest, loadRest, storeRest, sumLanes } from "../activations/rows";
import { flush } from "../simd";
import { at, rowFactor } from "./row";

/** Predictions and targets are [rows, cols]; `gradient` may be 0 or `predictions`. Threads may split the rows. */
export function elementwise<T>(
  values: usize,
  gradient: usize,
  predictions: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  cols: i32,
  scale: f32,
  parameter: f32,
): void {
  const f = changetype<T>(<usize>0);
  for (let r = 0; r < rows; r++) {
    const factor = rowFactor(scale, weights, r) / <f32>cols;
    const offset = <usize>r * ((<usize>cols) << 2);
    let sum = f32x4.splat(0);
    for (let c = 0; c < cols; c += 4) {
      const left = cols - c;
      const p = loadRest(at(predictions + offset, c), left);
      const y = loadRest(at(targets + offset, c), left);
      const shared = f.shared(p, y);
      sum = f32x4.add(sum, keepRest(f.value(shared, p, y, parameter), left));
      if (gradient) storeRest(at(gradient + offset, c), flush(f.slope(shared, p, y, parameter, factor)), left);
    }
    store<f32>(at(values, r), sumLanes(sum) / <f32>cols);
  }
}
