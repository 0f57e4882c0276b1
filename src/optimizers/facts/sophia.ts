import { SOPHIA } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const sophiaRule = /* @__PURE__ */ rule({
  name: 'sophia',
  kind: () => SOPHIA,
  learningRate: 1e-4,
  weightDecay: 0.1,
  options: {
    beta1: /* @__PURE__ */ fraction(0.965),
    beta2: /* @__PURE__ */ fraction(0.99),
    epsilon: /* @__PURE__ */ number(1e-12),
    hessianFactor: /* @__PURE__ */ number(1.28),
    updateInterval: { byDefault: 10, from: 1 },
  },
  slots: () => ['momentum', 'hessian'],
});

export const sophiaFacts: OptimizerFacts<typeof sophiaRule.options> = {
  title: 'Sophia',
  idea: 'Liu et al. 2023: momentum divided by a curvature, clipped',
  symbols: { momentum: 'm', hessian: 'h' },
  formula: ({ updateInterval }) => [
    'm ← β₁ m + (1 − β₁) g',
    `h ← β₂ h + (1 − β₂) g²${updateInterval > 1 ? ` every ${updateInterval} steps` : ''}`,
    'w ← w − η clip(m ∕ max(χ h, ε), 1)',
  ],
  pen: { light: '#7a3fa0', dark: '#d7a8f5', dash: [9, 1, 1, 1], symbol: 'path://M-3,-3h6v2h-4v1h4v3h-6v-2h4v-1h-4z' },
};
