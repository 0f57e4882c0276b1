/** Words that all operations on arrays have. */
import { word } from "../operations/words";

/** The size in word `index`, times `rows` where word `perRow` is 1. */
// @ts-ignore: decorator
@inline
export function counted(op: usize, index: i32, perRow: i32, rows: i32): i32 {
  return word(op, perRow) ? word(op, index) * rows : word(op, index);
}

/** The row of a table of `count` rows that the float32 at `at` names, truncated; -1 if there is none. */
// @ts-ignore: decorator
@inline
export function rowAt(at: usize, count: i32): i32 {
  const bits = load<i32>(at);
  // bits sort like the floats: NaN, infinity and all from 2^31 on lie above, negative ones but -0 below
  const row = bits >= 0 && bits < 0x4f000000 ? <i32>load<f32>(at) : bits == i32.MIN_VALUE ? 0 : -1;
  return row < count ? row : -1;
}
