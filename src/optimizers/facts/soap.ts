import { SOAP } from '../../../assembly/codes.ts';
import { fraction, number, type OptimizerFacts, rule } from './rule.ts';

export const soapRule = /* @__PURE__ */ rule({
  name: 'soap',
  kind: () => SOAP,
  learningRate: 0.003,
  weightDecay: 0.01,
  options: {
    beta1: /* @__PURE__ */ fraction(0.95),
    beta2: /* @__PURE__ */ fraction(0.95),
    beta3: /* @__PURE__ */ fraction(0),
    epsilon: /* @__PURE__ */ number(1e-8),
    preconditionFrequency: { byDefault: 10, from: 1, to: 1_000_000, integer: true },
    maxPreconditionDim: { byDefault: 512, from: 0, to: 4096, integer: true },
  },
  slots: () => ['momentum', 'velocity', 'left', 'right', 'leftBasis', 'rightBasis'],
  passes: 3,
  slotShape({ maxPreconditionDim }, slot, shape) {
    if (slot === 'momentum' || slot === 'velocity') return shape;
    const [rows = 0, cols = 0] = shape;
    const size = slot.startsWith('left') ? rows : cols;
    return shape.length === 2 && size <= maxPreconditionDim ? [size, size] : undefined;
  },
});

export const soapFacts: OptimizerFacts<typeof soapRule.options> = {
  title: 'SOAP',
  idea: 'Vyas et al. 2024: Adam in the eigenbasis of Shampoo’s preconditioner',
  symbols: { momentum: 'm', velocity: 'v', left: 'A', right: 'B', leftBasis: 'L', rightBasis: 'R' },
  formula: ({ beta3 }) => {
    const decay = beta3 === 0 ? 'β₂' : 'β₃';
    return [
      'm ← β₁ m + (1 − β₁) g',
      'v ← β₂ v + (1 − β₂) (Lᵀ g R)²',
      `A ← ${decay} A + (1 − ${decay}) g gᵀ,  L ← its eigenvectors`,
      `B ← ${decay} B + (1 − ${decay}) gᵀ g,  R ← its eigenvectors`,
      'w ← w − η L (Lᵀ m̂ R ∕ (√v̂ + ε)) Rᵀ',
    ];
  },
  pen: {
    light: '#00606b',
    dark: '#6fe0ea',
    dash: [3, 2, 3, 2, 9, 2],
    symbol: 'path://M-3,3v-2h4v-1h-4v-3h6v2h-4v1h4v3z',
  },
};
