import { PRODIGY } from '../../../assembly/codes.ts';
import { flag, fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const prodigyRule = /* @__PURE__ */ rule({
  name: 'prodigy',
  kind: () => PRODIGY,
  learningRate: 1,
  options: {
    beta1: /* @__PURE__ */ fraction(0.9),
    beta2: /* @__PURE__ */ fraction(0.999),
    beta3: /* @__PURE__ */ fraction(0),
    epsilon: /* @__PURE__ */ number(1e-8),
    d0: { byDefault: 1e-6, from: 1e-30 },
    dCoefficient: /* @__PURE__ */ number(1),
    growthRate: /* @__PURE__ */ number(0),
    useBiasCorrection: /* @__PURE__ */ flag(false),
    safeguardWarmup: /* @__PURE__ */ flag(false),
  },
  slots: () => ['momentum', 'velocity', 'gradientSum', 'start', 'estimate'],
  passes: 3,
  together: true,
  slotShape: (_, slot, shape) => (slot === 'estimate' ? [3] : shape),
});

export const prodigyFacts: OptimizerFacts<typeof prodigyRule.options> = {
  title: 'Prodigy',
  idea: 'Mishchenko & Defazio 2023: Adam that finds its rate from the way it has come',
  symbols: { momentum: 'm', velocity: 'v', gradientSum: 's', start: 'p', estimate: 'd' },
  formula: ({ beta3, useBiasCorrection, safeguardWarmup }) => {
    const kept = beta3 === 0 ? '√β₂' : 'β₃';
    return [
      'p ← w at the first step, then p',
      `l = η d${useBiasCorrection ? ' √(1 − β₂ᵗ) ∕ (1 − β₁ᵗ)' : ''}`,
      `n = ${kept} n + l ∕ d₀ Σ d g (p − w)`,
      'm ← β₁ m + (1 − β₁) d g',
      'v ← β₂ v + (1 − β₂) (d g)²',
      `s ← ${kept} s + ${safeguardWarmup ? 'd' : 'l'} ∕ d₀ d g`,
      'd ← max(d, n ∕ Σ |s|)',
      'w ← w − l m ∕ (√v + d ε)',
    ];
  },
  pen: { light: '#b0006b', dark: '#ff86c8', dash: [2, 3, 8, 3], symbol: 'path://M-3,3v-6h5v4h-3v2z' },
};
