import { NOVOGRAD } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const novogradRule = /* @__PURE__ */ rule({
  name: 'novograd',
  kind: () => NOVOGRAD,
  learningRate: 0.001,
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    beta2: /* @__PURE__ */ fraction(0.25),
    l2RegularizationStrength: /* @__PURE__ */ number(0),
    epsilon: /* @__PURE__ */ number(1e-6),
    epsilonRoot: /* @__PURE__ */ number(0),
  },
  slots: () => ['momentum', 'velocity'],
  passes: 3,
  slotShape: (_, slot, shape) => (slot === 'velocity' ? [1] : shape),
});

export const novogradFacts: OptimizerFacts<typeof novogradRule.options> = {
  title: 'NovoGrad',
  idea: 'Ginsburg et al. 2019: gradients divided by a mean of their norms',
  symbols: { momentum: 'm', velocity: 'v' },
  formula: () => ['v ← β₂ v + (1 − β₂) ‖g‖²', 'm ← β₁ m + g ∕ (√(v + εᵣ) + ε) + λ₂ w', 'w ← w − η m'],
  pen: { light: '#3a6b1f', dark: '#a5db85', dash: [1, 1], symbol: 'path://M-3,1l3,-4l3,4l-3,2z' },
};
