import { ASGD } from '../../../assembly/codes.ts';
import { number, type OptimizerFacts, rule } from './rule.ts';

export const asgdRule = /* @__PURE__ */ rule({
  name: 'asgd',
  kind: () => ASGD,
  learningRate: 0.01,
  options: {
    lambd: /* @__PURE__ */ number(1e-4),
    decayPower: /* @__PURE__ */ number(0.75),
    t0: /* @__PURE__ */ number(1e6),
  },
  slots: () => ['mean'],
});

export const asgdFacts: OptimizerFacts<typeof asgdRule.options> = {
  title: 'ASGD',
  idea: 'Polyak & Juditsky 1992: SGD, and the mean of its weights',
  symbols: { mean: 'x' },
  formula: () => [
    'ηₜ = η ∕ (1 + ℓ η (t − 1)) to the power of decayPower',
    'x ← x + (w₊ − x) ∕ max(1, t − 1 − t₀)',
    'w ← w₊ = w − ηₜ (g + ℓ w)',
  ],
  pen: { light: '#4a5a2a', dark: '#c2d39a', dash: [5, 5], symbol: 'path://M-3,-3h2v2h2v-2h2v6h-2v-2h-2v2h-2z' },
};
