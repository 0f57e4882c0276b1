import { loadLanes, storeLanes } from "../../lanes";
import { belowTiny, belowTinyRoot, flushBelow, LANES, magnitude } from "../../simd";

/**
 * What the optimizers of the full core share. Each is a class without fields whose `step` updates `count` parameters, LANES or 1 of them,
 * and a function that prepares the scalars of a step. Scalars are read where they are used: the loads cost little beside roots
 * and quotients, and the mathematics stays readable.
 */

/** Runs `step` of E over n parameters. Slot k of a parameter is `k * stride` bytes behind its first. */
// @ts-ignore: decorator
@inline
export function each<E>(state: usize, w: usize, g: usize, slots: usize, stride: i32, n: i32): void {
  const optimizer = changetype<E>(0);
  const whole = w + ((<usize>(n & ~3)) << 2);
  const end = w + ((<usize>n) << 2);
  for (; w < whole; w += 16, g += 16, slots += 16) optimizer.step(state, w, g, slots, stride, LANES);
  for (; w < end; w += 4, g += 4, slots += 4) optimizer.step(state, w, g, slots, stride, 1);
}

/** x, or 0 where it is too small to matter. */
// @ts-ignore: decorator
@inline
export function kept(x: v128): v128 {
  return flushBelow(x, magnitude(), belowTiny());
}

/** x, or 0 where its square is too small to matter. */
// @ts-ignore: decorator
@inline
export function squarable(x: v128): v128 {
  return flushBelow(x, magnitude(), belowTinyRoot());
}

/** The gradient of an optimizer that squares it. */
// @ts-ignore: decorator
@inline
export function gradientAt(g: usize, count: i32): v128 {
  return squarable(loadLanes(g, count));
}

/** Moves a slot towards `x`: s += (x - s) * rest. Returns it. */
// @ts-ignore: decorator
@inline
export function average(slot: usize, x: v128, rest: v128, count: i32): v128 {
  const before = loadLanes(slot, count);
  const after = kept(f32x4.add(before, f32x4.mul(f32x4.sub(x, before), rest)));
  storeLanes(slot, after, count);
  return after;
}

/** -1, 0 or 1; NaN stays. */
// @ts-ignore: decorator
@inline
export function sign(x: v128): v128 {
  const zero = f32x4.splat(0);
  const one = v128.or(v128.andnot(x, magnitude()), f32x4.splat(1));
  return v128.bitselect(v128.and(one, f32x4.ne(x, zero)), x, f32x4.eq(x, x));
}

/** w -= change */
// @ts-ignore: decorator
@inline
export function descend(w: usize, change: v128, count: i32): void {
  storeLanes(w, f32x4.sub(loadLanes(w, count), change), count);
}
