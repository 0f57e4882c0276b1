import { MOMENTUM, NESTEROV, SGD } from '../../../assembly/codes.ts';
import { flag, type OptimizerFacts, rule, share, type Values } from './rule.ts';

const rolling = (momentum: number) => ({ momentum: /* @__PURE__ */ share(momentum), dampening: share(0) });
const slots = ({ momentum }: { readonly momentum: number }) => (momentum === 0 ? [] : ['velocity']);
/** Without momentum Keras ignores `nesterov`, and a velocity would only repeat the step. */
const kind = (momentum: number, ahead: boolean) => (momentum === 0 ? SGD : ahead ? NESTEROV : MOMENTUM);

export const sgdRule = /* @__PURE__ */ rule({
  name: 'sgd',
  kind: ({ momentum, nesterov }) => kind(momentum, nesterov),
  learningRate: 0.01,
  options: { ...rolling(0), nesterov: /* @__PURE__ */ flag(false) },
  slots,
});

export const momentumRule = /* @__PURE__ */ rule({
  name: 'momentum',
  kind: ({ momentum }) => kind(momentum, false),
  learningRate: 0.01,
  options: rolling(0.9),
  slots,
});

export const nesterovRule = /* @__PURE__ */ rule({
  name: 'nesterov',
  kind: ({ momentum }) => kind(momentum, true),
  learningRate: 0.01,
  options: rolling(0.9),
  slots,
});

function formula({ momentum, dampening }: Values<typeof momentumRule.options>, ahead: boolean): string[] {
  if (momentum === 0) return ['w ← w − η g'];
  const pull = dampening > 0 ? '(1 − damp) η g' : 'η g';
  return [`v ← μ v − ${pull}`, ahead ? `w ← w + μ v − ${pull}` : 'w ← w + v'];
}

export const sgdFacts: OptimizerFacts<typeof sgdRule.options> = {
  title: 'SGD',
  idea: 'Robbins & Monro 1951: straight down the gradient',
  symbols: { velocity: 'v' },
  formula: (own) => formula(own, own.nesterov),
  pen: { light: '#5f6673', dark: '#b9c0cc', dash: [2, 3], symbol: 'circle' },
};

export const momentumFacts: OptimizerFacts<typeof momentumRule.options> = {
  title: 'Momentum',
  idea: 'Polyak 1964: a ball that keeps rolling',
  symbols: { velocity: 'v' },
  formula: (own) => formula(own, false),
  pen: { light: '#0067a6', dark: '#4fa8ea', dash: 'solid', symbol: 'rect' },
};

export const nesterovFacts: OptimizerFacts<typeof nesterovRule.options> = {
  title: 'Nesterov',
  idea: 'Nesterov 1983: momentum that looks ahead',
  symbols: { velocity: 'v' },
  formula: (own) => formula(own, true),
  pen: { light: '#2e93c7', dark: '#8fd0f5', dash: [7, 4], symbol: 'triangle' },
};
