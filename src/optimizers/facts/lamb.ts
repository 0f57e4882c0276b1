import { LAMB } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const lambRule = /* @__PURE__ */ rule({
  name: 'lamb',
  kind: () => LAMB,
  learningRate: 0.001,
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    beta2: /* @__PURE__ */ fraction(0.999),
    epsilon: /* @__PURE__ */ number(1e-7),
  },
  slots: () => ['momentum', 'velocity'],
  passes: 2,
});

export const lambFacts: OptimizerFacts<typeof lambRule.options> = {
  title: 'LAMB',
  idea: 'You et al. 2020: Adam, each weight by its own norm',
  symbols: { momentum: 'm', velocity: 'v' },
  formula: () => ['m ← β₁ m + (1 − β₁) g', 'v ← β₂ v + (1 − β₂) g²', 'u = m̂ ∕ (√v̂ + ε)', 'w ← w − η u ‖w‖ ∕ ‖u‖'],
  pen: { light: '#1f6f5c', dark: '#7fd6bf', dash: [6, 1], symbol: 'path://M-3,-3l3,2l3,-2v6l-3,-2l-3,2z' },
};
