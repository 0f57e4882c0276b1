/** The options of optimizers in words, and which optimizer has which: for the command line, the page and the report. */
import { RULES } from './index.ts';
import type { OptimizerName } from './names.ts';
import { COMMON, FURTHER, type OptimizerRule, type OptionFacts, type OptionTable } from './rule.ts';

type Rules = typeof RULES;

/** An option of an optimizer. */
export type OptionName =
  | keyof typeof COMMON
  | keyof typeof FURTHER
  | { [K in keyof Rules]: keyof Rules[K]['options'] }[keyof Rules];
export type OptionValue = number | boolean | string | readonly string[];
export type OptionValues = { readonly [K in OptionName]?: OptionValue | undefined };

export interface OptionWords {
  readonly title: string;
  /** Its symbol in the formulas. */
  readonly symbol?: string;
  readonly says: string;
}

/** In the order in which they are shown and written. */
export const OPTIONS: Readonly<Record<OptionName, OptionWords>> = {
  learningRate: { title: 'learning rate', symbol: 'η', says: 'step size' },
  momentum: { title: 'momentum μ', symbol: 'μ', says: 'share of the last step that goes into the next' },
  dampening: { title: 'dampening', symbol: 'damp', says: 'share of the gradient that stays out of the velocity' },
  nesterov: { title: 'nesterov', says: 'look ahead, where there is momentum' },
  rho: { title: 'decay ρ', symbol: 'ρ', says: 'decay of the mean square' },
  centered: { title: 'centered', says: 'divide by the deviation, not by the root mean square' },
  beta1: { title: 'decay β₁', symbol: 'β₁', says: 'decay of the mean of the gradients' },
  beta2: { title: 'decay β₂', symbol: 'β₂', says: 'decay of the mean of their squares' },
  momentumDecay: { title: 'momentum decay', symbol: 'd', says: 'how fast the schedule of the momentum rises' },
  beta3: { title: 'decay β₃', symbol: 'β₃', says: 'decay of a third mean' },
  alpha: { title: 'weight α', symbol: 'α', says: 'weight of the slow mean of the gradients' },
  warmupSteps: { title: 'warm-up steps', symbol: 'warmup', says: 'steps in which the learning rate rises' },
  amsgrad: { title: 'amsgrad', says: 'never let the mean square shrink' },
  initialAccumulatorValue: { title: 'first v', says: 'start of the sum of squares' },
  learningRatePower: { title: 'rate power p', symbol: 'ᵖ', says: 'how the rate falls as gradients add up, at most 0' },
  l1RegularizationStrength: { title: 'L1 λ₁', symbol: 'λ₁', says: 'keeps small weights at zero' },
  l2RegularizationStrength: { title: 'L2 λ₂', symbol: 'λ₂', says: 'pulls weights towards zero' },
  l2ShrinkageRegularizationStrength: {
    title: 'shrinkage λₛ',
    symbol: 'λₛ',
    says: 'pulls gradients towards the weights',
  },
  beta: { title: 'beta β', says: 'makes first steps smaller' },
  rmsRate: { title: 'rms rate r', says: 'size of the elements of a step of a matrix, relative to the learning rate' },
  adamBeta1: {
    title: 'decay of AdamW',
    symbol: 'β₁',
    says: 'decay of the mean of the gradients of weights that go by AdamW',
  },
  adamBeta2: { title: 'second decay of AdamW', symbol: 'β₂', says: 'decay of the mean of their squares' },
  adamWeightDecay: { title: 'weight decay of AdamW', says: 'decoupled decay of weights that go by AdamW' },
  adamLearningRateRatio: { title: 'rate of AdamW', says: 'learning rate of AdamW, as a multiple' },
  nsSteps: { title: 'Newton-Schulz steps', says: 'how often a matrix is made more orthogonal' },
  muonA: { title: 'coefficient a', says: 'of a Newton-Schulz step' },
  muonB: { title: 'coefficient b', says: 'of a Newton-Schulz step' },
  muonC: { title: 'coefficient c', says: 'of a Newton-Schulz step' },
  beta2Decay: { title: 'exponent d', symbol: 'ᵈ', says: 'how fast the mean squares forget, from -1 to 0' },
  trustCoefficient: { title: 'trust κ', symbol: 'κ', says: 'size of a step, as a share of the weight' },
  clipThreshold: { title: 'threshold κ', symbol: 'κ', says: 'largest root mean square of a step' },
  epsilon1: { title: 'epsilon ϵ₁', symbol: 'ϵ₁', says: 'added to squares of gradients' },
  epsilon2: { title: 'epsilon ϵ₂', symbol: 'ϵ₂', says: 'smallest size of a weight' },
  epsilon: { title: 'epsilon ε', symbol: 'ε', says: 'keeps the divisor from zero' },
  epsilonRoot: { title: 'epsilon εᵣ', symbol: 'εᵣ', says: 'the same, under the root' },
  epsilonMode: { title: 'epsilon mode', says: 'place of epsilon in the divisor' },
  finalLearningRateRatio: {
    title: 'final rate',
    says: 'the rate of the SGD that it ends as, as a multiple of the learning rate',
  },
  gamma: { title: 'closing γ', symbol: 'γ', says: 'how fast the bounds of the step size close' },
  etaMinus: { title: 'factor η₋', symbol: 'η₋', says: 'of the step size where the gradient turns, at most 1' },
  etaPlus: { title: 'factor η₊', symbol: 'η₊', says: 'of the step size where the gradient keeps its sign, at least 1' },
  stepSizeMin: { title: 'least step', says: 'smallest step size' },
  stepSizeMax: { title: 'most step', says: 'largest step size' },
  lambd: { title: 'decay ℓ', symbol: 'ℓ', says: 'pulls weights towards zero and lets the rate fall' },
  decayPower: { title: 'power of the decay', says: 'how fast the rate falls' },
  t0: { title: 'start t₀', says: 'steps before the mean begins' },
  hessianFactor: { title: 'factor χ', symbol: 'χ', says: 'of the estimated Hessian' },
  updateInterval: { title: 'interval', says: 'steps from one estimate of the Hessian to the next' },
  d0: { title: 'first estimate d₀', says: 'of the distance to the solution' },
  dCoefficient: { title: 'coefficient of d', says: 'factor of its estimates' },
  growthRate: { title: 'growth', says: 'largest factor by which d grows in a step, 0 for any' },
  useBiasCorrection: { title: 'bias correction', says: 'correct the means for starting at zero' },
  safeguardWarmup: { title: 'safeguard of a warm-up', says: 'leave the learning rate out of the sum of gradients' },
  preconditionFrequency: { title: 'frequency', says: 'steps from one change of the eigenvectors to the next' },
  maxPreconditionDim: { title: 'longest axis', says: 'longest axis of a matrix that gets eigenvectors' },
  historySize: { title: 'pairs m', says: 'last steps that the Hessian is estimated from' },
  toleranceGradient: { title: 'least gradient', says: 'does not move where no element of the gradient is larger' },
  toleranceChange: { title: 'least change', says: 'smallest slope to follow, and smallest distance to search in' },
  sufficientDecrease: { title: 'decrease c₁', says: 'share of the slope by which the loss has to fall' },
  curvature: { title: 'slope c₂', says: 'share of the slope that a search may leave' },
  maxSearchSteps: { title: 'search steps', says: 'lengths that a search tries at most after the first' },
  weightDecay: { title: 'weight decay', symbol: 'decay', says: 'decoupled weight decay' },
  clipnorm: { title: 'clip norm', says: 'largest norm of the gradient of a weight' },
  clipvalue: { title: 'clip value', says: 'largest element of the gradients' },
  globalClipnorm: { title: 'global clip norm', says: 'largest norm of all gradients together' },
  useEma: { title: 'average', says: 'end with an exponential moving average of the weights' },
  emaMomentum: { title: 'momentum of the average', says: 'share of the old average in the new one' },
  emaOverwriteFrequency: {
    title: 'overwriting',
    says: 'iterations after which the weights become their averages, again and again',
  },
  gradientAccumulationSteps: { title: 'accumulated steps', says: 'update at every n-th step, by the mean gradient' },
  excludeFromWeightDecay: { title: 'without decay', says: 'weights without decay, by parts of their names' },
};

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];
export const OPTIMIZER_NAMES = Object.keys(RULES) as OptimizerName[];

export const isOptimizer = (name: string): name is OptimizerName => Object.hasOwn(RULES, name);

/** Default and range of an option of this optimizer; undefined where it has no such option. */
export function optionOf(optimizer: OptimizerName, option: OptionName): OptionFacts | undefined {
  const { options, learningRate, weightDecay = 0, without = [] }: OptimizerRule = RULES[optimizer];
  if (without.includes(option)) return undefined;
  if (option === 'learningRate') return { byDefault: learningRate };
  if (option === 'weightDecay') return { byDefault: weightDecay };
  const every: OptionTable = { ...COMMON, ...FURTHER };
  return options[option] ?? (Object.hasOwn(every, option) ? every[option] : undefined);
}

/** The options that an optimizer has. */
export const optionsOf = (optimizer: OptimizerName): OptionName[] =>
  OPTION_NAMES.filter((option) => optionOf(optimizer, option) !== undefined);

/** The optimizers that have an option. */
export const having = (option: OptionName): OptimizerName[] =>
  OPTIMIZER_NAMES.filter((optimizer) => optionOf(optimizer, option) !== undefined);

/** The options of `given` that an optimizer has, in display order. */
export const pickOptions = (optimizer: OptimizerName, given: OptionValues): OptionValues =>
  Object.fromEntries(
    optionsOf(optimizer).flatMap((option) => (given[option] === undefined ? [] : [[option, given[option]]])),
  );
