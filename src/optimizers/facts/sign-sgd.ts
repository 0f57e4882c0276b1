import { SIGN_SGD } from '../../../assembly/codes.ts';
import { type OptimizerFacts, rule } from './rule.ts';

export const signSgdRule = /* @__PURE__ */ rule({
  name: 'signSgd',
  kind: () => SIGN_SGD,
  learningRate: 0.001,
  options: {},
  slots: () => [],
});

export const signSgdFacts: OptimizerFacts<typeof signSgdRule.options> = {
  title: 'signSGD',
  idea: 'Bernstein et al. 2018: only the signs of the gradients',
  symbols: {},
  formula: () => ['w ← w − η sign(g)'],
  pen: { light: '#6b6b6b', dark: '#a0a0a0', dash: [2, 6], symbol: 'path://M-3,-3h2v2h-2zM1,1h2v2h-2z' },
};
