import { SCHEDULE_FREE_ADAMW, SCHEDULE_FREE_SGD } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const scheduleFreeAdamWRule = /* @__PURE__ */ rule({
  name: 'scheduleFreeAdamW',
  kind: () => SCHEDULE_FREE_ADAMW,
  learningRate: 0.0025,
  // spelled out: bundlers keep what a spread is part of
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    warmupSteps: /* @__PURE__ */ number(0),
    beta2: /* @__PURE__ */ fraction(0.999),
    epsilon: /* @__PURE__ */ number(1e-8),
  },
  slots: () => ['difference', 'velocity'],
});

export const scheduleFreeSgdRule = /* @__PURE__ */ rule({
  name: 'scheduleFreeSgd',
  kind: () => SCHEDULE_FREE_SGD,
  learningRate: 1,
  options: { beta1: /* @__PURE__ */ fraction(0.9), warmupSteps: /* @__PURE__ */ number(0) },
  slots: () => ['difference'],
});

const rate = (warmup: number) => (warmup > 1 ? 'ηₜ' : 'η');
const warming = (warmup: number) => (warmup > 1 ? ['ηₜ = η min(t ∕ warmup, 1)'] : []);
/** What both do with the step u. */
const follow = ['d ← (1 − 1 ∕ t) (d − β₁ u)', 'w ← w + d₀ ∕ t − (1 − β₁ + β₁ ∕ t) u'];

export const scheduleFreeAdamWFacts: OptimizerFacts<typeof scheduleFreeAdamWRule.options> = {
  title: 'Schedule-free AdamW',
  idea: 'Defazio et al. 2024: an average of the weights replaces the schedule',
  symbols: { difference: 'd', velocity: 'v' },
  formula: ({ warmupSteps }) => [
    ...warming(warmupSteps),
    'v ← β₂ v + (1 − β₂) g²',
    `u = ${rate(warmupSteps)} g ∕ (√(v ∕ (1 − β₂ᵗ)) + ε)`,
    ...follow,
  ],
  pen: { light: '#4c55c4', dark: '#a3a9ff', dash: [14, 3], symbol: 'path://M-3,3l3,-6l3,6h-2l-1,-3l-1,3z' },
};

export const scheduleFreeSgdFacts: OptimizerFacts<typeof scheduleFreeSgdRule.options> = {
  title: 'Schedule-free SGD',
  idea: 'Defazio et al. 2024: SGD with an average of the weights instead of a schedule',
  symbols: { difference: 'd' },
  formula: ({ warmupSteps }) => [...warming(warmupSteps), `u = ${rate(warmupSteps)} g`, ...follow],
  pen: { light: '#7d828c', dark: '#d8dde6', dash: [1, 2], symbol: 'path://M-3,-3l3,6l3,-6h-2l-1,3l-1,-3z' },
};
