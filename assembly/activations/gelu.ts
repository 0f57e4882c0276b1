/**
 * Gaussian error linear units (Hendrycks and Gimpel, 2016): x * Phi(x), Phi the distribution function of the standard normal. Both
 * forms are written so that the negative tail keeps its digits; `x / 2 * (1 + erf(x / sqrt 2))` has none left below -5. Both
 * derivatives read the input x.
 */
import { vexpFlushed, verfcx } from "../math";
import { flush } from "../simd";
import { gatedSlope, sigmoidFlushed } from "./sigmoid";

const TWO_SQRT_2: f32 = 2.82842708;
const INVERSE_SQRT_2_PI: f32 = 0.398942292;

/** erfcx(a / sqrt 2) for a >= 0: with e = e^(-a^2 / 2), Phi(-a) is e / 2 times this. */
// @ts-ignore: decorator
@inline
function scaledTail(a: v128): v128 {
  const k = f32x4.splat(TWO_SQRT_2);
  return verfcx(f32x4.div(k, f32x4.add(k, a)));
}

/** |x|, clamped where its tail has long been zero, so that infinity never meets zero. */
// @ts-ignore: decorator
@inline
function magnitude(x: v128): v128 {
  return f32x4.pmin(f32x4.abs(x), f32x4.splat(64));
}

/** e^(-x^2 / 2). */
// @ts-ignore: decorator
@inline
function bell(x: v128): v128 {
  return vexpFlushed(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
}

/**
 * gelu = x * Phi(x) = max(x, 0) - a * Phi(-a) with a = |x|: nothing cancels. The relative error is a few ulp plus x^2 / 4, which the
 * rounding of x^2 costs in the tail; results below TINY are zero.
 * f' = Phi(x) + x * phi(x): h = Phi(-a) - a * phi(a) below zero, 1 - h above.
 */
// @ts-ignore: decorator
@final
@unmanaged
export class Gelu {

  @inline
  forward(x: v128, alpha: f32): v128 {
    const a = magnitude(x);
    const tail = f32x4.mul(f32x4.mul(f32x4.mul(a, f32x4.splat(0.5)), bell(a)), scaledTail(a));
    return f32x4.sub(f32x4.pmax(x, f32x4.splat(0)), tail);
  }


  @inline
  backward(dy: v128, x: v128, alpha: f32): v128 {
    const a = magnitude(x);
    const half = f32x4.mul(scaledTail(a), f32x4.splat(0.5));
    const h = f32x4.mul(bell(a), f32x4.sub(half, f32x4.mul(a, f32x4.splat(INVERSE_SQRT_2_PI))));
    const slope = v128.bitselect(h, f32x4.sub(f32x4.splat(1), h), f32x4.lt(x, f32x4.splat(0)));
    return flush(f32x4.mul(dy, slope));
  }
}

/** sqrt(8 / pi), and that times 0.044715 and three times 0.044715. */
const LINEAR: f32 = 1.59576917;
const CUBIC: f32 = 0.0713548139;
const CUBIC_SLOPE: f32 = 0.214064449;

/** 2 u = x * (LINEAR + CUBIC * x^2), given z = x^2. */
// @ts-ignore: decorator
@inline
function twiceInner(x: v128, z: v128): v128 {
  return f32x4.mul(x, f32x4.add(f32x4.splat(LINEAR), f32x4.mul(z, f32x4.splat(CUBIC))));
}

/**
 * geluTanh = x / 2 * (1 + tanh u) = x * s with s = sigmoid(2 u); f' = s + x * s * (1 - s) * (2 u)'. From |x| = 16 on s is 0 or 1, and
 * x^2 is clamped there, so that infinity never meets zero.
 */
// @ts-ignore: decorator
@final
@unmanaged
export class GeluTanh {

  @inline
  forward(x: v128, alpha: f32): v128 {
    return f32x4.mul(x, sigmoidFlushed(twiceInner(x, f32x4.mul(x, x))));
  }


  @inline
  backward(dy: v128, x: v128, alpha: f32): v128 {
    const z = f32x4.pmin(f32x4.mul(x, x), f32x4.splat(256));
    const slope = f32x4.add(f32x4.splat(LINEAR), f32x4.mul(z, f32x4.splat(CUBIC_SLOPE)));
    return flush(f32x4.mul(dy, gatedSlope(x, twiceInner(x, z), slope)));
  }
}
