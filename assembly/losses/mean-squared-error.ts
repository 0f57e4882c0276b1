/** Mean squared error (keras/src/losses/losses.py): f = (p - y)^2, df/dp = 2 (p - y). */
// @ts-ignore: decorator
@final
@unmanaged
export class MeanSquaredError {

  @inline
  shared(p: v128, y: v128): v128 {
    return f32x4.sub(p, y);
  }


  @inline
  value(error: v128, p: v128, y: v128, parameter: f32): v128 {
    return f32x4.mul(error, error);
  }


  @inline
  slope(error: v128, p: v128, y: v128, parameter: f32, factor: f32): v128 {
    return f32x4.mul(error, f32x4.splat(factor + factor));
  }
}
