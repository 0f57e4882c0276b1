import { RADAM } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const radamRule = /* @__PURE__ */ rule({
  name: 'radam',
  kind: () => RADAM,
  learningRate: 0.001,
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    beta2: /* @__PURE__ */ fraction(0.999),
    epsilon: /* @__PURE__ */ number(1e-8),
  },
  slots: () => ['momentum', 'velocity'],
});

export const radamFacts: OptimizerFacts<typeof radamRule.options> = {
  title: 'RAdam',
  idea: 'Liu et al. 2020: Adam that waits until its mean square can be trusted',
  symbols: { momentum: 'm', velocity: 'v' },
  formula: () => [
    'm ← β₁ m + (1 − β₁) g',
    'v ← β₂ v + (1 − β₂) g²',
    'm̂ = m ∕ (1 − β₁ᵗ)',
    'v̂ = v ∕ (1 − β₂ᵗ)',
    'k = 2 ∕ (1 − β₂) − 1',
    'p = k − 2 t β₂ᵗ ∕ (1 − β₂ᵗ)',
    'r² = (p − 4)(p − 2) k ∕ ((k − 4)(k − 2) p)',
    'w ← w − η m̂ r ∕ (√v̂ + ε) where p ≥ 5, else w − η m̂',
  ],
  pen: { light: '#0a8a3a', dark: '#63e08c', dash: [6, 2, 2, 2], symbol: 'path://M-3,-1h6v2h-6z' },
};
