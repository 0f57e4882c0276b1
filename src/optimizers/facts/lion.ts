import { LION } from '../../../assembly/codes.ts';
import { fraction, type OptimizerFacts, rule } from './rule.ts';

export const lionRule = /* @__PURE__ */ rule({
  name: 'lion',
  kind: () => LION,
  learningRate: 0.001,
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    beta2: /* @__PURE__ */ fraction(0.99),
  },
  slots: () => ['momentum'],
});

export const lionFacts: OptimizerFacts<typeof lionRule.options> = {
  title: 'Lion',
  idea: 'Chen et al. 2023: every weight moves equally far',
  symbols: { momentum: 'm' },
  formula: () => ['c = β₁ m + (1 − β₁) g', 'm ← β₂ m + (1 − β₂) g', 'w ← w − η sign(c)'],
  pen: { light: '#b3401f', dark: '#ff9c7a', dash: [5, 1], symbol: 'path://M-3,-3l6,3l-6,3z' },
};
