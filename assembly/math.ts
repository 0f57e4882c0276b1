/**
 * Elementary functions on four float32 lanes.
 *
 * It uses only operations that IEEE 754 rounds one way, in one order, so every engine gives the same bits. Errors below are
 * the largest seen over samples of 4e5 points of the whole range, in units of the last place, without fused multiply-add. NaN gives NaN.
 */
import { madd } from "./simd";

/** ln 2 in two parts: a multiple of the first by an integer below 2^11 is exact (Cody and Waite). */
const LN2_HIGH: f32 = 0.693145752;
const LN2_LOW: f32 = 1.42860677e-6;
const LOG2_E: f32 = 1.44269502;

/**
 * 1.5 * 2^23, above which floats are integers: `x + ROUND` has `x` rounded to the nearest integer in its low bits, and is much
 * cheaper than a conversion with saturation. The bias of an exponent is added along with it, so that shifting the sum left by 23
 * bits gives a power of two; the bits of 1.5 * 2^23 itself fall out at the top.
 */
const ROUND: f32 = 12582912;
const ROUND_BIASED: f32 = ROUND + 127;
const ROUND_BIASED_TWICE: f32 = ROUND + 254;

/** ln(2^-100): the exponential of less is below TINY. */
const LN_TINY: f32 = -69.3147202;

// @ts-ignore: decorator
@inline
function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** `-|x|`, also of NaN. */
// @ts-ignore: decorator
@inline
export function negativeAbs(x: v128): v128 {
  return v128.or(x, i32x4.splat(0x80000000));
}

/** `x` minus `n * ln 2`: |t| <= ln(2) / 2. */
// @ts-ignore: decorator
@inline
function reduce(x: v128, n: v128): v128 {
  return madd(n, splat(-LN2_LOW), madd(n, splat(-LN2_HIGH), x));
}

/** `p` in `e^t = 1 + t + t * p`: minimax of degree 5 on |t| <= ln(2) / 2, coefficients from XNNPACK's expm1. */
// @ts-ignore: decorator
@inline
function expTail(t: v128): v128 {
  let p = madd(splat(1.386452e-3), t, splat(8.36653169e-3));
  p = madd(p, t, splat(4.16675024e-2));
  p = madd(p, t, splat(0.166665435));
  p = madd(p, t, splat(0.49999997));
  return f32x4.mul(p, t);
}

/** e^t for a reduced `t`. */
// @ts-ignore: decorator
@inline
function expReduced(t: v128): v128 {
  return f32x4.add(madd(expTail(t), t, t), splat(1));
}

/** e^x where neither x nor the result is near the ends of the range: |x| < 87. */
// @ts-ignore: decorator
@inline
function vexpInner(x: v128): v128 {
  const n = madd(x, splat(LOG2_E), splat(ROUND_BIASED));
  const t = reduce(x, f32x4.sub(n, splat(ROUND_BIASED)));
  return f32x4.mul(expReduced(t), i32x4.shl(n, 23));
}

/**
 * e^x over the whole range, with gradual underflow; 0.98 ulp. The power of two is multiplied in as two factors, so that overflow and
 * denormal results are rounded once, by the last multiplication. Beyond the clamps the result is 0 or infinity all the same.
 */
// @ts-ignore: decorator
@inline
export function vexp(x: v128): v128 {
  const inside = f32x4.pmax(f32x4.pmin(x, splat(89)), splat(-104));
  const n = madd(inside, splat(LOG2_E), splat(ROUND_BIASED_TWICE));
  const t = reduce(inside, f32x4.sub(n, splat(ROUND_BIASED_TWICE)));
  const half = i32x4.shr_u(n, 1);
  const rest = i32x4.sub(n, half);
  return f32x4.mul(f32x4.mul(expReduced(t), i32x4.shl(half, 23)), i32x4.shl(rest, 23));
}

/** e^x for x < 87, zero where that is below TINY: never a denormal, nor when divided by the sum of a row. */
// @ts-ignore: decorator
@inline
export function vexpFlushed(x: v128): v128 {
  return v128.andnot(vexpInner(f32x4.pmax(x, splat(LN_TINY))), f32x4.lt(x, splat(LN_TINY)));
}

/** e^x - 1 for x <= 0; 0.99 ulp. Below the clamp it is -1 to float32. */
// @ts-ignore: decorator
@inline
export function vexpm1(x: v128): v128 {
  const inside = f32x4.pmax(x, splat(-17.32868));
  const n = madd(inside, splat(LOG2_E), splat(ROUND_BIASED));
  const t = reduce(inside, f32x4.sub(n, splat(ROUND_BIASED)));
  const scale = i32x4.shl(n, 23);
  const scaled = f32x4.mul(t, scale);
  return f32x4.add(madd(expTail(t), scaled, scaled), f32x4.sub(scale, splat(1)));
}

/** log((1 + m) * 2^e) for 1 + m in [sqrt(1/2), sqrt(2)]: the polynomial of Cephes' logf. */
// @ts-ignore: decorator
@inline
function logReduced(m: v128, e: v128): v128 {
  const z = f32x4.mul(m, m);
  let p = madd(splat(7.0376836292e-2), m, splat(-1.151461031e-1));
  p = madd(p, m, splat(1.167699874e-1));
  p = madd(p, m, splat(-1.2420140846e-1));
  p = madd(p, m, splat(1.4249322787e-1));
  p = madd(p, m, splat(-1.6668057665e-1));
  p = madd(p, m, splat(2.0000714765e-1));
  p = madd(p, m, splat(-2.4999993993e-1));
  p = madd(p, m, splat(3.3333331174e-1));
  let y = f32x4.mul(f32x4.mul(p, m), z);
  y = madd(e, splat(-2.1219444e-4), y);
  y = madd(z, splat(-0.5), y);
  return madd(e, splat(0.693359375), f32x4.add(m, y));
}

/** Natural logarithm, denormals included; 0.80 ulp. log(+-0) = -inf, log(x < 0) = NaN. */
// @ts-ignore: decorator
@inline
export function vlog(x: v128): v128 {
  const small = f32x4.lt(x, splat(1.17549435e-38));
  const normal = v128.bitselect(f32x4.mul(x, splat(8388608)), x, small);
  // Counted from the bits of sqrt(1/2), the exponent field changes where the mantissa has to.
  const bits = i32x4.sub(normal, i32x4.splat(0x3f3504f3));
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x7fffff)), i32x4.splat(0x3f3504f3));
  const e = f32x4.sub(f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23)), v128.and(small, splat(23)));
  const log = logReduced(f32x4.sub(m, splat(1)), e);
  const zero = splat(0);
  const finite = v128.and(f32x4.gt(x, zero), f32x4.lt(x, splat(f32.POSITIVE_INFINITY)));
  // +inf and NaN are their own logarithm; a negative number becomes all ones, which is a NaN.
  const special = v128.or(x, f32x4.lt(x, zero));
  return v128.bitselect(log, v128.bitselect(splat(f32.NEGATIVE_INFINITY), special, f32x4.eq(x, zero)), finite);
}

/** log(1 + x) for x in [0, 1]; 1.36 ulp. */
// @ts-ignore: decorator
@inline
export function vlog1p(x: v128): v128 {
  const one = splat(1);
  const upper = f32x4.gt(x, splat(0.41421356));
  const m = v128.bitselect(f32x4.mul(f32x4.sub(x, one), splat(0.5)), x, upper);
  return logReduced(m, v128.and(upper, one));
}

/** Hyperbolic tangent, odd to the bit; 1.28 ulp. Cephes' tanhf: an odd polynomial below 0.625, 1 - 2 / (e^2|x| + 1) above. */
// @ts-ignore: decorator
@inline
export function vtanh(x: v128): v128 {
  const a = f32x4.abs(x);
  const z = f32x4.mul(a, a);
  let p = madd(splat(-5.70498872745e-3), z, splat(2.06390887954e-2));
  p = madd(p, z, splat(-5.37397155531e-2));
  p = madd(p, z, splat(1.33314422036e-1));
  p = madd(p, z, splat(-3.33332819422e-1));
  const inner = madd(f32x4.mul(p, z), a, a);
  const e = vexpInner(f32x4.pmin(f32x4.add(a, a), splat(30)));
  const outer = f32x4.sub(splat(1), f32x4.div(splat(2), f32x4.add(e, splat(1))));
  return v128.bitselect(x, v128.bitselect(inner, outer, f32x4.lt(a, splat(0.625))), i32x4.splat(0x80000000));
}

/**
 * e^(x^2) * erfc(x), given t = 2 / (2 + x) with 0 <= x <= 8.5, where its relative error is 5e-8. One polynomial serves erf and
 * both tails of GELU: fitted to `erfcx(x) / t` in 40 digits by Remez' exchange, minimal in relative error.
 */
// @ts-ignore: decorator
@inline
export function verfcx(t: v128): v128 {
  let p = madd(splat(0.0173067786), t, splat(-0.150215909));
  p = madd(p, t, splat(0.491455823));
  p = madd(p, t, splat(-0.752052605));
  p = madd(p, t, splat(0.488187283));
  p = madd(p, t, splat(-0.133417517));
  p = madd(p, t, splat(0.237350464));
  p = madd(p, t, splat(0.236194));
  p = madd(p, t, splat(0.283141166));
  p = madd(p, t, splat(0.28205049));
  return f32x4.mul(p, t);
}

/** Error function, odd to the bit; 2.5 ulp. Below 1 Cephes' odd polynomial; above, 1 - erfc; beyond 4 it is 1 to float32. */
// @ts-ignore: decorator
@inline
export function verf(x: v128): v128 {
  const a = f32x4.pmin(f32x4.abs(x), splat(4));
  const z = f32x4.mul(a, a);
  let p = madd(splat(7.853861353e-5), z, splat(-8.010193625e-4));
  p = madd(p, z, splat(5.188327686e-3));
  p = madd(p, z, splat(-2.685381193e-2));
  p = madd(p, z, splat(1.128358515e-1));
  p = madd(p, z, splat(-3.761262582e-1));
  p = madd(p, z, splat(1.128379166));
  const inner = f32x4.mul(p, a);
  const t = f32x4.div(splat(2), f32x4.add(splat(2), a));
  const outer = f32x4.sub(splat(1), f32x4.mul(vexpInner(f32x4.neg(z)), verfcx(t)));
  return v128.bitselect(x, v128.bitselect(inner, outer, f32x4.lt(a, splat(1))), i32x4.splat(0x80000000));
}

/** The logistic function of `x`, given e = e^-|x|: no overflow, exactly 1/2 at 0. */
// @ts-ignore: decorator
@inline
export function logistic(x: v128, e: v128): v128 {
  const one = splat(1);
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, splat(0))), f32x4.add(one, e));
}

/** 1 / (1 + e^-x); 2.2 ulp. */
// @ts-ignore: decorator
@inline
export function vsigmoid(x: v128): v128 {
  return logistic(x, vexp(negativeAbs(x)));
}

/** log(1 + e^x), given e = e^-|x|. */
// @ts-ignore: decorator
@inline
export function softplusOf(x: v128, e: v128): v128 {
  return f32x4.add(f32x4.pmax(x, splat(0)), vlog1p(e));
}

/** log(1 + e^x); 1.6 ulp. */
// @ts-ignore: decorator
@inline
export function vsoftplus(x: v128): v128 {
  return softplusOf(x, vexp(negativeAbs(x)));
}
