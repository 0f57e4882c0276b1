/**
 * Where epsilon stands in the divisor of AdaGrad and RMSProp: under the root (Keras) or next to it (PyTorch). The loops
 * are generic over these two instead of taking an argument: Binaryen folds two calls in the arms of an `if` that differ in
 * one constant back into one loop with a test for every element (seen in the .wat).
 */

// @ts-ignore: decorator
@final @unmanaged
export class Inside {
  // @ts-ignore: decorator
  @inline
  divisor(variance: v128, epsilon: v128): v128 {
    return f32x4.sqrt(f32x4.add(variance, epsilon));
  }
}

// @ts-ignore: decorator
@final @unmanaged
export class Outside {
  // @ts-ignore: decorator
  @inline
  divisor(variance: v128, epsilon: v128): v128 {
    return f32x4.add(f32x4.sqrt(variance), epsilon);
  }
}
