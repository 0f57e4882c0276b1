/** Every optimizer by name, in order of invention. */
import { adagradFacts, adagradRule } from './adagrad.ts';
import { adamFacts, adamRule, adamwFacts, adamwRule } from './adam.ts';
import { nadamFacts, nadamRule } from './nadam.ts';
import type { OptimizerName } from './names.ts';
import { rmspropFacts, rmspropRule } from './rmsprop.ts';
import type { OptimizerFacts, OptimizerRule } from './rule.ts';
import { momentumFacts, momentumRule, nesterovFacts, nesterovRule, sgdFacts, sgdRule } from './sgd.ts';

export const RULES = {
  sgd: sgdRule,
  momentum: momentumRule,
  nesterov: nesterovRule,
  adagrad: adagradRule,
  rmsprop: rmspropRule,
  adam: adamRule,
  adamw: adamwRule,
  nadam: nadamRule,
} satisfies Readonly<Record<OptimizerName, OptimizerRule>>;

export const FACTS: Readonly<Record<OptimizerName, OptimizerFacts>> = {
  sgd: sgdFacts,
  momentum: momentumFacts,
  nesterov: nesterovFacts,
  adagrad: adagradFacts,
  rmsprop: rmspropFacts,
  adam: adamFacts,
  adamw: adamwFacts,
  nadam: nadamFacts,
};
