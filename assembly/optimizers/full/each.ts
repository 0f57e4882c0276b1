import { loadLanes, storeLanes } from "../../lanes";
import { flushBelow, LANES } from "../../simd";

/**
 * What the optimizers of the full core share. Each is a class without fields whose `run` updates the parameters from `w` to `end`, `count` at a time, which is a
 * constant: LANES, or 1 for those behind the last whole vector. Slot k of a parameter is `k * stride` bytes behind its first.
 *
 * `run` reads the scalars of the step, and the limits below which values become 0, before its loop: AssemblyScript and engines move no load out of a loop
 * that stores, so a scalar that is read where it is used is read for every vector.
 */

/**
 * Runs E over n parameters. Each optimizer, and each variant of one, is a type: so each has a function, and its constants stay constant. Binaryen would fold two calls in the arms of an `if` that
 * differ in one constant back into one loop with a test for every element (seen in the .wat).
 */
export function each<E>(state: usize, w: usize, g: usize, slots: usize, stride: i32, n: i32): void {
  const optimizer = changetype<E>(0);
  const whole = (<usize>(n & ~3)) << 2;
  optimizer.run(state, w, g, slots, stride, w + whole, LANES);
  optimizer.run(state, w + whole, g + whole, slots + whole, stride, w + ((<usize>n) << 2), 1);
}

/** Bytes from one vector to the next. */
// @ts-ignore: decorator
@inline
export function bytesOf(count: i32): usize {
  return (<usize>count) << 2;
}

/** Moves a slot towards `x`: s += (x - s) * rest. Returns it. */
// @ts-ignore: decorator
@inline
export function average(slot: usize, x: v128, rest: v128, count: i32, bits: v128, tiny: v128): v128 {
  const before = loadLanes(slot, count);
  const after = flushBelow(f32x4.add(before, f32x4.mul(f32x4.sub(x, before), rest)), bits, tiny);
  storeLanes(slot, after, count);
  return after;
}

/** -1, 0 or 1; NaN stays. */
// @ts-ignore: decorator
@inline
export function sign(x: v128, bits: v128): v128 {
  const zero = f32x4.splat(0);
  const one = v128.or(v128.andnot(x, bits), f32x4.splat(1));
  return v128.bitselect(v128.and(one, f32x4.ne(x, zero)), x, f32x4.eq(x, x));
}

/** w -= change */
// @ts-ignore: decorator
@inline
export function descend(w: usize, change: v128, count: i32): void {
  storeLanes(w, f32x4.sub(loadLanes(w, count), change), count);
}

/** Of a part that only some variants of a loop have: they are generic over it. */
// @ts-ignore: decorator
@final @unmanaged
export class Yes {
  // @ts-ignore: decorator
  @inline
  holds(): bool {
    return true;
  }
}

// @ts-ignore: decorator
@final @unmanaged
export class No {
  // @ts-ignore: decorator
  @inline
  holds(): bool {
    return false;
  }
}
