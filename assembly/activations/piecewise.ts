/**
 * Activations made of straight lines. Derivatives read the output y, and at a kink have the value of the side that
 * contains it: relu'(0) = 0, leakyRelu'(0) = alpha.
 */

/** relu = max(x, 0). NaN and -0 pass (`pmax` keeps its first operand unless the second is greater). */
// @ts-ignore: decorator
@final
@unmanaged
export class Relu {

  @inline
  forward(x: v128, alpha: f32): v128 {
    return f32x4.pmax(x, f32x4.splat(0));
  }


  @inline
  backward(dy: v128, y: v128, alpha: f32): v128 {
    return v128.and(dy, f32x4.gt(y, f32x4.splat(0)));
  }
}

/** leakyRelu = x < 0 ? alpha * x : x, for alpha >= 0. */
// @ts-ignore: decorator
@final
@unmanaged
export class LeakyRelu {

  @inline
  forward(x: v128, alpha: f32): v128 {
    return v128.bitselect(f32x4.mul(x, f32x4.splat(alpha)), x, f32x4.lt(x, f32x4.splat(0)));
  }


  @inline
  backward(dy: v128, y: v128, alpha: f32): v128 {
    return v128.bitselect(dy, f32x4.mul(dy, f32x4.splat(alpha)), f32x4.gt(y, f32x4.splat(0)));
  }
}

/** hardSigmoid = clip(x / 6 + 1/2, 0, 1), Keras 3's slope; the derivative is 1/6 on (-3, 3). */
// @ts-ignore: decorator
@final
@unmanaged
export class HardSigmoid {

  @inline
  forward(x: v128, alpha: f32): v128 {
    const line = f32x4.add(f32x4.mul(x, f32x4.splat(1.0 / 6.0)), f32x4.splat(0.5));
    return f32x4.pmin(f32x4.pmax(line, f32x4.splat(0)), f32x4.splat(1));
  }


  @inline
  backward(dy: v128, y: v128, alpha: f32): v128 {
    const inside = v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.lt(y, f32x4.splat(1)));
    return v128.and(f32x4.mul(dy, f32x4.splat(1.0 / 6.0)), inside);
  }
}

/** relu6 = min(max(x, 0), 6); the derivative is 1 on (0, 6). */
// @ts-ignore: decorator
@final
@unmanaged
export class Relu6 {

  @inline
  forward(x: v128, alpha: f32): v128 {
    return f32x4.pmin(f32x4.pmax(x, f32x4.splat(0)), f32x4.splat(6));
  }


  @inline
  backward(dy: v128, y: v128, alpha: f32): v128 {
    return v128.and(dy, v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.lt(y, f32x4.splat(6))));
  }
}

/** hardTanh = min(max(x, -1), 1); the derivative is 1 on (-1, 1). */
// @ts-ignore: decorator
@final
@unmanaged
export class HardTanh {

  @inline
  forward(x: v128, alpha: f32): v128 {
    return f32x4.pmin(f32x4.pmax(x, f32x4.splat(-1)), f32x4.splat(1));
  }


  @inline
  backward(dy: v128, y: v128, alpha: f32): v128 {
    return v128.and(dy, f32x4.lt(f32x4.abs(y), f32x4.splat(1)));
  }
}

/** hardSilu = x clip(x / 6 + 1/2, 0, 1); the derivative is x / 3 + 1/2 on (-3, 3), 0 below and 1 above, from the input x. */
// @ts-ignore: decorator
@final
@unmanaged
export class HardSilu {

  @inline
  forward(x: v128, alpha: f32): v128 {
    const line = f32x4.add(f32x4.mul(x, f32x4.splat(1.0 / 6.0)), f32x4.splat(0.5));
    return f32x4.mul(x, f32x4.pmin(f32x4.pmax(line, f32x4.splat(0)), f32x4.splat(1)));
  }


  @inline
  backward(dy: v128, x: v128, alpha: f32): v128 {
    const line = f32x4.add(f32x4.mul(x, f32x4.splat(1.0 / 3.0)), f32x4.splat(0.5));
    const three = f32x4.splat(3);
    const slope = v128.bitselect(f32x4.splat(1), v128.and(line, f32x4.gt(x, f32x4.neg(three))), f32x4.ge(x, three));
    return f32x4.mul(dy, slope);
  }
}
