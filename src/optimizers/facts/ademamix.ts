import { ADEMAMIX } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const ademamixRule = /* @__PURE__ */ rule({
  name: 'ademamix',
  kind: () => ADEMAMIX,
  learningRate: 0.001,
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    beta2: /* @__PURE__ */ fraction(0.999),
    beta3: /* @__PURE__ */ fraction(0.9999),
    alpha: /* @__PURE__ */ number(6),
    epsilon: /* @__PURE__ */ number(1e-8),
  },
  slots: () => ['momentum', 'velocity', 'slowMomentum'],
});

export const ademamixFacts: OptimizerFacts<typeof ademamixRule.options> = {
  title: 'AdEMAMix',
  idea: 'Pagliardini et al. 2024: Adam that remembers thousands of gradients as well',
  symbols: { momentum: 'm', velocity: 'v', slowMomentum: 'l' },
  formula: () => [
    'm ← β₁ m + (1 − β₁) g',
    'l ← β₃ l + (1 − β₃) g',
    'v ← β₂ v + (1 − β₂) g²',
    'm̂ = m ∕ (1 − β₁ᵗ)',
    'v̂ = v ∕ (1 − β₂ᵗ)',
    'w ← w − η (m̂ + α l) ∕ (√v̂ + ε)',
  ],
  pen: { light: '#5e35b1', dark: '#b39ddb', dash: [8, 2, 8, 6], symbol: 'path://M-3,0h2v-3h2v3h2v3h-6z' },
};
