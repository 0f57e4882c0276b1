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
  nesterov: { title: 'Nesterov momentum', says: 'look ahead, where there is momentum' },
  rho: { title: 'decay rate ρ', symbol: 'ρ', says: 'decay rate of the mean square' },
  centered: {
    title: 'centered',
    says: 'divide by the standard deviation of the gradients, not by their root mean square',
  },
  beta1: { title: 'decay rate β₁', symbol: 'β₁', says: 'decay rate of the mean of the gradients, the first moment' },
  beta2: { title: 'decay rate β₂', symbol: 'β₂', says: 'decay rate of the mean of their squares, the second moment' },
  momentumDecay: { title: 'momentum decay', symbol: 'd', says: 'how fast the schedule of the momentum rises' },
  beta3: { title: 'decay rate β₃', symbol: 'β₃', says: 'decay rate of a third mean' },
  alpha: { title: 'mixing weight α', symbol: 'α', says: 'weight of the slow mean of the gradients' },
  warmupSteps: { title: 'warm-up steps', symbol: 'warmup', says: 'steps in which the learning rate rises' },
  amsgrad: { title: 'AMSGrad', says: 'divide by the largest mean square so far, which never shrinks' },
  initialAccumulatorValue: { title: 'initial accumulator', says: 'start of the sum of squares' },
  learningRatePower: {
    title: 'learning rate power p',
    symbol: 'ᵖ',
    says: 'how the rate falls as gradients add up, at most 0',
  },
  l1RegularizationStrength: { title: 'L1 strength λ₁', symbol: 'λ₁', says: 'L1 penalty: keeps small weights at zero' },
  l2RegularizationStrength: { title: 'L2 strength λ₂', symbol: 'λ₂', says: 'L2 penalty: pulls weights towards zero' },
  l2ShrinkageRegularizationStrength: {
    title: 'L2 shrinkage λₛ',
    symbol: 'λₛ',
    says: 'L2 penalty on the gradients alone: pulls them towards the weights',
  },
  beta: { title: 'beta β', says: 'makes first steps smaller' },
  rmsRate: {
    title: 'RMS rate r',
    symbol: 'r',
    says: 'root mean square of a step of a matrix, relative to the learning rate',
  },
  adamBeta1: {
    title: 'AdamW decay rate β₁',
    symbol: 'β₁',
    says: 'decay rate of the mean of the gradients of weights that go by AdamW',
  },
  adamBeta2: { title: 'AdamW decay rate β₂', symbol: 'β₂', says: 'decay rate of the mean of their squares' },
  adamWeightDecay: { title: 'AdamW weight decay', says: 'decoupled decay of weights that go by AdamW' },
  adamLearningRateRatio: { title: 'AdamW learning rate ratio', says: 'learning rate of AdamW, as a multiple' },
  nsSteps: { title: 'Newton–Schulz steps', says: 'how often a matrix is made more orthogonal' },
  muonA: { title: 'coefficient a', says: 'of a Newton–Schulz step' },
  muonB: { title: 'coefficient b', says: 'of a Newton–Schulz step' },
  muonC: { title: 'coefficient c', says: 'of a Newton–Schulz step' },
  beta2Decay: { title: 'decay exponent d', symbol: 'ᵈ', says: 'how fast the mean squares forget, from -1 to 0' },
  trustCoefficient: { title: 'trust coefficient κ', symbol: 'κ', says: 'size of a step, as a share of the weight' },
  clipThreshold: { title: 'clipping threshold κ', symbol: 'κ', says: 'largest root mean square of a step' },
  epsilon1: { title: 'epsilon ϵ₁', symbol: 'ϵ₁', says: 'added to squares of gradients' },
  epsilon2: { title: 'epsilon ϵ₂', symbol: 'ϵ₂', says: 'smallest size of a weight' },
  epsilon: { title: 'epsilon ε', symbol: 'ε', says: 'keeps the divisor from zero' },
  epsilonRoot: { title: 'epsilon of the root εᵣ', symbol: 'εᵣ', says: 'the same, under the root' },
  epsilonMode: { title: 'epsilon placement', says: 'place of epsilon in the divisor' },
  finalLearningRateRatio: {
    title: 'final learning rate ratio',
    symbol: 'ratio',
    says: 'the rate of the SGD that it ends as, as a multiple of the learning rate',
  },
  gamma: { title: 'convergence of bounds γ', symbol: 'γ', says: 'how fast the bounds of the step size close' },
  etaMinus: { title: 'decrease factor η₋', symbol: 'η₋', says: 'of the step size where the gradient turns, at most 1' },
  etaPlus: {
    title: 'increase factor η₊',
    symbol: 'η₊',
    says: 'of the step size where the gradient keeps its sign, at least 1',
  },
  stepSizeMin: { title: 'smallest step size', says: 'no step size falls below it' },
  stepSizeMax: { title: 'largest step size', says: 'no step size rises above it' },
  lambd: { title: 'decay term ℓ', symbol: 'ℓ', says: 'pulls weights towards zero and lets the rate fall' },
  decayPower: { title: 'decay power', says: 'how fast the rate falls' },
  t0: { title: 'averaging start t₀', says: 'steps before the mean begins' },
  hessianFactor: { title: 'Hessian factor χ', symbol: 'χ', says: 'multiplies the estimated Hessian in the divisor' },
  updateInterval: { title: 'Hessian update interval', says: 'steps from one estimate of the Hessian to the next' },
  d0: { title: 'initial estimate d₀', says: 'of the distance to the solution' },
  dCoefficient: { title: 'coefficient of d', says: 'multiplies the estimates of that distance' },
  growthRate: { title: 'growth rate of d', says: 'largest factor by which d grows in a step, 0 for any' },
  useBiasCorrection: { title: 'bias correction', says: 'correct the means for starting at zero' },
  safeguardWarmup: { title: 'safeguarded warm-up', says: 'leave the learning rate out of the sum of gradients' },
  preconditionFrequency: {
    title: 'precondition frequency',
    says: 'steps from one change of the eigenvectors to the next',
  },
  maxPreconditionDim: { title: 'largest preconditioned axis', says: 'longest axis of a matrix that gets eigenvectors' },
  historySize: { title: 'history size m', says: 'last steps that the Hessian is estimated from' },
  toleranceGradient: { title: 'gradient tolerance', says: 'does not move where no element of the gradient is larger' },
  toleranceChange: { title: 'change tolerance', says: 'smallest slope to follow, and smallest distance to search in' },
  sufficientDecrease: {
    title: 'sufficient decrease c₁',
    says: 'Armijo condition: share of the slope by which the loss has to fall',
  },
  curvature: { title: 'curvature c₂', says: 'Wolfe condition: share of the slope that a search may leave' },
  maxSearchSteps: { title: 'line search steps', says: 'lengths that a search tries at most after the first' },
  weightDecay: { title: 'weight decay', symbol: 'decay', says: 'decoupled weight decay' },
  clipnorm: { title: 'clip norm', says: 'largest norm of the gradient of a weight' },
  clipvalue: { title: 'clip value', says: 'largest element of the gradients' },
  globalClipnorm: { title: 'global clip norm', says: 'largest norm of all gradients together' },
  useEma: { title: 'weight averaging (EMA)', says: 'end with an exponential moving average of the weights' },
  emaMomentum: { title: 'EMA momentum', says: 'share of the old average in the new one' },
  emaOverwriteFrequency: {
    title: 'EMA overwrite frequency',
    says: 'iterations after which the weights become their averages, again and again',
  },
  gradientAccumulationSteps: {
    title: 'gradient accumulation steps',
    says: 'update at every n-th step, by the mean gradient',
  },
  excludeFromWeightDecay: {
    title: 'excluded from weight decay',
    says: 'weights without decay, by parts of their names',
  },
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
