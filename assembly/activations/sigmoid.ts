/**
 * Activations built on the logistic function. Unlike the `sigmoid` kernel in math.ts they flush e^-|x| below TINY to zero, so
 * that no layer has to multiply denormals.
 */
import { logistic, negativeAbs, softplusOf, vexpFlushed, vexpm1 } from "../math";
import { flush } from "../simd";

/** 1 / (1 + e^-x), zero below TINY. */
// @ts-ignore: decorator
@inline
export function sigmoidFlushed(x: v128): v128 {
  return logistic(x, vexpFlushed(negativeAbs(x)));
}

/** sigmoid = 1 / (1 + e^-x); f' = y * (1 - y). */
// @ts-ignore: decorator
@final
@unmanaged
export class Sigmoid {

  @inline
  forward(x: v128, alpha: f32): v128 {
    return sigmoidFlushed(x);
  }


  @inline
  backward(dy: v128, y: v128, alpha: f32): v128 {
    return flush(f32x4.mul(dy, f32x4.mul(y, f32x4.sub(f32x4.splat(1), y))));
  }
}

/** softplus = log(1 + e^x); f' = sigmoid(x) = 1 - e^-y. */
// @ts-ignore: decorator
@final
@unmanaged
export class Softplus {

  @inline
  forward(x: v128, alpha: f32): v128 {
    return softplusOf(x, vexpFlushed(negativeAbs(x)));
  }


  @inline
  backward(dy: v128, y: v128, alpha: f32): v128 {
    return flush(f32x4.neg(f32x4.mul(dy, vexpm1(f32x4.neg(y)))));
  }
}

/**
 * d(x * s) / dx = s + x * s * (1 - s) * slope, where s is the sigmoid of a function u of x with the slope u'. Of s and 1 - s one is
 * r = 1 / (1 + e) and the other e * r, with e = e^-|u|: 1 - s keeps its digits where s is close to 1.
 */
// @ts-ignore: decorator
@inline
export function gatedSlope(x: v128, u: v128, slope: v128): v128 {
  const one = f32x4.splat(1);
  const e = vexpFlushed(negativeAbs(u));
  const r = f32x4.div(one, f32x4.add(one, e));
  const q = f32x4.mul(e, r);
  const s = v128.bitselect(q, r, f32x4.lt(u, f32x4.splat(0)));
  return f32x4.add(s, f32x4.mul(f32x4.mul(x, f32x4.mul(r, q)), slope));
}

/** silu = x * s with s = sigmoid(x); f' = s + x * s * (1 - s), from the input x. */
// @ts-ignore: decorator
@final
@unmanaged
export class Silu {

  @inline
  forward(x: v128, alpha: f32): v128 {
    return f32x4.mul(x, sigmoidFlushed(x));
  }


  @inline
  backward(dy: v128, x: v128, alpha: f32): v128 {
    return flush(f32x4.mul(dy, gatedSlope(x, x, f32x4.splat(1))));
  }
}
