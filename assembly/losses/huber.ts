/**
 * Huber loss (Huber, 1964; keras/src/losses/losses.py) with e = p - y: f = e^2 / 2 where |e| <= delta, else delta * |e| - delta^2 / 2;
 * df/dp = e clamped to [-delta, delta]. With c = min(|e|, delta) both branches are c * (|e| - c / 2).
 */
// @ts-ignore: decorator
@final
@unmanaged
export class Huber {

  @inline
  shared(p: v128, y: v128): v128 {
    return f32x4.sub(p, y);
  }


  @inline
  value(error: v128, p: v128, y: v128, delta: f32): v128 {
    const a = f32x4.abs(error);
    const c = f32x4.pmin(a, f32x4.splat(delta));
    return f32x4.mul(c, f32x4.sub(a, f32x4.mul(c, f32x4.splat(0.5))));
  }


  @inline
  slope(error: v128, p: v128, y: v128, delta: f32, factor: f32): v128 {
    const held = f32x4.pmax(f32x4.pmin(error, f32x4.splat(delta)), f32x4.splat(-delta));
    return f32x4.mul(held, f32x4.splat(factor));
  }
}
