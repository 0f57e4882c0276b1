import { ADABOUND } from '../../../assembly/codes.ts';
import { flag, fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const adaboundRule = /* @__PURE__ */ rule({
  name: 'adabound',
  kind: () => ADABOUND,
  learningRate: 0.001,
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    beta2: /* @__PURE__ */ fraction(0.999),
    epsilon: /* @__PURE__ */ number(1e-8),
    finalLearningRateRatio: /* @__PURE__ */ number(100),
    gamma: { byDefault: 1e-3, from: 1e-12 },
    amsgrad: /* @__PURE__ */ flag(false),
  },
  slots: ({ amsgrad }) => ['momentum', 'velocity', ...(amsgrad ? ['velocityHat'] : [])],
});

export const adaboundFacts: OptimizerFacts<typeof adaboundRule.options> = {
  title: 'AdaBound',
  idea: 'Luo et al. 2019: Adam that turns into SGD',
  symbols: { momentum: 'm', velocity: 'v', velocityHat: 'h' },
  formula: ({ amsgrad }) => [
    'm ← β₁ m + (1 − β₁) g',
    'v ← β₂ v + (1 − β₂) g²',
    ...(amsgrad ? ['h ← max(h, v)'] : []),
    `s = η √(1 − β₂ᵗ) ∕ (1 − β₁ᵗ) ∕ (√${amsgrad ? 'h' : 'v'} + ε)`,
    's from η ratio (1 − 1 ∕ (γ t + 1)) to η ratio (1 + 1 ∕ (γ t))',
    'w ← w − s m',
  ],
  pen: {
    light: '#005f9e',
    dark: '#7cc4ff',
    dash: [3, 2, 3, 6],
    symbol: 'path://M-3,-3h1v6h-1zM2,-3h1v6h-1zM-1,-1h2v2h-2z',
  },
};
