import { RMSPROP } from '../../../assembly/codes.ts';
import { EPSILON_HAT, EPSILON_INSIDE_SQRT } from '../../../assembly/optimizers/layout.ts';
import { choice, flag, fraction, number, type OptimizerFacts, rule, share } from './rule.ts';

export const rmspropRule = /* @__PURE__ */ rule({
  name: 'rmsprop',
  kind: () => RMSPROP,
  learningRate: 0.001,
  options: {
    rho: /* @__PURE__ */ fraction(0.9),
    momentum: /* @__PURE__ */ share(0),
    centered: /* @__PURE__ */ flag(false),
    epsilon: /* @__PURE__ */ number(1e-7),
    epsilonMode: /* @__PURE__ */ choice('insideSqrt', { insideSqrt: EPSILON_INSIDE_SQRT, hat: EPSILON_HAT }),
  },
  slots: ({ momentum, centered }) => [
    'velocity',
    ...(momentum > 0 ? ['momentum'] : []),
    ...(centered ? ['averageGradient'] : []),
  ],
});

const CROSS = 'path://M-3,-2l1,-1l2,2l2,-2l1,1l-2,2l2,2l-1,1l-2,-2l-2,2l-1,-1l2,-2z';

export const rmspropFacts: OptimizerFacts<typeof rmspropRule.options> = {
  title: 'RMSProp',
  idea: 'Hinton 2012: AdaGrad that forgets',
  symbols: { velocity: 'v', momentum: 'b', averageGradient: 'c' },
  formula({ momentum, centered, epsilonMode }) {
    const variance = centered ? 'v − c²' : 'v';
    const root = epsilonMode === 'hat' ? `(√${centered ? `(${variance})` : 'v'} + ε)` : `√(${variance} + ε)`;
    const step = `η g ∕ ${root}`;
    return [
      'v ← ρ v + (1 − ρ) g²',
      ...(centered ? ['c ← ρ c + (1 − ρ) g'] : []),
      ...(momentum > 0 ? [`b ← μ b + ${step}`, 'w ← w − b'] : [`w ← w − ${step}`]),
    ];
  },
  pen: { light: '#c75300', dark: '#ff8f45', dash: [10, 3, 2, 3], symbol: CROSS },
};
