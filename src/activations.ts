/** Activations by name or as functions, and what the kernels need to know about them. */
import * as codes from '../assembly/codes.ts';
import type { SymbolicValue } from './ops/symbolic.ts';
import { nameOf } from './registry.ts';
import { checkNumber, checkOptions, checkSpelling } from './validate.ts';

/** Names of the activations; `swish` and `hardSwish` are other names of `silu` and `hardSilu`. */
export type ActivationName =
  | 'linear'
  | 'relu'
  | 'relu6'
  | 'leakyRelu'
  | 'elu'
  | 'selu'
  | 'gelu'
  | 'geluTanh'
  | 'sigmoid'
  | 'hardSigmoid'
  | 'tanh'
  | 'hardTanh'
  | 'softplus'
  | 'softsign'
  | 'silu'
  | 'swish'
  | 'hardSilu'
  | 'hardSwish'
  | 'softmax';

/**
 * An activation that has no name: one of `ops` (`ops.mish`), or a function of your own made of them. Its output has the shape of its input. A model that has
 * one of your own is loaded where that is registered: `configs.register(name, { activation })`.
 *
 * @example
 * ```ts
 * import { layers, ops, type SymbolicValue } from 'simdescent';
 * layers.dense({ units: 8, activation: ops.mish });
 * layers.dense({ units: 8, activation: (x: SymbolicValue) => ops.multiply(x, ops.sin(x)) });
 * ```
 */
export type ActivationFunction = (x: SymbolicValue) => SymbolicValue;

type Plain = Exclude<ActivationName, 'swish' | 'hardSwish'>;

/** An activation with a parameter: the slope of leakyRelu below zero (Keras: 0.2) or the scale of elu (1). */
export interface ActivationSpec {
  /** Which activation. */
  readonly name: ActivationName;
  /** Default 0.2 for leakyRelu, 1 for elu; the others have none. */
  readonly alpha?: number;
}

const kinds: Readonly<Record<Plain, number>> = {
  linear: codes.LINEAR,
  relu: codes.RELU,
  leakyRelu: codes.LEAKY_RELU,
  elu: codes.ELU,
  selu: codes.SELU,
  gelu: codes.GELU,
  geluTanh: codes.GELU_TANH,
  sigmoid: codes.SIGMOID,
  hardSigmoid: codes.HARD_SIGMOID,
  tanh: codes.TANH,
  softplus: codes.SOFTPLUS,
  softsign: codes.SOFTSIGN,
  silu: codes.SILU,
  softmax: codes.SOFTMAX,
  relu6: codes.RELU6,
  hardSilu: codes.HARD_SILU,
  hardTanh: codes.HARD_TANH,
};

/** @internal */
export const ACTIVATIONS: readonly Plain[] = /* @__PURE__ */ Object.keys(kinds) as Plain[];

const defaultAlpha: Partial<Record<Plain, number>> = { leakyRelu: 0.2, elu: 1 };

/** A checked activation as the recorder uses it. @internal */
export interface Activation {
  readonly name: Plain | 'function';
  readonly kind: number;
  readonly alpha: number;
  /** What makes the output, of one that has no name. */
  readonly trace?: ActivationFunction;
}

/** The caller's notation for it, as plain JSON. @internal */
export function specOf({
  name,
  alpha,
  trace,
}: Activation): string | { name: string; alpha: number } | { function: string } {
  if (name === 'function') return { function: nameOf(trace) };
  return defaultAlpha[name] === undefined ? name : { name, alpha };
}

/** @internal */
export function activationOf(value: ActivationName | ActivationSpec | ActivationFunction): Activation {
  if (typeof value === 'function') return { name: 'function', kind: -1, alpha: 0, trace: value };
  const spec = typeof value === 'object' && value !== null ? value : { name: value };
  checkOptions('activation', spec, ['name', 'alpha']);
  const hint = '; others are functions of ops: ops.exp is exponential';
  const name = checkSpelling('activation', spec.name, ACTIVATIONS, { swish: 'silu', hardswish: 'hardSilu' }, hint);
  const fallback = defaultAlpha[name];
  if (spec.alpha !== undefined && fallback === undefined) throw new RangeError(`activation '${name}' takes no alpha`);
  const alpha = spec.alpha ?? fallback ?? 0;
  checkNumber(`alpha of ${name}`, alpha, 0);
  return { name, kind: kinds[name], alpha };
}
