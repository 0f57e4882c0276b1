import { MUON } from '../../../assembly/codes.ts';
import { flag, fraction, number, type OptimizerFacts, rule, share } from './rule.ts';

export const muonRule = /* @__PURE__ */ rule({
  name: 'muon',
  kind: () => MUON,
  learningRate: 0.001,
  weightDecay: 0.004,
  options: {
    momentum: /* @__PURE__ */ share(0.95),
    nesterov: /* @__PURE__ */ flag(true),
    rmsRate: /* @__PURE__ */ number(0.2),
    adamBeta1: /* @__PURE__ */ fraction(0.9),
    adamBeta2: /* @__PURE__ */ fraction(0.999),
    epsilon: /* @__PURE__ */ number(1e-7),
    adamWeightDecay: /* @__PURE__ */ number(0.004),
    adamLearningRateRatio: /* @__PURE__ */ number(1),
    nsSteps: { byDefault: 5, from: 1, to: 100, integer: true },
    muonA: /* @__PURE__ */ number(3.4445),
    muonB: { byDefault: -4.775, from: -100 },
    muonC: /* @__PURE__ */ number(2.0315),
  },
  slots: () => ['momentum', 'velocity'],
  passes: 2,
  excludes: true,
  slotShape: (_, slot, shape, excluded) => (slot === 'momentum' || shape.length !== 2 || excluded ? shape : undefined),
});

export const muonFacts: OptimizerFacts<typeof muonRule.options> = {
  title: 'Muon',
  idea: 'Jordan et al. 2024: momentum made orthogonal; AdamW for vectors',
  symbols: { momentum: 'm', velocity: 'v' },
  formula: () => [
    'matrices: m ← μ m + g,  u = g + μ m',
    'X = u ∕ ‖u‖,  X ← a X + (b X Xᵀ + c (X Xᵀ)²) X',
    'w ← w − η r √max(rows, columns) X',
    'others, AdamW: m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²',
    'w ← w − η m̂ ∕ (√v̂ + ε)',
  ],
  pen: {
    light: '#2d3f8f',
    dark: '#9fb2ff',
    dash: [7, 1, 1, 1],
    symbol: 'path://M-3,3v-6h2l1,3l1,-3h2v6h-2v-2l-1,2l-1,-2v2z',
  },
};
