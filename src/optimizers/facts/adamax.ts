import { ADAMAX } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const adamaxRule = /* @__PURE__ */ rule({
  name: 'adamax',
  kind: () => ADAMAX,
  learningRate: 0.001,
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    beta2: /* @__PURE__ */ fraction(0.999),
    epsilon: /* @__PURE__ */ number(1e-7),
  },
  slots: () => ['momentum', 'norm'],
});

export const adamaxFacts: OptimizerFacts<typeof adamaxRule.options> = {
  title: 'Adamax',
  idea: 'Kingma & Ba 2015: Adam with the largest gradient in its divisor',
  symbols: { momentum: 'm', norm: 'u' },
  formula: () => ['m ← β₁ m + (1 − β₁) g', 'u ← max(β₂ u, |g|)', 'w ← w − η m ∕ (1 − β₁ᵗ) ∕ (u + ε)'],
  pen: { light: '#00716b', dark: '#52d1c6', dash: [9, 2], symbol: 'path://M-3,-3h6v2h-6zM-3,1h6v2h-6z' },
};
