/** What losses that go row by row share. */
import { vlog } from "../math";

/** The address of column `c` of the row, or of the array, that starts at `row`. */
// @ts-ignore: decorator
@inline
export function at(row: usize, c: i32): usize {
  return row + ((<usize>c) << 2);
}

/** scale * weights[r]; no weights stand for ones. */
// @ts-ignore: decorator
@inline
export function rowFactor(scale: f32, weights: usize, r: i32): f32 {
  return weights ? scale * load<f32>(at(weights, r)) : scale;
}

/** The logarithm of one number, by the code that has the bits of all others. */
// @ts-ignore: decorator
@inline
export function scalarLog(x: f32): f32 {
  return f32x4.extract_lane(vlog(f32x4.splat(x)), 0);
}
