/**
 * softmax over the rows of x[rows, cols]: y = e^(x - max) / sum of the same. Subtracting the maximum keeps every exponential
 * in [0, 1] and their sum in [1, cols]; results below TINY are zero. Threads may split the rows.
 */
import { flush } from "../simd";
import { keepRest, loadRest, rowExp, rowMax, storeRest, sumLanes } from "./rows";

/** `out` may be `x`. */
export function softmax(out: usize, x: usize, rows: i32, cols: i32): void {
  assert(rows >= 0 && cols >= 1);
  const stride = (<usize>cols) << 2;
  for (let r = 0; r < rows; r++) {
    const sum = f32x4.splat(rowExp(out, x, cols, rowMax(x, cols)));
    for (let c = 0; c < cols; c += 4) {
      const at = out + ((<usize>c) << 2);
      storeRest(at, f32x4.div(loadRest(at, cols - c), sum), cols - c);
    }
    out += stride;
    x += stride;
  }
}

/** dx = y * (dy - sum of dy * y), from the output y; `dx` may be `dy`. */
export function softmaxGradient(dx: usize, dy: usize, y: usize, rows: i32, cols: i32): void {
  assert(rows >= 0 && cols >= 1);
  const stride = (<usize>cols) << 2;
  for (let r = 0; r < rows; r++) {
    let lanes = f32x4.splat(0);
    for (let c = 0; c < cols; c += 4) {
      const at = (<usize>c) << 2;
      const left = cols - c;
      lanes = f32x4.add(lanes, keepRest(f32x4.mul(loadRest(dy + at, left), loadRest(y + at, left)), left));
    }
    const dot = f32x4.splat(sumLanes(lanes));
    for (let c = 0; c < cols; c += 4) {
      const at = (<usize>c) << 2;
      const left = cols - c;
      const inner = f32x4.sub(loadRest(dy + at, left), dot);
      storeRest(dx + at, flush(f32x4.mul(loadRest(y + at, left), inner)), left);
    }
    dx += stride;
    dy += stride;
    y += stride;
  }
}
