/** Options of optimizers, and their checks. */
import type { Schedule } from '../schedules/schedule.ts';
import { checkBoolean, checkFraction, checkName, checkNumber, checkOptions } from '../validate.ts';
import { COMMON, isNumber, type OptimizerRule, type OptionFacts, type OptionTable, type Values } from './facts/rule.ts';

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
}

/** Where epsilon goes in the divisor. */
export type EpsilonMode = 'hat' | 'paper' | 'insideSqrt';

/** The three ways to clip gradients, of which one may be set. */
const clippings = ['clipnorm', 'clipvalue', 'globalClipnorm'] as const;

function checkOption(name: string, facts: OptionFacts, value: unknown): void {
  if ('codes' in facts) checkName(name, value, Object.keys(facts.codes));
  else if (!isNumber(facts)) checkBoolean(name, value);
  else if (facts.below === 1) checkFraction(name, value);
  else checkNumber(name, value, facts.from ?? 0, facts.to);
}

/** The rule's own options, completed and checked; the options of all optimizers are checked too. Undefined means the default. */
export function checkedOptions(rule: OptimizerRule, options: OptimizerOptions): Values<OptionTable> {
  checkOptions(`optimizers.${rule.name}`, options, [...Object.keys(COMMON), ...Object.keys(rule.options)]);
  const given = options as Readonly<Record<string, unknown>>;
  const { learningRate: _, ...common } = COMMON;
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
