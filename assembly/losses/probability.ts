/**
 * Losses on probabilities keep the logarithm finite as Keras does: they clamp probabilities to [1e-7, 1 - 1e-7], in float32 the
 * bits 0x33D6BF95 and 0x3F7FFFFE. A clamped probability has no gradient.
 */
const LOWEST: f32 = 1.00000001168609742e-7;
const HIGHEST: f32 = 0.99999988079071045;

/** `p` clamped to the range; NaN stays. */
// @ts-ignore: decorator
@inline
export function clipProbability(p: v128): v128 {
  return f32x4.pmin(f32x4.pmax(p, f32x4.splat(LOWEST)), f32x4.splat(HIGHEST));
}

/** All ones where `p` is inside the range, or NaN. */
// @ts-ignore: decorator
@inline
export function insideClip(p: v128): v128 {
  return v128.not(v128.or(f32x4.le(p, f32x4.splat(LOWEST)), f32x4.ge(p, f32x4.splat(HIGHEST))));
}
