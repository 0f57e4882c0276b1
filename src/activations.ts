/** Activations by name, and what the kernels need to know about them. */
import * as codes from '../assembly/codes.ts';
import { checkNumber, checkOptions, checkSpelling } from './validate.ts';

/** Names of the activations; `swish` is another name of `silu`. */
export type ActivationName =
  | 'linear'
  | 'relu'
  | 'leakyRelu'
  | 'elu'
  | 'selu'
  | 'gelu'
  | 'geluTanh'
  | 'sigmoid'
  | 'hardSigmoid'
  | 'tanh'
  | 'softplus'
  | 'softsign'
  | 'silu'
  | 'softmax'
  | 'swish';

type Plain = Exclude<ActivationName, 'swish'>;

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
};

/** @internal */
export const ACTIVATIONS: readonly Plain[] = /* @__PURE__ */ Object.keys(kinds) as Plain[];

const defaultAlpha: Partial<Record<Plain, number>> = { leakyRelu: 0.2, elu: 1 };

/** A checked activation as the recorder uses it. @internal */
export interface Activation {
  readonly name: Plain;
  readonly kind: number;
  readonly alpha: number;
  /** Its derivative reads the input instead of the output. */
  readonly needsInput: boolean;
}

/** The caller's notation for it. @internal */
export function specOf({ name, alpha }: Activation): Plain | { name: Plain; alpha: number } {
  return defaultAlpha[name] === undefined ? name : { name, alpha };
}

/** @internal */
export function activationOf(value: ActivationName | ActivationSpec): Activation {
  const spec = typeof value === 'object' && value !== null ? value : { name: value };
  checkOptions('activation', spec, ['name', 'alpha']);
  const name = checkSpelling('activation', spec.name, ACTIVATIONS, { swish: 'silu' });
  const fallback = defaultAlpha[name];
  if (spec.alpha !== undefined && fallback === undefined) throw new RangeError(`activation '${name}' takes no alpha`);
  const alpha = spec.alpha ?? fallback ?? 0;
  checkNumber(`alpha of ${name}`, alpha, 0);
  return { name, kind: kinds[name], alpha, needsInput: name === 'gelu' || name === 'geluTanh' || name === 'silu' };
}
