/**
 * Cross-entropy against integer labels[rows] (keras/src/losses/losses.py). Rows labelled `ignoreClass` have value and gradient 0; a label
 * outside [0, cols) gives a row of NaN, never a write elsewhere. `gradient` and `probabilities` may be 0; no two arrays overlap.
 */
import { loadRest, rowExp, rowMax, rowSum, storeRest } from "../activations/rows";
import { vlog } from "../math";
import { flush } from "../simd";
import { clipProbability, insideClip } from "./probability";
import { at, rowFactor, scalarLog } from "./row";

// @ts-ignore: decorator
@inline
function storeFlushed(ptr: usize, x: f32): void {
  v128.store_lane<f32>(ptr, flush(f32x4.splat(x)), 0);
}

/**
 * From logits z, softmax and loss in one: value = log(sum e^(z - max)) + max - z[label], gradient = factor * (softmax(z) - onehot).
 * Three passes over a row: the maximum; the exponentials and their sum; probabilities and gradient. A row that is surely wrong keeps
 * its gradient, unlike in the clipped form below.
 */
export function sparseCrossentropyLogits(
  values: usize,
  gradient: usize,
  probabilities: usize,
  logits: usize,
  labels: usize,
  weights: usize,
  rows: i32,
  cols: i32,
  scale: f32,
  ignoreClass: i32,
): void {
  for (let r = 0; r < rows; r++) {
    const offset = <usize>r * ((<usize>cols) << 2);
    const z = logits + offset;
    const p = probabilities ? probabilities + offset : 0;
    const g = gradient ? gradient + offset : 0;
    // The exponentials are stored where the last pass replaces them.
    const e = p ? p : g;
    const label = load<i32>(at(labels, r));
    const known = <u32>label < <u32>cols;

    const max = rowMax(z, cols);
    const sum = rowExp(e, z, cols, max);
    let value: f32 = known ? scalarLog(sum) + (max - load<f32>(at(z, label))) : f32.NaN;
    let factor: f32 = known ? rowFactor(scale, weights, r) : f32.NaN;
    if (label == ignoreClass) {
      value = 0;
      factor = 0;
    }
    store<f32>(at(values, r), value);
    if (!e) continue;

    const own: f32 = known && g ? (load<f32>(at(e, label)) / sum - 1) * factor : 0;
    const sums = f32x4.splat(sum);
    const factors = f32x4.splat(factor);
    for (let c = 0; c < cols; c += 4) {
      const left = cols - c;
      const probability = f32x4.div(loadRest(at(e, c), left), sums);
      if (p) storeRest(at(p, c), probability, left);
      if (g) storeRest(at(g, c), flush(f32x4.mul(probability, factors)), left);
    }
    if (known && g) storeFlushed(at(g, label), own);
  }
}

/**
 * From probabilities p, q = p / sum p: value = -log clip(q[label]). The gradient goes through the division as well: factor * (1 / sum p),
 * minus factor / p[label] at the label; 0 for the whole row when q[label] is clipped. Where sum p is 0, all q are 1 / cols and the
 * gradient is 0, as with Keras' TensorFlow backend.
 */
export function sparseCrossentropy(
  values: usize,
  gradient: usize,
  predictions: usize,
  labels: usize,
  weights: usize,
  rows: i32,
  cols: i32,
  scale: f32,
  ignoreClass: i32,
): void {
  for (let r = 0; r < rows; r++) {
    const offset = <usize>r * ((<usize>cols) << 2);
    const p = predictions + offset;
    const label = load<i32>(at(labels, r));
    const known = <u32>label < <u32>cols;
    const ignored = label == ignoreClass;

    const given = rowSum(p, cols);
    const empty = given == 0;
    const sum: f32 = empty ? <f32>cols : given;
    const own: f32 = known ? (empty ? 1 : load<f32>(at(p, label))) : f32.NaN;
    const q = f32x4.splat(own / sum);
    store<f32>(at(values, r), ignored ? 0 : -f32x4.extract_lane(vlog(clipProbability(q)), 0));
    if (!gradient) continue;

    const g = gradient + offset;
    const factor: f32 = ignored || empty ? 0 : rowFactor(scale, weights, r);
    const common = v128.and(f32x4.splat((known || ignored ? factor : f32.NaN) / sum), insideClip(q));
    for (let c = 0; c < cols; c += 4) storeRest(at(g, c), flush(common), cols - c);
    if (known && !ignored) {
      const difference = f32x4.sub(common, v128.and(f32x4.splat(factor / own), insideClip(q)));
      v128.store_lane<f32>(at(g, label), flush(difference), 0);
    }
  }
}
