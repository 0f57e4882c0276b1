import { ADAGRAD } from '../../../assembly/codes.ts';
import { EPSILON_HAT, EPSILON_INSIDE_SQRT } from '../../../assembly/optimizers/layout.ts';
import { choice, number, type OptimizerFacts, rule } from './rule.ts';

export const adagradRule = /* @__PURE__ */ rule({
  name: 'adagrad',
  kind: () => ADAGRAD,
  learningRate: 0.001,
  options: {
    initialAccumulatorValue: /* @__PURE__ */ number(0.1),
    epsilon: /* @__PURE__ */ number(1e-7),
    epsilonMode: /* @__PURE__ */ choice('insideSqrt', { insideSqrt: EPSILON_INSIDE_SQRT, hat: EPSILON_HAT }),
  },
  slots: () => ['accumulator'],
  initialSlot: ({ initialAccumulatorValue }) => initialAccumulatorValue,
});

export const adagradFacts: OptimizerFacts<typeof adagradRule.options> = {
  title: 'AdaGrad',
  idea: 'Duchi, Hazan & Singer 2011: smaller steps where much has been seen',
  symbols: { accumulator: 'v' },
  formula: ({ epsilonMode }) => ['v ← v + g²', `w ← w − η g ∕ ${epsilonMode === 'hat' ? '(√v + ε)' : '√(v + ε)'}`],
  pen: { light: '#a97800', dark: '#e8b730', dash: [4, 3], symbol: 'diamond' },
};
