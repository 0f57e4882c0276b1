/** Steps that optimizers record themselves, in place of the update of each weight. */
import type { Graph } from '../graph/graph.ts';
import type { OptionTable, Values } from './facts/rule.ts';
import type { ParameterBlock } from './slots.ts';

/** The loss of a step's batch, beside its gradients, for optimizers that search. */
export interface Evaluation {
  /** A total that each evaluation adds to, or 0. */
  readonly total: number;
  /** The float32 that each evaluation writes, where there is no total. */
  readonly value: number;
  /** Records loss and gradients once more, for weights that have been changed meanwhile. */
  readonly again: () => void;
}

/** Records a step with the options `own`. */
export type Step = (
  graph: Graph,
  name: string,
  state: number,
  block: ParameterBlock,
  own: Values<OptionTable>,
  evaluation: Evaluation | undefined,
) => void;
