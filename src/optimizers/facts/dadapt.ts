import { D_ADAPT_ADAM } from '../../../assembly/codes.ts';
import { flag, fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const dAdaptAdamRule = /* @__PURE__ */ rule({
  name: 'dAdaptAdam',
  kind: () => D_ADAPT_ADAM,
  learningRate: 1,
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    beta2: /* @__PURE__ */ fraction(0.999),
    epsilon: /* @__PURE__ */ number(1e-8),
    d0: { byDefault: 1e-6, from: 1e-30 },
    growthRate: /* @__PURE__ */ number(0),
    useBiasCorrection: /* @__PURE__ */ flag(false),
  },
  slots: () => ['momentum', 'velocity', 'gradientSum', 'estimate'],
  passes: 2,
  together: true,
  slotShape: (_, slot, shape) => (slot === 'estimate' ? [2] : shape),
});

export const dAdaptAdamFacts: OptimizerFacts<typeof dAdaptAdamRule.options> = {
  title: 'D-Adapt Adam',
  idea: 'Defazio & Mishchenko 2023: Adam that finds its rate',
  symbols: { momentum: 'm', velocity: 'v', gradientSum: 's', estimate: 'd' },
  formula: ({ useBiasCorrection }) => [
    `l = η d${useBiasCorrection ? ' √(1 − β₂ᵗ) ∕ (1 − β₁ᵗ)' : ''},  q = √β₂`,
    'n = q n + (1 − q) l Σ g s ∕ (√v + ε)',
    'm ← β₁ m + (1 − β₁) l g',
    'v ← β₂ v + (1 − β₂) g²',
    's ← q s + (1 − q) l g',
    'd ← max(d, n ∕ ((1 − q) Σ |s|))',
    'w ← w − m ∕ (√v + ε)',
  ],
  pen: { light: '#3f6600', dark: '#b5e36a', dash: [6, 3, 1, 3, 1, 3], symbol: 'path://M-3,-3h3l3,3l-3,3h-3z' },
};
