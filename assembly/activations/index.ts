/**
 * Activations by their kind (codes.ts). Elementwise ones run over any slice of an array: threads may split n anywhere, and the bits
 * stay the same.
 */
import {
  ELU,
  GELU,
  GELU_TANH,
  HARD_SIGMOID,
  HARD_SILU,
  HARD_TANH,
  LEAKY_RELU,
  LINEAR,
  RELU,
  RELU6,
  SELU,
  SIGMOID,
  SILU,
  SOFTPLUS,
  SOFTSIGN,
  TANH,
} from "../codes";
import { Elu, Selu } from "./elu";
import { Gelu, GeluTanh } from "./gelu";
import { backward, forward } from "./map";
import { HardSigmoid, HardSilu, HardTanh, LeakyRelu, Relu, Relu6 } from "./piecewise";
import { Sigmoid, Silu, Softplus } from "./sigmoid";
import { Softsign, Tanh } from "./tanh";

export { softmax, softmaxGradient } from "./softmax";

/** out = f(x), both [n], for every kind but SOFTMAX; `out` may be `x`. `alpha`: the slope of leakyRelu, the scale of elu. */
export function activation(kind: i32, out: usize, x: usize, n: i32, alpha: f32): void {
  assert(n >= 0);
  switch (kind) {
    case LINEAR:
      return copy(out, x, n);
    case RELU:
      return forward<Relu>(out, x, n, alpha);
    case LEAKY_RELU:
      return forward<LeakyRelu>(out, x, n, alpha);
    case ELU:
      return forward<Elu>(out, x, n, alpha);
    case SELU:
      return forward<Selu>(out, x, n, alpha);
    case GELU:
      return forward<Gelu>(out, x, n, alpha);
    case GELU_TANH:
      return forward<GeluTanh>(out, x, n, alpha);
    case SIGMOID:
      return forward<Sigmoid>(out, x, n, alpha);
    case HARD_SIGMOID:
      return forward<HardSigmoid>(out, x, n, alpha);
    case TANH:
      return forward<Tanh>(out, x, n, alpha);
    case SOFTPLUS:
      return forward<Softplus>(out, x, n, alpha);
    case SOFTSIGN:
      return forward<Softsign>(out, x, n, alpha);
    case SILU:
      return forward<Silu>(out, x, n, alpha);
    case RELU6:
      return forward<Relu6>(out, x, n, alpha);
    case HARD_SILU:
      return forward<HardSilu>(out, x, n, alpha);
    case HARD_TANH:
      return forward<HardTanh>(out, x, n, alpha);
    default:
      assert(false, "not an elementwise activation");
  }
}

/**
 * dx = dy * f', all [n]; `dx` may be `dy`. GELU, GELU_TANH, SILU and HARD_SILU read the input `x`, the others only the output `y`, and `x` may
 * be 0. Where f' can get tiny, results below TINY are zero.
 */
export function activationGradient(kind: i32, dx: usize, dy: usize, x: usize, y: usize, n: i32, alpha: f32): void {
  assert(n >= 0);
  switch (kind) {
    case LINEAR:
      return copy(dx, dy, n);
    case RELU:
      return backward<Relu>(dx, dy, y, n, alpha);
    case LEAKY_RELU:
      return backward<LeakyRelu>(dx, dy, y, n, alpha);
    case ELU:
      return backward<Elu>(dx, dy, y, n, alpha);
    case SELU:
      return backward<Selu>(dx, dy, y, n, alpha);
    case GELU:
      return backward<Gelu>(dx, dy, x, n, alpha);
    case GELU_TANH:
      return backward<GeluTanh>(dx, dy, x, n, alpha);
    case SIGMOID:
      return backward<Sigmoid>(dx, dy, y, n, alpha);
    case HARD_SIGMOID:
      return backward<HardSigmoid>(dx, dy, y, n, alpha);
    case TANH:
      return backward<Tanh>(dx, dy, y, n, alpha);
    case SOFTPLUS:
      return backward<Softplus>(dx, dy, y, n, alpha);
    case SOFTSIGN:
      return backward<Softsign>(dx, dy, y, n, alpha);
    case SILU:
      return backward<Silu>(dx, dy, x, n, alpha);
    case RELU6:
      return backward<Relu6>(dx, dy, y, n, alpha);
    case HARD_SILU:
      return backward<HardSilu>(dx, dy, x, n, alpha);
    case HARD_TANH:
      return backward<HardTanh>(dx, dy, y, n, alpha);
    default:
      assert(false, "not an elementwise activation");
  }
}

function copy(out: usize, x: usize, n: i32): void {
  if (out != x) memory.copy(out, x, (<usize>n) << 2);
}
