/** What the page knows of each optimizer without loading the library: names, defaults, how it is drawn, its formula. */
import type { OptimizerOption } from '../src/cli/settings.ts';

/** Those that can race, in the order in which they were invented. */
export const NAMES = ['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'nadam'] as const;
export type RacerName = (typeof NAMES)[number];

export interface OptimizerFacts {
  readonly title: string;
  /** In a few words: who, when, and the idea. */
  readonly idea: string;
  /** Keras' defaults. */
  readonly defaults: Partial<Record<OptimizerOption, number>>;
  /** The update, line by line. A slot is called as in the library, in braces; `g` is the gradient, `w` the weight. */
  readonly formula: readonly string[];
  /** How the formula calls the slots, by the library's names. */
  readonly slots: Readonly<Record<string, string>>;
}

const FRACTION_DEFAULTS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

export const OPTIMIZERS: Readonly<Record<RacerName, OptimizerFacts>> = {
  sgd: {
    title: 'SGD',
    idea: 'Robbins & Monro 1951: straight down the gradient',
    defaults: { learningRate: 0.01 },
    formula: ['w ← w − η g'],
    slots: {},
  },
  momentum: {
    title: 'Momentum',
    idea: 'Polyak 1964: a ball that keeps rolling',
    defaults: { learningRate: 0.01, momentum: 0.9 },
    formula: ['v ← μ v − η g', 'w ← w + v'],
    slots: { velocity: 'v' },
  },
  nesterov: {
    title: 'Nesterov',
    idea: 'Nesterov 1983: momentum that looks ahead',
    defaults: { learningRate: 0.01, momentum: 0.9 },
    formula: ['v ← μ v − η g', 'w ← w + μ v − η g'],
    slots: { velocity: 'v' },
  },
  adagrad: {
    title: 'AdaGrad',
    idea: 'Duchi, Hazan & Singer 2011: smaller steps where much has been seen',
    defaults: { learningRate: 0.001, epsilon: 1e-7 },
    formula: ['v ← v + g²', 'w ← w − η g ∕ √(v + ε)'],
    slots: { accumulator: 'v' },
  },
  rmsprop: {
    title: 'RMSProp',
    idea: 'Hinton 2012: AdaGrad that forgets',
    defaults: { learningRate: 0.001, rho: 0.9, momentum: 0, epsilon: 1e-7 },
    formula: ['v ← ρ v + (1 − ρ) g²', 'w ← w − η g ∕ √(v + ε)'],
    slots: { velocity: 'v', momentum: 'b' },
  },
  adam: {
    title: 'Adam',
    idea: 'Kingma & Ba 2015: momentum and RMSProp, corrected for their start',
    defaults: { learningRate: 0.001, ...FRACTION_DEFAULTS },
    formula: [
      'm ← β₁ m + (1 − β₁) g',
      'v ← β₂ v + (1 − β₂) g²',
      'm̂ = m ∕ (1 − β₁ᵗ)',
      'v̂ = v ∕ (1 − β₂ᵗ)',
      'w ← w − η m̂ ∕ (√v̂ + ε)',
    ],
    slots: { momentum: 'm', velocity: 'v' },
  },
  nadam: {
    title: 'Nadam',
    idea: 'Dozat 2016: Adam that looks ahead',
    defaults: { learningRate: 0.001, ...FRACTION_DEFAULTS },
    formula: [
      'm ← β₁ m + (1 − β₁) g',
      'v ← β₂ v + (1 − β₂) g²',
      'uₜ = β₁ (1 − ½ · 0.96ᵗ)',
      'm̂ = uₜ₊₁ m ∕ (1 − u₁⋯uₜ₊₁) + (1 − uₜ) g ∕ (1 − u₁⋯uₜ)',
      'v̂ = v ∕ (1 − β₂ᵗ)',
      'w ← w − η m̂ ∕ (√v̂ + ε)',
    ],
    slots: { momentum: 'm', velocity: 'v' },
  },
};

/** What an option is called in the formulas. */
export const SYMBOLS: Readonly<Record<OptimizerOption, string>> = {
  learningRate: 'η',
  momentum: 'μ',
  rho: 'ρ',
  beta1: 'β₁',
  beta2: 'β₂',
  epsilon: 'ε',
  weightDecay: 'decay',
  clipnorm: 'clipnorm',
};

export const OPTION_TITLES: Readonly<Record<OptimizerOption, string>> = {
  learningRate: 'learning rate',
  momentum: 'momentum μ',
  rho: 'decay ρ',
  beta1: 'decay β₁',
  beta2: 'decay β₂',
  epsilon: 'epsilon ε',
  weightDecay: 'weight decay',
  clipnorm: 'clip norm',
};

export const isRacer = (name: string): name is RacerName => NAMES.some((one) => one === name);

/** The update with the options that change its form. */
export function formulaOf(name: RacerName, options: Partial<Record<OptimizerOption, number>>): string[] {
  const { formula, defaults } = OPTIMIZERS[name];
  const { momentum = 0, weightDecay = 0 } = { ...defaults, ...options };
  const rolling = name === 'rmsprop' && momentum > 0;
  const update = rolling ? [formula[0] ?? '', 'b ← μ b + η g ∕ √(v + ε)', 'w ← w − b'] : [...formula];
  const still = (name === 'momentum' || name === 'nesterov') && momentum === 0;
  return [...(weightDecay > 0 ? ['w ← w − decay · η w'] : []), ...(still ? OPTIMIZERS.sgd.formula : update)];
}
