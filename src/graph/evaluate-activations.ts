/** Activations and their derivatives in float64, by the kinds of assembly/codes.ts. */
import * as kinds from '../../assembly/codes.ts';
import { erf64 } from './evaluate-scalars.ts';

const SCALE = 1.0507009873554805;
const SCALED_ALPHA = 1.7580993408473766;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** The argument of geluTanh's tanh, and its derivative. */
const inside = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const insideSlope = (x: number): number => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const below = (x: number): number => (1 + erf64(x / Math.SQRT2)) / 2;

type Scalar = (x: number, alpha: number) => number;

const values: Readonly<Record<number, Scalar>> = {
  [kinds.LINEAR]: (x) => x,
  [kinds.RELU]: (x) => Math.max(x, 0),
  [kinds.LEAKY_RELU]: (x, alpha) => (x > 0 ? x : alpha * x),
  [kinds.ELU]: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
  [kinds.SELU]: (x) => (x > 0 ? SCALE * x : SCALED_ALPHA * Math.expm1(x)),
  [kinds.GELU]: (x) => x * below(x),
  [kinds.GELU_TANH]: (x) => 0.5 * x * (1 + Math.tanh(inside(x))),
  [kinds.SIGMOID]: sigmoid,
  [kinds.HARD_SIGMOID]: (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1),
  [kinds.TANH]: Math.tanh,
  [kinds.SOFTPLUS]: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  [kinds.SOFTSIGN]: (x) => x / (1 + Math.abs(x)),
  [kinds.SILU]: (x) => x * sigmoid(x),
  [kinds.RELU6]: (x) => Math.min(Math.max(x, 0), 6),
  [kinds.HARD_SILU]: (x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1),
  [kinds.HARD_TANH]: (x) => Math.min(Math.max(x, -1), 1),
};

/** Derivatives by the output, or for gelu, geluTanh, silu and hardSilu by the input. */
const slopes: Readonly<Record<number, Scalar>> = {
  [kinds.LINEAR]: () => 1,
  [kinds.RELU]: (y) => (y > 0 ? 1 : 0),
  [kinds.LEAKY_RELU]: (y, alpha) => (y > 0 ? 1 : alpha),
  [kinds.ELU]: (y, alpha) => (y > 0 ? 1 : y + alpha),
  [kinds.SELU]: (y) => (y > 0 ? SCALE : y + SCALED_ALPHA),
  [kinds.GELU]: (x) => below(x) + x * density(x),
  [kinds.GELU_TANH]: (x) => {
    const t = Math.tanh(inside(x));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * insideSlope(x);
  },
  [kinds.SIGMOID]: (y) => y * (1 - y),
  [kinds.HARD_SIGMOID]: (y) => (y > 0 && y < 1 ? 1 / 6 : 0),
  [kinds.TANH]: (y) => 1 - y * y,
  [kinds.SOFTPLUS]: (y) => -Math.expm1(-y),
  [kinds.SOFTSIGN]: (y) => (1 - Math.abs(y)) ** 2,
  [kinds.SILU]: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
  [kinds.RELU6]: (y) => (y > 0 && y < 6 ? 1 : 0),
  [kinds.HARD_SILU]: (x) => (x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5),
  [kinds.HARD_TANH]: (y) => (Math.abs(y) < 1 ? 1 : 0),
};

/** Applies `of` to each row of `cols` numbers. */
const rowsOf = (x: Float64Array, cols: number, of: (row: Float64Array, at: number) => Float64Array): Float64Array => {
  const y = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += cols) y.set(of(x.subarray(at, at + cols), at), at);
  return y;
};

export function activate64(kind: number | undefined, x: Float64Array, alpha: number, cols: number): Float64Array {
  if (kind !== kinds.SOFTMAX) return x.map((value) => values[kind ?? -1]?.(value, alpha) ?? Number.NaN);
  return rowsOf(x, cols, (row) => {
    const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const exp = row.map((value) => Math.exp(value - largest));
    const sum = exp.reduce((a, b) => a + b, 0);
    return exp.map((value) => value / sum);
  });
}

export function activateBack64(
  kind: number | undefined,
  dy: Float64Array,
  from: Float64Array,
  alpha: number,
  cols: number,
): Float64Array {
  const at = (x: Float64Array, i: number): number => x[i] ?? Number.NaN;
  if (kind !== kinds.SOFTMAX) return dy.map((g, i) => g * (slopes[kind ?? -1]?.(at(from, i), alpha) ?? Number.NaN));
  return rowsOf(from, cols, (y, start) => {
    const g = dy.subarray(start, start + cols);
    const sum = g.reduce((total, value, i) => total + value * at(y, i), 0);
    return y.map((value, i) => value * (at(g, i) - sum));
  });
}
