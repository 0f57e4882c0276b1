/**
 * Cross-entropy against a distribution over the classes, targets[rows, cols] (keras/src/losses/losses.py). With label smoothing s the
 * targets are y (1 - s) + s / cols. `gradient` and `probabilities` may be 0; no two arrays overlap.
 */
import { keepRest, loadRest, rowExp, rowMax, rowSum, storeRest, sumLanes } from "../activations/rows";
import { vlog } from "../math";
import { flush } from "../simd";
import { clipProbability, insideClip } from "./probability";
import { at, rowFactor, scalarLog } from "./row";

/** The smoothed targets of the next lanes, zero past the end of the row. */
// @ts-ignore: decorator
@inline
function target(y: usize, left: i32, smoothing: f32, cols: i32): v128 {
  const smoothed = f32x4.mul(loadRest(y, left), f32x4.splat(1 - smoothing));
  return keepRest(f32x4.add(smoothed, f32x4.splat(smoothing / <f32>cols)), left);
}

/**
 * From logits z, softmax and loss in one: value = sum of y * (log(sum e^(z - max)) + max - z), gradient = factor * (softmax(z) * sum y - y).
 */
export function categoricalCrossentropyLogits(
  values: usize,
  gradient: usize,
  probabilities: usize,
  logits: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  cols: i32,
  scale: f32,
  smoothing: f32,
): void {
  for (let r = 0; r < rows; r++) {
    const offset = <usize>r * ((<usize>cols) << 2);
    const z = logits + offset;
    const y = targets + offset;
    const p = probabilities ? probabilities + offset : 0;
    const g = gradient ? gradient + offset : 0;
    // The exponentials are stored where the last pass replaces them.
    const e = p ? p : g;

    const max = rowMax(z, cols);
    const sum = rowExp(e, z, cols, max);
    const logSum = f32x4.splat(scalarLog(sum));
    const top = f32x4.splat(max);
    let lanes = f32x4.splat(0);
    let total = f32x4.splat(0);
    for (let c = 0; c < cols; c += 4) {
      const left = cols - c;
      const t = target(at(y, c), left, smoothing, cols);
      const distance = f32x4.add(logSum, f32x4.sub(top, loadRest(at(z, c), left)));
      lanes = f32x4.add(lanes, f32x4.mul(t, distance));
      total = f32x4.add(total, t);
    }
    store<f32>(at(values, r), sumLanes(lanes));
    if (!e) continue;

    const sums = f32x4.splat(sum);
    const mass = f32x4.splat(sumLanes(total));
    const factor = f32x4.splat(rowFactor(scale, weights, r));
    for (let c = 0; c < cols; c += 4) {
      const left = cols - c;
      const probability = f32x4.div(loadRest(at(e, c), left), sums);
      if (p) storeRest(at(p, c), probability, left);
      if (g) {
        const error = f32x4.sub(f32x4.mul(probability, mass), target(at(y, c), left, smoothing, cols));
        storeRest(at(g, c), flush(f32x4.mul(error, factor)), left);
      }
    }
  }
}

/**
 * From probabilities p, q = p / sum p: value = -sum of y * log clip(q). The gradient goes through the division as well:
 * factor / sum p * (sum of y - y / q), both sums over the classes that are not clipped. Where sum p is 0, all q are 1 / cols and the
 * gradient is 0.
 */
export function categoricalCrossentropy(
  values: usize,
  gradient: usize,
  predictions: usize,
  targets: usize,
  weights: usize,
  rows: i32,
  cols: i32,
  scale: f32,
  smoothing: f32,
): void {
  for (let r = 0; r < rows; r++) {
    const offset = <usize>r * ((<usize>cols) << 2);
    const p = predictions + offset;
    const y = targets + offset;

    const sum = rowSum(p, cols);
    const sums = f32x4.splat(sum == 0 ? <f32>cols : sum);
    const lift = f32x4.splat(sum == 0 ? 1 : 0);
    let lanes = f32x4.splat(0);
    let inside = f32x4.splat(0);
    for (let c = 0; c < cols; c += 4) {
      const left = cols - c;
      const q = f32x4.div(f32x4.add(loadRest(at(p, c), left), lift), sums);
      const t = target(at(y, c), left, smoothing, cols);
      lanes = f32x4.add(lanes, f32x4.mul(t, vlog(clipProbability(q))));
      inside = f32x4.add(inside, v128.and(t, insideClip(q)));
    }
    store<f32>(at(values, r), -sumLanes(lanes));
    if (!gradient) continue;

    const g = gradient + offset;
    const mass = f32x4.splat(sumLanes(inside));
    const factor = f32x4.splat(sum == 0 ? 0 : rowFactor(scale, weights, r) / sum);
    for (let c = 0; c < cols; c += 4) {
      const left = cols - c;
      const q = f32x4.div(f32x4.add(loadRest(at(p, c), left), lift), sums);
      const share = v128.and(f32x4.div(target(at(y, c), left, smoothing, cols), q), insideClip(q));
      storeRest(at(g, c), flush(f32x4.mul(f32x4.sub(mass, share), factor)), left);
    }
  }
}
