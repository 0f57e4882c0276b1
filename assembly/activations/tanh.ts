/** Activations that squash into (-1, 1). Derivatives read the output y. */
import { vtanh } from "../math";
import { flush } from "../simd";

/** tanh; f' = 1 - y^2, computed as a product that keeps its digits near |y| = 1. */
// @ts-ignore: decorator
@final
@unmanaged
export class Tanh {

  @inline
  forward(x: v128, alpha: f32): v128 {
    return vtanh(x);
  }


  @inline
  backward(dy: v128, y: v128, alpha: f32): v128 {
    const one = f32x4.splat(1);
    return flush(f32x4.mul(dy, f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y))));
  }
}

/** softsign = x / (1 + |x|); f' = 1 / (1 + |x|)^2 = (1 - |y|)^2. */
// @ts-ignore: decorator
@final
@unmanaged
export class Softsign {

  @inline
  forward(x: v128, alpha: f32): v128 {
    return f32x4.div(x, f32x4.add(f32x4.splat(1), f32x4.abs(x)));
  }


  @inline
  backward(dy: v128, y: v128, alpha: f32): v128 {
    const rest = f32x4.sub(f32x4.splat(1), f32x4.abs(y));
    return flush(f32x4.mul(dy, f32x4.mul(rest, rest)));
  }
}
