/**
 * Functions of four float32 lanes that need more digits on the way: two float64 lanes at a time, rounded to float32 once. The arithmetic is
 * plain IEEE 754 in one order, as in math.ts, and the relaxed binary has no other.
 */

/** 1.5 * 2^52: `x + ROUND` has `x` rounded to the nearest integer in its low bits. */
const ROUND: f64 = 6755399441055744;
/** The same with the bias of an exponent, so that shifting the sum left by 52 bits gives a power of two. */
const ROUND_BIASED: f64 = ROUND + 1023;

const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;

/** pi/2 in three parts, of which the first two have 26 bits: their products by an integer below 2^27 are exact. */
const PI_2_HIGH: f64 = 1.5707963109016418;
const PI_2_MIDDLE: f64 = 1.5893254712295857e-8;
const PI_2_LOW: f64 = 6.123233995736766e-17;

// @ts-ignore: decorator
@inline
function splat(x: f64): v128 {
  return f64x2.splat(x);
}

// @ts-ignore: decorator
@inline
function madd(a: v128, b: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(a, b), splat(c));
}

/** Lanes 2 and 3 of a float32 vector, widened; `f64x2.promote_low_f32x4` widens the others. */
// @ts-ignore: decorator
@inline
function promoteHigh(x: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3));
}

/** Four float64 lanes, rounded to float32. */
// @ts-ignore: decorator
@inline
function demote(low: v128, high: v128): v128 {
  return i32x4.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** Natural logarithm of x >= 0, float32 numbers widened, so never denormal. The polynomial of fdlibm, as in scalar.ts. */
// @ts-ignore: decorator
@inline
function log(x: v128): v128 {
  // counted from the bits of sqrt(1/2), the exponent field changes where the mantissa must
  const origin = i64x2.splat(0x3fe6a09e667f3bcd);
  const bits = i64x2.sub(x, origin);
  const m = i64x2.add(v128.and(bits, i64x2.splat(0xfffffffffffff)), origin);
  const k = f64x2.convert_low_i32x4_s(i32x4.shr_s(i32x4.shuffle(bits, bits, 1, 3, 1, 3), 20));
  const f = f64x2.sub(m, splat(1));
  const s = f64x2.div(f, f64x2.add(f, splat(2)));
  const z = f64x2.mul(s, s);
  let r = madd(z, splat(1.479819860510658591e-1), 1.531383769920937332e-1);
  r = madd(r, z, 1.818357216161805012e-1);
  r = madd(r, z, 2.222219843214978396e-1);
  r = madd(r, z, 2.857142874366239149e-1);
  r = madd(r, z, 3.999999999940941908e-1);
  r = madd(r, z, 6.66666666666673513e-1);
  const mantissa = f64x2.add(f64x2.add(s, s), f64x2.mul(s, f64x2.mul(z, r)));
  const whole = f64x2.add(f64x2.mul(k, splat(LN2_LOW)), mantissa);
  const result = f64x2.add(f64x2.mul(k, splat(LN2_HIGH)), whole);
  const zero = splat(0);
  const infinity = splat(f64.POSITIVE_INFINITY);
  const special = v128.bitselect(splat(f64.NEGATIVE_INFINITY), x, f64x2.eq(x, zero));
  return v128.bitselect(result, special, v128.and(f64x2.gt(x, zero), f64x2.lt(x, infinity)));
}

/** e^x as far as float32 can tell: what is clamped is 0 or infinity there. Taylor's polynomial to 2^-42. NaN stays. */
// @ts-ignore: decorator
@inline
function exp(x: v128): v128 {
  const inside = f64x2.pmax(f64x2.pmin(x, splat(95)), splat(-110));
  const n = madd(inside, splat(1.442695040888963387), ROUND_BIASED);
  const k = f64x2.sub(n, splat(ROUND_BIASED));
  const t = f64x2.sub(f64x2.sub(inside, f64x2.mul(k, splat(LN2_HIGH))), f64x2.mul(k, splat(LN2_LOW)));
  let p = madd(t, splat(1.0 / 3628800), 1.0 / 362880);
  p = madd(p, t, 1.0 / 40320);
  p = madd(p, t, 1.0 / 5040);
  p = madd(p, t, 1.0 / 720);
  p = madd(p, t, 1.0 / 120);
  p = madd(p, t, 1.0 / 24);
  p = madd(p, t, 1.0 / 6);
  p = madd(p, t, 0.5);
  p = madd(p, t, 1);
  p = madd(p, t, 1);
  return f64x2.mul(p, i64x2.shl(n, 52));
}

/**
 * x^y; 0.51 ulp, and exact (rounded once) for the exponents -1, 0.5, 1 and 2. As in C and NumPy x^0 and 1^y are 1, even of NaN; a negative base to a
 * non-integer power is NaN.
 */
// @ts-ignore: decorator
@inline
export function vpow(x: v128, y: v128): v128 {
  const a = f32x4.abs(x);
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const infinity = f32x4.splat(f32.POSITIVE_INFINITY);
  const low = exp(f64x2.mul(f64x2.promote_low_f32x4(y), log(f64x2.promote_low_f32x4(a))));
  const high = exp(f64x2.mul(promoteHigh(y), log(promoteHigh(a))));
  let power = demote(low, high);
  // a negative base, or -0
  const half = f32x4.mul(y, f32x4.splat(0.5));
  const integer = f32x4.eq(f32x4.nearest(y), y);
  const odd = v128.and(integer, f32x4.ne(f32x4.nearest(half), half));
  power = v128.xor(power, v128.and(odd, v128.and(x, i32x4.splat(0x80000000))));
  const invalid = v128.and(f32x4.lt(x, zero), f32x4.lt(a, infinity));
  power = v128.or(power, v128.andnot(invalid, integer));
  // cases that rounding twice would spoil
  power = v128.bitselect(f32x4.div(one, x), power, f32x4.eq(y, f32x4.splat(-1)));
  power = v128.bitselect(x, power, f32x4.eq(y, one));
  power = v128.bitselect(f32x4.mul(x, x), power, f32x4.eq(y, f32x4.splat(2)));
  const root = v128.and(f32x4.gt(x, zero), f32x4.eq(y, f32x4.splat(0.5)));
  power = v128.bitselect(f32x4.sqrt(x), power, root);
  const unit = v128.and(f32x4.eq(a, one), f32x4.eq(f32x4.abs(y), infinity));
  return v128.bitselect(one, power, v128.or(unit, v128.or(f32x4.eq(x, one), f32x4.eq(y, zero))));
}

/** Sine, or cosine, of two float64 lanes below 2^27. Both polynomials are those of FreeBSD's sinf and cosf, good to 2^-37. */
// @ts-ignore: decorator
@inline
function sine(cosine: bool, x: v128): v128 {
  const rounded = madd(x, splat(6.36619772367581382433e-1), ROUND);
  const n = f64x2.sub(rounded, splat(ROUND));
  const quarter = cosine ? i64x2.add(rounded, i64x2.splat(1)) : rounded;
  let t = f64x2.sub(x, f64x2.mul(n, splat(PI_2_HIGH)));
  t = f64x2.sub(t, f64x2.mul(n, splat(PI_2_MIDDLE)));
  t = f64x2.sub(t, f64x2.mul(n, splat(PI_2_LOW)));
  const z = f64x2.mul(t, t);
  let s = madd(z, splat(2.718311493989822e-6), -1.9839334836096632e-4);
  s = madd(s, z, 8.333329385889463e-3);
  s = madd(s, z, -0.16666666641626524);
  s = f64x2.mul(t, madd(s, z, 1));
  let c = madd(z, splat(2.439044879627741e-5), -1.388676377460993e-3);
  c = madd(c, z, 4.1666623323739063e-2);
  c = madd(c, z, -0.499999997251031);
  c = madd(c, z, 1);
  const odd = i64x2.neg(v128.and(quarter, i64x2.splat(1)));
  return v128.xor(v128.bitselect(c, s, odd), i64x2.shl(v128.and(quarter, i64x2.splat(2)), 62));
}

// @ts-ignore: decorator
@inline
function sineOf(cosine: bool, x: v128): v128 {
  const y = demote(sine(cosine, f64x2.promote_low_f32x4(x)), sine(cosine, promoteHigh(x)));
  return v128.or(y, f32x4.gt(f32x4.abs(x), f32x4.splat(134217728)));
}

/** Sine, odd to the bit; 0.51 ulp up to 2^27 (134,217,728), NaN beyond, where floats are 16 apart. */
// @ts-ignore: decorator
@inline
export function vsin(x: v128): v128 {
  return sineOf(false, x);
}

/** Cosine, likewise. */
// @ts-ignore: decorator
@inline
export function vcos(x: v128): v128 {
  return sineOf(true, x);
}
