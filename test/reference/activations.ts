/** Every activation and its derivative in float64, by its kind. `alpha` is the slope of leakyRelu and the scale of elu. */
import * as codes from '../../assembly/codes.ts';
import { erfc, sigmoid, softplus } from './math.ts';

export interface Activation {
  readonly kind: number;
  readonly f: (x: number, alpha: number) => number;
  readonly df: (x: number, alpha: number) => number;
}

const SCALE = 1.0507009873554805;
const ALPHA = 1.6732632423543772;
const normalDistribution = (x: number) => erfc(-x / Math.SQRT2) / 2;
const normalDensity = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const inner = (x: number) => Math.sqrt(8 / Math.PI) * (x + 0.044715 * x ** 3);
const innerSlope = (x: number) => Math.sqrt(8 / Math.PI) * (1 + 3 * 0.044715 * x * x);
/** s (1 - s), without taking a number near 1 from 1. */
const sigmoidSlope = (x: number) => sigmoid(x) * sigmoid(-x);

export const activations = {
  linear: { kind: codes.LINEAR, f: (x) => x, df: () => 1 },
  relu: { kind: codes.RELU, f: (x) => Math.max(x, 0), df: (x) => (x > 0 ? 1 : 0) },
  leakyRelu: { kind: codes.LEAKY_RELU, f: (x, a) => (x < 0 ? a * x : x), df: (x, a) => (x > 0 ? 1 : a) },
  elu: { kind: codes.ELU, f: (x, a) => (x > 0 ? x : a * Math.expm1(x)), df: (x, a) => (x > 0 ? 1 : a * Math.exp(x)) },
  selu: {
    kind: codes.SELU,
    f: (x) => SCALE * (x > 0 ? x : ALPHA * Math.expm1(x)),
    df: (x) => SCALE * (x > 0 ? 1 : ALPHA * Math.exp(x)),
  },
  gelu: {
    kind: codes.GELU,
    f: (x) => x * normalDistribution(x),
    df: (x) => normalDistribution(x) + x * normalDensity(x),
  },
  geluTanh: {
    kind: codes.GELU_TANH,
    f: (x) => x * sigmoid(inner(x)),
    df: (x) => sigmoid(inner(x)) + x * sigmoidSlope(inner(x)) * innerSlope(x),
  },
  sigmoid: { kind: codes.SIGMOID, f: sigmoid, df: sigmoidSlope },
  hardSigmoid: {
    kind: codes.HARD_SIGMOID,
    f: (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1),
    df: (x) => (Math.abs(x) < 3 ? 1 / 6 : 0),
  },
  tanh: { kind: codes.TANH, f: Math.tanh, df: (x) => 4 * sigmoidSlope(2 * x) },
  softplus: { kind: codes.SOFTPLUS, f: softplus, df: sigmoid },
  softsign: { kind: codes.SOFTSIGN, f: (x) => x / (1 + Math.abs(x)), df: (x) => (1 + Math.abs(x)) ** -2 },
  silu: { kind: codes.SILU, f: (x) => x * sigmoid(x), df: (x) => sigmoid(x) + x * sigmoidSlope(x) },
  relu6: { kind: codes.RELU6, f: (x) => Math.min(Math.max(x, 0), 6), df: (x) => (x > 0 && x < 6 ? 1 : 0) },
  hardSilu: {
    kind: codes.HARD_SILU,
    f: (x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1),
    df: (x) => (x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5),
  },
  hardTanh: { kind: codes.HARD_TANH, f: (x) => Math.min(Math.max(x, -1), 1), df: (x) => (Math.abs(x) < 1 ? 1 : 0) },
} satisfies Record<string, Activation>;

export type Name = keyof typeof activations;
export const names = Object.keys(activations) as Name[];
/** The kinds whose derivative is read off the input, not the output. */
export const readsInput: ReadonlySet<Name> = new Set<Name>(['gelu', 'geluTanh', 'silu', 'hardSilu']);

export function softmax(row: readonly number[]): number[] {
  const max = Math.max(...row);
  const e = row.map((x) => Math.exp(x - max));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((x) => x / sum);
}

export function softmaxGradient(dy: readonly number[], y: readonly number[]): number[] {
  const dot = dy.reduce((sum, d, i) => sum + d * (y[i] as number), 0);
  return y.map((value, i) => value * ((dy[i] as number) - dot));
}
