import { ADADELTA } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const adadeltaRule = /* @__PURE__ */ rule({
  name: 'adadelta',
  kind: () => ADADELTA,
  learningRate: 0.001,
  options: {
    rho: /* @__PURE__ */ fraction(0.95),
    epsilon: /* @__PURE__ */ number(1e-7),
  },
  slots: () => ['accumulatedGradient', 'accumulatedDelta'],
});

export const adadeltaFacts: OptimizerFacts<typeof adadeltaRule.options> = {
  title: 'Adadelta',
  idea: 'Zeiler 2012: steps in units of the weights',
  symbols: { accumulatedGradient: 's', accumulatedDelta: 'x' },
  formula: () => ['s ← ρ s + (1 − ρ) g²', 'd = g √(x + ε) ∕ √(s + ε)', 'x ← ρ x + (1 − ρ) d²', 'w ← w − η d'],
  pen: { light: '#7a8b00', dark: '#c3d64d', dash: [1, 3], symbol: 'path://M-3,0l3,-3l3,3l-3,1z' },
};
