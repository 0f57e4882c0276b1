/**
 * Lanes: what every kernel shares. A loop runs four float32 lanes at a time, and its last one to three
 * elements run through the same vector code on a copy padded with zeros, so an element's bits never depend
 * on where in an array it stands.
 */

/** Lanes of a vector. */
export const LANES: i32 = 4;

/**
 * 2^-100. Optimizer slots and gradients smaller than this are written as zero. Denormals (below 2^-126) cost
 * about 150 cycles each on x86 and wasm cannot switch them off; the margin of 2^26 keeps the products that a
 * step makes of a slot, such as `v * (1 - beta2)`, out of that range too.
 */
export const TINY: f32 = 7.888609052210118e-31;

/** 2^-50, whose square is TINY: a smaller gradient is taken as zero before it is squared. */
export const TINY_ROOT: f32 = 8.881784197001252e-16;

/** `x` with every lane smaller than `limit` in magnitude set to zero; NaN stays. Bits of floats without a sign order like integers, and comparing those is faster. */
// @ts-ignore: decorator
@inline
export function flushBelow(x: v128, limit: f32): v128 {
  const magnitude = v128.and(x, i32x4.splat(0x7fffffff));
  return v128.and(x, i32x4.gt_s(magnitude, i32x4.splat(reinterpret<i32>(limit) - 1)));
}

/** `x` with everything below TINY set to zero. */
// @ts-ignore: decorator
@inline
export function flush(x: v128): v128 {
  return flushBelow(x, TINY);
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
