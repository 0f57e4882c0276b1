/** What an optimizer is made of: its rule with the values of its options, and what the optimizers around it add. */
import type { JsonObject } from '../config.ts';
import type { Binaries } from '../engine/load.ts';
import type { Graph, Value } from '../graph/graph.ts';
import type { WrapperName } from './facts/names.ts';
import type { OptimizerRule, OptionTable, Values } from './facts/rule.ts';
import { checkedOptions, type FurtherOptions, furtherOf, type OptimizerOptions } from './options.ts';
import { type Average, averageOf } from './record.ts';
import { ACCUMULATOR } from './slots.ts';
import type { Step } from './step.ts';

/** A rule with options. */
export interface Spec {
  readonly rule: OptimizerRule;
  /** All its own options. */
  readonly own: Values<OptionTable>;
  /** The slots, arrays of the parameters' size: in the order of its kernel, then those that its options add. */
  readonly slots: readonly string[];
  /** Its options about averages of weights, accumulation of gradients and exclusion from decay. */
  readonly further: FurtherOptions;
  /** The average of the weights, if there is one. */
  readonly average: Average | undefined;
  /** That, and the slow weights of Lookahead, in the order in which they are updated. */
  readonly averages: readonly Average[];
  /** The core that has its kernel, where the base core does not. */
  readonly needs: Binaries | undefined;
  /** Recorded in place of an update of each weight. */
  readonly step: Step | undefined;
}

/**
 * Changes the weights before the gradients of a step are computed by `again`, and changes them back: `g` are the gradients of the
 * weights as they were, and then what `again` leaves there.
 */
export type Ascent = (
  graph: Graph,
  weights: readonly { readonly w: Value; readonly g: Value }[],
  again: () => void,
) => void;

/** What an optimizer around another one adds to it. */
export interface Wrapper {
  readonly name: WrapperName;
  /** Its own options. */
  readonly config: JsonObject;
  readonly slow?: Average;
  readonly ascent?: Ascent;
}

/** Checks the options and completes them; `slow` are the slow weights of a Lookahead around it. */
export function specOf(
  rule: OptimizerRule,
  options: OptimizerOptions,
  needs: Binaries | undefined,
  step: Step | undefined,
  slow: Average | undefined,
): Spec {
  const own = checkedOptions(rule, options);
  const further = furtherOf(options);
  const average = averageOf(further);
  const accumulator = further.gradientAccumulationSteps === undefined ? [] : [ACCUMULATOR];
  const averages = [slow, average].filter((one) => one !== undefined);
  const slots = [...rule.slots(own), ...accumulator, ...averages.map(({ slot }) => slot)];
  return { rule, own, slots, further, average, averages, needs, step };
}
