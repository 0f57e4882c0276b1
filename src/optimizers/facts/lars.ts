import { LARS } from '../../../assembly/codes.ts';
import { flag, number, type OptimizerFacts, rule, share } from './rule.ts';

export const larsRule = /* @__PURE__ */ rule({
  name: 'lars',
  kind: () => LARS,
  learningRate: 0.1,
  options: {
    momentum: /* @__PURE__ */ share(0.9),
    nesterov: /* @__PURE__ */ flag(false),
    trustCoefficient: /* @__PURE__ */ number(0.001),
    l2RegularizationStrength: /* @__PURE__ */ number(0),
    epsilon: /* @__PURE__ */ number(0),
  },
  slots: () => ['momentum'],
  passes: 2,
});

export const larsFacts: OptimizerFacts<typeof larsRule.options> = {
  title: 'LARS',
  idea: 'You et al. 2017: momentum, each weight by its own norm',
  symbols: { momentum: 'v' },
  formula: () => ['u = g + λ₂ w', 'v ← μ v + η κ ‖w‖ ∕ (‖u‖ + ε) u', 'w ← w − v'],
  pen: { light: '#914f1e', dark: '#f0b487', dash: [3, 1], symbol: 'path://M-3,-3h6l-3,3l3,3h-6l3,-3z' },
};
