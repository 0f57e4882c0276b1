import { checkSpelling, show } from '../validate.ts';
import { RULES } from './facts/index.ts';
import type { OptimizerAlias, OptimizerName } from './facts/names.ts';
import { Optimizer } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';

export { type AdagradOptions, adagrad } from './adagrad.ts';
export { type AdamOptions, adam, adamw } from './adam.ts';
export type { OptimizerAlias, OptimizerName } from './facts/names.ts';
export { type NadamOptions, nadam } from './nadam.ts';
export type { Optimizer } from './optimizer.ts';
export type { EpsilonMode, OptimizerOptions } from './options.ts';
export type { GradientPair } from './pairs.ts';
export { type RmspropOptions, rmsprop } from './rmsprop.ts';
export { type MomentumOptions, momentum, nesterov, type SgdOptions, sgd } from './sgd.ts';

/** @internal */
export const OPTIMIZERS: readonly OptimizerName[] = /* @__PURE__ */ Object.keys(RULES) as OptimizerName[];

/** @internal */
export const optimizerNamed = (name: OptimizerName, options: OptimizerOptions = {}): Optimizer =>
  new Optimizer(RULES[name], options);

/** @internal */
export function optimizerOf(value: OptimizerName | OptimizerAlias | Optimizer): Optimizer {
  if (value instanceof Optimizer) return value;
  if (typeof value === 'object')
    throw new TypeError(`optimizer must be a name or come from optimizers, got ${show(value)}`);
  return optimizerNamed(checkSpelling('optimizer', value, OPTIMIZERS));
}
