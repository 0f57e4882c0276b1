import { ADAFACTOR } from '../../../assembly/codes.ts';
import { number, type OptimizerFacts, rule } from './rule.ts';

export const adafactorRule = /* @__PURE__ */ rule({
  name: 'adafactor',
  kind: () => ADAFACTOR,
  learningRate: 0.001,
  options: {
    beta2Decay: { byDefault: -0.8, from: -1, to: 0 },
    epsilon1: /* @__PURE__ */ number(1e-30),
    epsilon2: /* @__PURE__ */ number(1e-3),
    clipThreshold: /* @__PURE__ */ number(1),
  },
  slots: () => ['velocity', 'rowMeans', 'columnMeans'],
  passes: 4,
  slotShape(_, slot, shape) {
    if (slot === 'velocity') return shape.length < 2 ? shape : undefined;
    if (shape.length < 2) return undefined;
    return slot === 'rowMeans' ? shape.slice(0, -1) : [...shape.slice(0, -2), ...shape.slice(-1)];
  },
});

export const adafactorFacts: OptimizerFacts<typeof adafactorRule.options> = {
  title: 'Adafactor',
  idea: 'Shazeer & Stern 2018: mean squares of rows and columns only',
  symbols: { velocity: 'v', rowMeans: 'r', columnMeans: 'c' },
  formula: () => [
    'r ← β r + (1 − β) mean of rows of g² + ϵ₁,  β = 1 − tᵈ',
    'c ← β c + (1 − β) mean of columns of g² + ϵ₁',
    'v ← r c ∕ mean(r),  of a vector β v + (1 − β) (g² + ϵ₁)',
    'u = g ∕ √v',
    'w ← w − min(η, 1∕√t) max(ϵ₂, rms(w)) u ∕ max(1, rms(u) ∕ κ)',
  ],
  pen: { light: '#8a2a5b', dark: '#f58fc0', dash: [11, 2], symbol: 'path://M-3,-3h6v2h-4v1h3v2h-3v1h-2z' },
};
