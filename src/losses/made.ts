/** How losses are made of operations, which differentiate them: without a kernel of their own, for programs that name them. */
import type { JsonObject } from '../config.ts';
import { traceOf } from '../custom-loss.ts';
import { Loss, type LossOptions } from '../loss.ts';
import type { SymbolicValue } from '../ops/symbolic.ts';
import { checkOptions } from '../validate.ts';

/** Keras' epsilon. */
export const EPSILON = 1e-7;

/** The loss `name`, whose options `own` are given with their defaults beside the reduction. */
export function made<O extends LossOptions>(
  name: string,
  options: O,
  own: JsonObject,
  values: (yTrue: SymbolicValue, yPred: SymbolicValue) => SymbolicValue,
): Loss {
  checkOptions(`losses.${name}`, options, [...Object.keys(own), 'reduction']);
  const { reduction } = options;
  return new Loss(name, reduction === undefined ? {} : { reduction }, [], {
    trace: { ...traceOf(values, false), own },
  });
}
