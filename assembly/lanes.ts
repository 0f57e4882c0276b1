import { LANES, loadTail, storeTail } from "./simd";

/**
 * One loop body for vectors and for the elements behind the last whole one: `count` is a constant, LANES or 1, and
 * decides at compile time how a body reads and writes. The arithmetic between is the same code, so it gives the same bits.
 */

/** `count` floats at `ptr`; with one, the other lanes are zero. */
// @ts-ignore: decorator
@inline
export function loadLanes(ptr: usize, count: i32): v128 {
  return count == LANES ? v128.load(ptr) : loadTail(ptr, 1);
}

/** Writes the first `count` lanes of `x`. */
// @ts-ignore: decorator
@inline
export function storeLanes(ptr: usize, x: v128, count: i32): void {
  if (count == LANES) v128.store(ptr, x);
  else storeTail(ptr, x, 1);
}
