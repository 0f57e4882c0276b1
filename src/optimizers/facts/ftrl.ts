import { FTRL } from '../../../assembly/codes.ts';
import { number, type OptimizerFacts, rule } from './rule.ts';

export const ftrlRule = /* @__PURE__ */ rule({
  name: 'ftrl',
  kind: () => FTRL,
  learningRate: 0.001,
  options: {
    learningRatePower: { byDefault: -0.5, from: Number.NEGATIVE_INFINITY, to: 0 },
    initialAccumulatorValue: /* @__PURE__ */ number(0.1),
    l1RegularizationStrength: /* @__PURE__ */ number(0),
    l2RegularizationStrength: /* @__PURE__ */ number(0),
    l2ShrinkageRegularizationStrength: /* @__PURE__ */ number(0),
    beta: /* @__PURE__ */ number(0),
  },
  slots: () => ['accumulator', 'linear'],
  initialSlot: ({ initialAccumulatorValue }, slot) => (slot === 'accumulator' ? initialAccumulatorValue : 0),
});

export const ftrlFacts: OptimizerFacts<typeof ftrlRule.options> = {
  title: 'FTRL',
  idea: 'McMahan et al. 2013: the best weights for all gradients so far, most of them zero',
  symbols: { accumulator: 'n', linear: 'z' },
  formula: ({ l2ShrinkageRegularizationStrength: shrinks }) => [
    'y = n + g²',
    `z ← z + g${shrinks > 0 ? ' + 2 λₛ w' : ''} − (y⁻ᵖ − n⁻ᵖ) w ∕ η`,
    'n ← y',
    'w ← (clip(z, ±λ₁) − z) ∕ (y⁻ᵖ ∕ η + 2 λ₂ + β ∕ η)',
  ],
  pen: { light: '#8c5a00', dark: '#d9a441', dash: [3, 3, 9, 3], symbol: 'path://M-3,-3h6v6h-2v-4h-4z' },
};
