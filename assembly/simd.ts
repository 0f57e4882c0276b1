/**
 * Lanes, shared by every kernel. A loop runs four float32 lanes at a time, and its last one to three
 * elements run through the same vector code on a copy padded with zeros, so an element's bits never depend
 * on its place in an array.
 */

/** Lanes of a vector. */
export const LANES: i32 = 4;

/**
 * TINY is 2^-100. Optimizer slots and gradients smaller than this are written as zero. Denormals (below 2^-126) cost
 * about 150 cycles each on x86 and wasm cannot switch them off; the margin of 2^26 keeps the products that a
 * step makes of a slot, such as `v * (1 - beta2)`, out of that range too. A gradient below its root, 2^-50, is taken
 * as zero before it is squared.
 *
 * Bits of floats without a sign order like integers: these are the mask of a magnitude and the last bits below both limits.
 */
const MAGNITUDE: i32 = 0x7fffffff;
const BELOW_TINY: i32 = 0x0d7fffff;
const BELOW_TINY_ROOT: i32 = 0x267fffff;

/**
 * The same in memory, for loops that load them once and keep them in registers. V8 13 (Node 24) rebuilds a constant vector
 * for each use, which took a third of Adam's time.
 */
const IN_MEMORY = memory.data<i32>([MAGNITUDE, BELOW_TINY, BELOW_TINY_ROOT]);

// @ts-ignore: decorator
@inline
export function magnitude(): v128 {
  return v128.load32_splat(IN_MEMORY);
}

// @ts-ignore: decorator
@inline
export function belowTiny(): v128 {
  return v128.load32_splat(IN_MEMORY, 4);
}

// @ts-ignore: decorator
@inline
export function belowTinyRoot(): v128 {
  return v128.load32_splat(IN_MEMORY, 8);
}

/**
 * `x` with every lane zeroed whose magnitude is at most `limit`; NaN stays. Comparing integers is faster than comparing
 * floats. `bits` is `magnitude()`, `limit` one of the two others.
 */
// @ts-ignore: decorator
@inline
export function flushBelow(x: v128, bits: v128, limit: v128): v128 {
  return v128.and(x, i32x4.gt_s(v128.and(x, bits), limit));
}

/** `x` with values below TINY set to zero. */
// @ts-ignore: decorator
@inline
export function flush(x: v128): v128 {
  return flushBelow(x, i32x4.splat(MAGNITUDE), i32x4.splat(BELOW_TINY));
}

/** `a * b + c`: two roundings in the strict binary, one (where the processor has it) in the relaxed one. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The one to three floats at `ptr`; the other lanes are zero. */
// @ts-ignore: decorator
@inline
export function loadTail(ptr: usize, count: i32): v128 {
  if (count == 1) return v128.load32_zero(ptr);
  const low = v128.load64_zero(ptr);
  return count == 2 ? low : v128.load_lane<f32>(ptr, low, 2, 8);
}

/** Writes the first `count` (one to three) lanes of `x`. */
// @ts-ignore: decorator
@inline
export function storeTail(ptr: usize, x: v128, count: i32): void {
  if (count == 1) {
    v128.store_lane<f32>(ptr, x, 0);
  } else {
    v128.store_lane<f64>(ptr, x, 0);
    if (count == 3) v128.store_lane<f32>(ptr, x, 2, 8);
  }
}
