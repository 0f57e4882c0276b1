/**
 * Exponential linear units: x above zero, a scaled e^x - 1 below, by expm1 because the difference would lose all digits near zero.
 * The derivative below zero is y plus the scale, so only the output y is read; this needs alpha >= 0.
 */
import { vexpm1 } from "../math";
import { flush } from "../simd";

/** elu = x > 0 ? x : alpha * (e^x - 1). */
// @ts-ignore: decorator
@final
@unmanaged
export class Elu {

  @inline
  forward(x: v128, alpha: f32): v128 {
    const zero = f32x4.splat(0);
    return v128.bitselect(x, f32x4.mul(vexpm1(f32x4.pmin(x, zero)), f32x4.splat(alpha)), f32x4.gt(x, zero));
  }


  @inline
  backward(dy: v128, y: v128, alpha: f32): v128 {
    const below = f32x4.mul(dy, f32x4.add(y, f32x4.splat(alpha)));
    return flush(v128.bitselect(dy, below, f32x4.gt(y, f32x4.splat(0))));
  }
}

/** The fixed point constants of Klambauer et al. (2017), as in Keras: lambda, and lambda * alpha. */
const SELU_SCALE: f32 = 1.05070099;
const SELU_SCALE_ALPHA: f32 = 1.75809934;

/** selu = lambda * (x > 0 ? x : alpha * (e^x - 1)). */
// @ts-ignore: decorator
@final
@unmanaged
export class Selu {

  @inline
  forward(x: v128, alpha: f32): v128 {
    const zero = f32x4.splat(0);
    const below = f32x4.mul(vexpm1(f32x4.pmin(x, zero)), f32x4.splat(SELU_SCALE_ALPHA));
    return v128.bitselect(f32x4.mul(x, f32x4.splat(SELU_SCALE)), below, f32x4.gt(x, zero));
  }


  @inline
  backward(dy: v128, y: v128, alpha: f32): v128 {
    const below = f32x4.add(y, f32x4.splat(SELU_SCALE_ALPHA));
    return flush(f32x4.mul(dy, v128.bitselect(f32x4.splat(SELU_SCALE), below, f32x4.gt(y, f32x4.splat(0)))));
  }
}
