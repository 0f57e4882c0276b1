import { checkSpelling, show } from '../validate.ts';
import { adagrad } from './adagrad.ts';
import { adam, adamw } from './adam.ts';
import { nadam } from './nadam.ts';
import { Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { momentum, nesterov, sgd } from './sgd.ts';

export { type AdagradOptions, adagrad } from './adagrad.ts';
export { type AdamOptions, adam, adamw } from './adam.ts';
export { type NadamOptions, nadam } from './nadam.ts';
export type { Optimizer } from './optimizer.ts';
export type { EpsilonMode, OptimizerOptions } from './options.ts';
export type { GradientPair } from './pairs.ts';
export { type RmspropOptions, rmsprop } from './rmsprop.ts';
export { type MomentumOptions, momentum, nesterov, type SgdOptions, sgd } from './sgd.ts';

/** @internal */
export const optimizerFunctions: Readonly<Record<OptimizerName, (options?: never) => Optimizer>> = {
  sgd,
  momentum,
  nesterov,
  adagrad,
  rmsprop,
  adam,
  adamw,
  nadam,
};

/** Names of the optimizers. */
export type OptimizerName = 'sgd' | 'momentum' | 'nesterov' | 'adagrad' | 'rmsprop' | 'adam' | 'adamw' | 'nadam';

/** Every optimizer name. */
export const names: readonly OptimizerName[] = /* @__PURE__ */ Object.keys(optimizerFunctions) as OptimizerName[];

/** Its author's spelling of rmsprop is understood as well. */
export type OptimizerAlias = 'RMSProp';

/** @internal */
export function optimizerOf(value: OptimizerName | OptimizerAlias | Optimizer): Optimizer {
  if (value instanceof Optimizer) return value;
  if (typeof value === 'object')
    throw new TypeError(`optimizer must be a name or come from optimizers, got ${show(value)}`);
  return optimizerFunctions[checkSpelling('optimizer', value, names)]();
}
