import { ADAM } from '../../../assembly/codes.ts';
import { EPSILON_HAT, EPSILON_INSIDE_SQRT, EPSILON_PAPER } from '../../../assembly/optimizers/layout.ts';
import { choice, flag, fraction, number, type OptimizerFacts, rule, type Values } from './rule.ts';

const options = {
  beta1: /* @__PURE__ */ fraction(0.9),
  beta2: /* @__PURE__ */ fraction(0.999),
  epsilon: /* @__PURE__ */ number(1e-7),
  amsgrad: /* @__PURE__ */ flag(false),
  epsilonMode: /* @__PURE__ */ choice('hat', {
    hat: EPSILON_HAT,
    paper: EPSILON_PAPER,
    insideSqrt: EPSILON_INSIDE_SQRT,
  }),
};
const slots = ({ amsgrad }: { readonly amsgrad: boolean }) => [
  'momentum',
  'velocity',
  ...(amsgrad ? ['velocityHat'] : []),
];

export const adamRule = /* @__PURE__ */ rule({ name: 'adam', kind: () => ADAM, learningRate: 0.001, options, slots });
export const adamwRule = /* @__PURE__ */ rule({
  name: 'adamw',
  kind: () => ADAM,
  learningRate: 0.001,
  weightDecay: 0.004,
  options,
  slots,
});

function formula({ amsgrad, epsilonMode }: Values<typeof options>): string[] {
  const v = amsgrad ? 'h' : 'v';
  const divisors = {
    hat: `(√${v}̂ + ε ∕ √(1 − β₂ᵗ))`,
    paper: `(√${v}̂ + ε)`,
    insideSqrt: `√(${v}̂ + ε)`,
  };
  return [
    'm ← β₁ m + (1 − β₁) g',
    'v ← β₂ v + (1 − β₂) g²',
    ...(amsgrad ? ['h ← max(h, v)'] : []),
    'm̂ = m ∕ (1 − β₁ᵗ)',
    `${v}̂ = ${v} ∕ (1 − β₂ᵗ)`,
    `w ← w − η m̂ ∕ ${divisors[epsilonMode]}`,
  ];
}

const DOWN = 'path://M-3,-3h6l-3,6z';

export const adamFacts: OptimizerFacts<typeof options> = {
  title: 'Adam',
  idea: 'Kingma & Ba 2015: momentum and RMSProp, corrected for their start',
  symbols: { momentum: 'm', velocity: 'v', velocityHat: 'h' },
  formula,
  pen: { light: '#008661', dark: '#2fc79b', dash: 'solid', symbol: DOWN },
};

// not spread, which bundlers treat as a side effect
export const adamwFacts: OptimizerFacts<typeof options> = /* @__PURE__ */ Object.assign({}, adamFacts, {
  title: 'AdamW',
  idea: 'Loshchilov & Hutter 2017: Adam with decay of the weights',
  pen: { light: '#6d4a2f', dark: '#c9a27e', dash: [2, 2, 6, 2], symbol: 'roundRect' },
} satisfies Partial<typeof adamFacts>);
