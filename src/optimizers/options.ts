/** What optimizers are told when they are made, and its checks. */

import type { Schedule } from '../schedules/schedule.ts';
import { checkBoolean, checkFraction, checkName, checkNumber, checkOptions } from '../validate.ts';

/** Options of every optimizer. */
export interface OptimizerOptions {
  /** Step size, or a schedule of it. Default 0.001; 0.01 for sgd, momentum and nesterov. */
  readonly learningRate?: number | Schedule;
  /** Decoupled decay: `w -= w * weightDecay * learningRate` before the update, biases included. Default none; adamw 0.004. */
  readonly weightDecay?: number;
  /** Scales the gradient of each weight down to this Euclidean norm. At most one of the three clippings. Default none. */
  readonly clipnorm?: number;
  /** Cuts each element of the gradients to ±clipvalue. Default none. */
  readonly clipvalue?: number;
  /** Scales all gradients together down to this Euclidean norm. Default none. */
  readonly globalClipnorm?: number;
}

/** Where epsilon goes in the denominator. */
export type EpsilonMode = 'hat' | 'paper' | 'insideSqrt';

/** The three ways to hold gradients down, of which one can be asked for. */
const clippings = ['clipnorm', 'clipvalue', 'globalClipnorm'] as const;

const common = ['learningRate', 'weightDecay', ...clippings];
const decayRates = ['beta1', 'beta2', 'rho'];

/**
 * The options of an optimizer's own, which are those of `defaults`, filled up and checked; those of all optimizers are checked too.
 * Undefined means the default.
 */
export function checkedOptions<T extends object>(name: string, options: OptimizerOptions, defaults: T): T {
  checkOptions(`optimizers.${name}`, options, [...common, ...Object.keys(defaults)]);
  if (options.weightDecay !== undefined) checkNumber('weightDecay', options.weightDecay, 0);
  const asked = clippings.filter((clipping) => options[clipping] !== undefined);
  for (const clipping of asked) {
    checkNumber(clipping, options[clipping], 0);
    if (options[clipping] === 0) throw new RangeError(`${clipping} must be above 0`);
  }
  if (asked.length > 1)
    throw new RangeError(`at most one of ${clippings.join(', ')} can be set, got ${asked.join(' and ')}`);

  const own: T = { ...defaults };
  for (const [key, byDefault] of Object.entries(defaults)) {
    const { [key]: value = byDefault } = options as Readonly<Record<string, unknown>>;
    if (typeof byDefault === 'boolean') checkBoolean(key, value);
    // without a bias correction there is nothing for 'paper' to say
    else if (key === 'epsilonMode')
      checkName(key, value, ['insideSqrt', 'hat', ...(byDefault === 'hat' ? ['paper'] : [])]);
    else if (decayRates.includes(key)) checkFraction(key, value);
    else checkNumber(key, value, 0, key === 'momentum' || key === 'dampening' ? 1 : undefined);
    Object.assign(own, { [key]: value });
  }
  return own;
}
