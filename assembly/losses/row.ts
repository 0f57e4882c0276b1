/** Shared by the losses that go row by row. */
import { vlog } from "../math";

/** The address of column `c` of the row, or of the array, that starts at `row`. */
// @ts-ignore: decorator
@inline
export function at(row: usize, c: i32): usize {
  return row + ((<usize>c) << 2);
}

/** scale * weights[r]; without weights, all are one. */
// @ts-ignore: decorator
@inline
export function rowFactor(scale: f32, weights: usize, r: i32): f32 {
  return weights ? scale * load<f32>(at(weights, r)) : scale;
}

/** The logarithm of one number, by the same code as vectors, for the same bits. */
// @ts-ignore: decorator
@inline
export function scalarLog(x: f32): f32 {
  return f32x4.extract_lane(vlog(f32x4.splat(x)), 0);
}
