/** The optimizers that `compile` knows by name. The others bring the full core, so a program gets them only where it names them itself. */
import { checkSpelling, show } from '../validate.ts';
import { adagrad } from './adagrad.ts';
import { adam, adamw } from './adam.ts';
import type { CompiledName, OptimizerAlias } from './facts/names.ts';
import { nadam } from './nadam.ts';
import { Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { momentum, nesterov, sgd } from './sgd.ts';

const NAMED: Readonly<Record<CompiledName, () => Optimizer>> = {
  sgd,
  momentum,
  nesterov,
  adagrad,
  rmsprop,
  adam,
  adamw,
  nadam,
};

export function optimizerOf(value: CompiledName | OptimizerAlias | Optimizer): Optimizer {
  if (value instanceof Optimizer) return value;
  if (typeof value === 'object')
    throw new TypeError(`optimizer must be a name or come from optimizers, got ${show(value)}`);
  const names = Object.keys(NAMED) as CompiledName[];
  return NAMED[checkSpelling('optimizer', value, names, {}, '; others are functions: optimizers.lion()')]();
}
