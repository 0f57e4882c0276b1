/** Mean absolute error (keras/src/losses/losses.py): f = |p - y|, df/dp = sign(p - y), 0 where they are equal. */
// @ts-ignore: decorator
@final
@unmanaged
export class MeanAbsoluteError {

  @inline
  shared(p: v128, y: v128): v128 {
    return f32x4.sub(p, y);
  }


  @inline
  value(error: v128, p: v128, y: v128, parameter: f32): v128 {
    return f32x4.abs(error);
  }


  @inline
  slope(error: v128, p: v128, y: v128, parameter: f32, factor: f32): v128 {
    const zero = f32x4.splat(0);
    const up = v128.and(f32x4.splat(factor), f32x4.gt(error, zero));
    const down = v128.and(f32x4.splat(-factor), f32x4.lt(error, zero));
    // The mask of the lanes that are NaN is itself a NaN in them.
    return v128.or(v128.or(up, down), f32x4.ne(error, error));
  }
}
