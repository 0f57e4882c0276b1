import { YOGI } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const yogiRule = /* @__PURE__ */ rule({
  name: 'yogi',
  kind: () => YOGI,
  learningRate: 0.001,
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    beta2: /* @__PURE__ */ fraction(0.999),
    epsilon: /* @__PURE__ */ number(1e-3),
    initialAccumulatorValue: /* @__PURE__ */ number(1e-6),
  },
  slots: () => ['momentum', 'velocity'],
  initialSlot: ({ initialAccumulatorValue }) => initialAccumulatorValue,
});

export const yogiFacts: OptimizerFacts<typeof yogiRule.options> = {
  title: 'Yogi',
  idea: 'Zaheer et al. 2018: Adam whose divisor changes slowly',
  symbols: { momentum: 'm', velocity: 'v' },
  formula: () => [
    'm ← β₁ m + (1 − β₁) g',
    'v ← v − (1 − β₂) sign(v − g²) g²',
    'm̂ = m ∕ (1 − β₁ᵗ)',
    'v̂ = v ∕ (1 − β₂ᵗ)',
    'w ← w − η m̂ ∕ (√v̂ + ε)',
  ],
  pen: { light: '#97631f', dark: '#e3b778', dash: [4, 2, 1, 2], symbol: 'path://M-3,-3h6l-6,6h6z' },
};
