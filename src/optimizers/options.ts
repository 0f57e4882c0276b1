/** Options of optimizers, and their checks. */
import type { Schedule } from '../schedules/schedule.ts';
import {
  checkBoolean,
  checkFraction,
  checkInteger,
  checkKind,
  checkLabel,
  checkName,
  checkNumber,
  checkOptions,
} from '../validate.ts';
import {
  COMMON,
  FURTHER,
  isNumber,
  type OptimizerRule,
  type OptionFacts,
  type OptionTable,
  type Values,
} from './facts/rule.ts';

/** Options of every optimizer. */
export interface OptimizerOptions {
  /** Step size, or a schedule of it. Default 0.001; 0.01 for sgd, momentum and nesterov. */
  readonly learningRate?: number | Schedule;
  /** Decoupled decay: `w -= w * weightDecay * learningRate` before the update, biases included. Default none; adamw 0.004. */
  readonly weightDecay?: number;
  /** Scales the gradient of each weight down to this Euclidean norm. At most one of the three clippings; 0 is none, the default. */
  readonly clipnorm?: number;
  /** Cuts each element of the gradients to ±clipvalue. 0 is none, the default. */
  readonly clipvalue?: number;
  /** Scales all gradients together down to this Euclidean norm. 0 is none, the default. */
  readonly globalClipnorm?: number;
  /**
   * Keeps an exponential moving average of the weights, in the slot `average`; at the end of `fit` the weights become their averages. Elsewhere, call
   * `finalizeVariableValues()`. Default false.
   */
  readonly useEma?: boolean;
  /** Of the average, from 0 to 1: `average = emaMomentum * average + (1 - emaMomentum) * w`. Default 0.99. */
  readonly emaMomentum?: number;
  /** Every so many iterations the weights become their averages. Default never. */
  readonly emaOverwriteFrequency?: number;
  /**
   * Updates the weights only at every n-th step, from 2 on, by the mean gradient of these steps. A schedule of the learning rate counts all
   * steps; `iterations` counts updates. Default: at every step.
   */
  readonly gradientAccumulationSteps?: number;
  /** Weights without decay: those with one of these strings in their names, as `'bias'` in `dense/bias`. Default none. */
  readonly excludeFromWeightDecay?: readonly string[];
}

/** The options about averages of weights and about when to update that were given, with the momentum of an average. */
export type FurtherOptions = Pick<OptimizerOptions, keyof typeof FURTHER> & {
  readonly excludeLayers?: readonly string[];
};

/** Strings that are parts of names. */
function partsOf(what: string, names: readonly string[] | undefined): readonly string[] | undefined {
  checkKind(names === undefined || Array.isArray(names), what, 'an array of strings', names);
  for (const name of names ?? []) {
    checkLabel(`a string of ${what}`, name);
    if (name === '') throw new RangeError(`${what}: an empty string is part of every name`);
  }
  return names === undefined || names.length === 0 ? undefined : Object.freeze([...names]);
}

/** Checks them; without an average, its other options mean nothing. */
export function furtherOf(options: OptimizerOptions): FurtherOptions {
  const { useEma, emaMomentum = FURTHER.emaMomentum.byDefault, ...others } = options;
  const { emaOverwriteFrequency, gradientAccumulationSteps } = others;
  const excludeFromWeightDecay = partsOf('excludeFromWeightDecay', options.excludeFromWeightDecay);
  const excludeLayers = partsOf('excludeLayers', (options as FurtherOptions).excludeLayers);
  return {
    ...(useEma === true && {
      useEma,
      emaMomentum,
      ...(emaOverwriteFrequency !== undefined && { emaOverwriteFrequency }),
    }),
    ...(gradientAccumulationSteps !== undefined && { gradientAccumulationSteps }),
    ...(excludeFromWeightDecay !== undefined && { excludeFromWeightDecay }),
    ...(excludeLayers !== undefined && { excludeLayers }),
  };
}

/** Where epsilon goes in the divisor. */
export type EpsilonMode = 'hat' | 'paper' | 'insideSqrt';

/** The three ways to clip gradients, of which one may be set. */
const clippings = ['clipnorm', 'clipvalue', 'globalClipnorm'] as const;

function checkOption(name: string, facts: OptionFacts, value: unknown): void {
  if ('codes' in facts) checkName(name, value, Object.keys(facts.codes));
  else if ('names' in facts) partsOf(name, value as readonly string[]);
  else if (!isNumber(facts)) checkBoolean(name, value);
  else if (facts.integer) checkInteger(name, value, facts.from ?? 0, facts.to);
  else if (facts.below === 1) checkFraction(name, value);
  else checkNumber(name, value, facts.from ?? 0, facts.to);
}

/** The rule's own options, completed and checked; the options of all optimizers are checked too. Undefined means the default. */
export function checkedOptions(rule: OptimizerRule, options: OptimizerOptions): Values<OptionTable> {
  const every = [...Object.keys(COMMON), ...Object.keys(FURTHER)];
  checkOptions(`optimizers.${rule.name}`, options, [
    ...every.filter((name) => rule.without?.includes(name) !== true),
    ...(rule.excludes === true ? ['excludeLayers'] : []),
    ...Object.keys(rule.options),
  ]);
  const given = options as Readonly<Record<string, unknown>>;
  const { learningRate: _, ...common }: OptionTable = { ...COMMON, ...FURTHER };
  for (const [name, facts] of Object.entries(common))
    if (given[name] !== undefined) checkOption(name, facts, given[name]);
  const asked = clippings.filter((clipping) => given[clipping]);
  if (asked.length > 1)
    throw new RangeError(`at most one of ${clippings.join(', ')} can be set, got ${asked.join(' and ')}`);
  const own = Object.entries(rule.options).map(([name, facts]) => {
    const { [name]: value = facts.byDefault } = given;
    checkOption(name, facts, value);
    return [name, value];
  });
  return Object.fromEntries(own);
}
