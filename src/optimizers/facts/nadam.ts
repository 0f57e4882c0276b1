import { NADAM } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const nadamRule = /* @__PURE__ */ rule({
  name: 'nadam',
  kind: () => NADAM,
  learningRate: 0.001,
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    beta2: fraction(0.999),
    epsilon: number(1e-7),
    momentumDecay: number(1),
  },
  slots: () => ['momentum', 'velocity'],
});

const PLUS = 'path://M-1,-3h2v2h2v2h-2v2h-2v-2h-2v-2h2z';

export const nadamFacts: OptimizerFacts<typeof nadamRule.options> = {
  title: 'Nadam',
  idea: 'Dozat 2016: Adam that looks ahead',
  symbols: { momentum: 'm', velocity: 'v' },
  formula: ({ momentumDecay }) => [
    'm ← β₁ m + (1 − β₁) g',
    'v ← β₂ v + (1 − β₂) g²',
    `uₜ = β₁ (1 − ½ · 0.96${momentumDecay === 1 ? 'ᵗ' : '^(d t)'})`,
    'm̂ = uₜ₊₁ m ∕ (1 − u₁⋯uₜ₊₁) + (1 − uₜ) g ∕ (1 − u₁⋯uₜ)',
    'v̂ = v ∕ (1 − β₂ᵗ)',
    'w ← w − η m̂ ∕ (√v̂ + ε)',
  ],
  pen: { light: '#a94887', dark: '#e79ac8', dash: [12, 4], symbol: PLUS },
};
