import { ADAN } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const adanRule = /* @__PURE__ */ rule({
  name: 'adan',
  kind: () => ADAN,
  learningRate: 0.001,
  options: {
    beta1: /* @__PURE__ */ fraction(0.98),
    beta2: /* @__PURE__ */ fraction(0.92),
    beta3: /* @__PURE__ */ fraction(0.99),
    epsilon: /* @__PURE__ */ number(1e-8),
    epsilonRoot: /* @__PURE__ */ number(1e-8),
  },
  slots: () => ['momentum', 'change', 'velocity', 'lastGradient'],
});

export const adanFacts: OptimizerFacts<typeof adanRule.options> = {
  title: 'Adan',
  idea: 'Xie et al. 2022: Nesterov momentum of the gradient and of its change',
  symbols: { momentum: 'm', change: 'c', velocity: 'n', lastGradient: 'p' },
  formula: () => [
    'd = g − p',
    'p ← g',
    'm ← β₁ m + (1 − β₁) g',
    'c ← β₂ c + (1 − β₂) d',
    'n ← β₃ n + (1 − β₃) (g + (1 − β₂) d)²',
    'm̂ = m ∕ (1 − β₁ᵗ)',
    'ĉ = c ∕ (1 − β₂ᵗ)',
    'n̂ = n ∕ (1 − β₃ᵗ)',
    'w ← w − η (m̂ + (1 − β₂) ĉ) ∕ (√(n̂ + εᵣ) + ε)',
  ],
  pen: { light: '#c2185b', dark: '#ff80ab', dash: [2, 1], symbol: 'path://M-3,-3l6,6M-3,3h2v-2h-2z' },
};
