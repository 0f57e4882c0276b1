import { ADABELIEF } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const adabeliefRule = /* @__PURE__ */ rule({
  name: 'adabelief',
  kind: () => ADABELIEF,
  learningRate: 0.001,
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    beta2: /* @__PURE__ */ fraction(0.999),
    epsilon: /* @__PURE__ */ number(1e-16),
    epsilonRoot: /* @__PURE__ */ number(1e-16),
  },
  slots: () => ['momentum', 'variance'],
});

export const adabeliefFacts: OptimizerFacts<typeof adabeliefRule.options> = {
  title: 'AdaBelief',
  idea: 'Zhuang et al. 2020: Adam that trusts gradients that agree',
  symbols: { momentum: 'm', variance: 's' },
  formula: () => [
    'm ← β₁ m + (1 − β₁) g',
    's ← β₂ s + (1 − β₂) (g − m)² + εᵣ',
    'm̂ = m ∕ (1 − β₁ᵗ)',
    'ŝ = s ∕ (1 − β₂ᵗ)',
    'w ← w − η m̂ ∕ (√ŝ + ε)',
  ],
  pen: { light: '#00889c', dark: '#5fd3e6', dash: [12, 2, 2, 2], symbol: 'path://M-1,-3h2v6h-2z' },
};
