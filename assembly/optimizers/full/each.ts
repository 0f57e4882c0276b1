import { loadLanes, storeLanes } from "../../lanes";
import { belowTiny, belowTinyRoot, flushBelow, LANES, magnitude } from "../../simd";
import { scalar } from "../state";

/**
 * What the optimizers of the full core share. Each is a class without fields whose `step` updates `count` parameters, LANES or 1 of them,
 * and a function that prepares the scalars of a step. With `each`, scalars are read where they are used, and the mathematics stays readable: loops that
 * are bound by memory, or by several roots and quotients, do not notice. Where they would be half of the loads of a loop, `eachWith` keeps them in registers.
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

/**
 * The same for a `step` that gets the limits below which values become 0 and the scalars 1 to 9 as arguments. AssemblyScript and
 * engines move no load out of a loop that stores, so a `step` that reads its scalars reads them for every vector.
 */
// @ts-ignore: decorator
@inline
export function eachWith<E>(state: usize, w: usize, g: usize, slots: usize, stride: i32, n: i32): void {
  const optimizer = changetype<E>(0);
  const bits = magnitude();
  const tiny = belowTiny();
  const root = belowTinyRoot();
  const s1 = scalar(state, 1);
  const s2 = scalar(state, 2);
  const s3 = scalar(state, 3);
  const s4 = scalar(state, 4);
  const s5 = scalar(state, 5);
  const s6 = scalar(state, 6);
  const s7 = scalar(state, 7);
  const s8 = scalar(state, 8);
  const s9 = scalar(state, 9);
  const whole = w + ((<usize>(n & ~3)) << 2);
  const end = w + ((<usize>n) << 2);
  for (; w < whole; w += 16, g += 16, slots += 16)
    optimizer.step(w, g, slots, stride, LANES, bits, tiny, root, s1, s2, s3, s4, s5, s6, s7, s8, s9);
  for (; w < end; w += 4, g += 4, slots += 4)
    optimizer.step(w, g, slots, stride, 1, bits, tiny, root, s1, s2, s3, s4, s5, s6, s7, s8, s9);
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
  return averageBy(slot, x, rest, count, magnitude(), belowTiny());
}

/** The same with the limits as arguments. */
// @ts-ignore: decorator
@inline
export function averageBy(slot: usize, x: v128, rest: v128, count: i32, bits: v128, tiny: v128): v128 {
  const before = loadLanes(slot, count);
  const after = flushBelow(f32x4.add(before, f32x4.mul(f32x4.sub(x, before), rest)), bits, tiny);
  storeLanes(slot, after, count);
  return after;
}

/** -1, 0 or 1; NaN stays. */
// @ts-ignore: decorator
@inline
export function sign(x: v128): v128 {
  return signBy(x, magnitude());
}

/** The same with the mask of a magnitude as an argument. */
// @ts-ignore: decorator
@inline
export function signBy(x: v128, bits: v128): v128 {
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
