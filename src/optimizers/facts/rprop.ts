import { RPROP } from '../../../assembly/codes.ts';
import { type OptimizerFacts, rule } from './rule.ts';

export const rpropRule = /* @__PURE__ */ rule({
  name: 'rprop',
  kind: () => RPROP,
  learningRate: 0.01,
  options: {
    etaMinus: { byDefault: 0.5, to: 1 },
    etaPlus: { byDefault: 1.2, from: 1 },
    // 0 in the slot stands for the first step
    stepSizeMin: { byDefault: 1e-6, from: 1e-30 },
    stepSizeMax: { byDefault: 50, from: 1e-30 },
  },
  slots: () => ['previous', 'stepSize'],
});

export const rpropFacts: OptimizerFacts<typeof rpropRule.options> = {
  title: 'Rprop',
  idea: 'Riedmiller & Braun 1993: a step size for each weight, by signs alone',
  symbols: { previous: 'p', stepSize: 'd' },
  formula: () => [
    'd₀ = η',
    'g p > 0: d ← min(η₊ d, largest),  g p < 0: d ← max(η₋ d, smallest)',
    'p ← sign(g), or 0 where g p < 0',
    'w ← w − p d',
  ],
  pen: { light: '#a3244b', dark: '#ff9db8', dash: [1, 4], symbol: 'path://M-3,3l2,-6l1,3l1,-3l2,6h-2l-1,-2l-1,2z' },
};
