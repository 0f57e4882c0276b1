/** One step of an optimizer as operations of a program, in Keras' order. */
import type { Graph } from '../graph/graph.ts';
import * as update from '../graph/operations/update.ts';
import type { FurtherOptions } from './options.ts';
import { ACCUMULATOR, type ParameterBlock, type RowUpdates, type Slotted } from './slots.ts';
import type { Evaluation, Step } from './step.ts';

/** An average of the weights (assembly/optimizers/average.ts). */
export interface Average {
  readonly slot: string;
  readonly momentum: number;
  /** Every so many iterations the weights become the average; 0 for never. */
  readonly overwrite: number;
  /** Averages only then: the slow weights of Lookahead. */
  readonly sync: boolean;
}

/** The exponential moving average that `useEma` asks for. */
export const averageOf = ({
  useEma,
  emaMomentum = 0,
  emaOverwriteFrequency = 0,
}: FurtherOptions): Average | undefined =>
  useEma === true
    ? { slot: 'average', momentum: emaMomentum, overwrite: emaOverwriteFrequency, sync: false }
    : undefined;

/** The properties of an optimizer that a step needs. */
export interface Stepping extends Slotted {
  readonly name: string;
  readonly spec: Slotted['spec'] & {
    readonly averages: readonly Average[];
    readonly step: Step | undefined;
  };
  readonly clipvalue: number | undefined;
  readonly clipnorm: number | undefined;
  readonly globalClipnorm: number | undefined;
}

/** Records one step over the parameters of `block`: clip the gradients, decay the weights, update them, average them, count the step. */
export function recordUpdate(
  graph: Graph,
  optimizer: Stepping,
  state: number,
  block: ParameterBlock,
  rows: readonly RowUpdates[] = [],
  evaluation?: Evaluation,
): void {
  const { name, clipvalue, clipnorm, globalClipnorm, spec } = optimizer;
  const { gradients: g, length: n, runs, pieces } = block;
  const accumulator = spec.slots.indexOf(ACCUMULATOR);
  if (accumulator >= 0)
    for (const { gradient, length, slots } of runs) {
      const places = { g: gradient, s: slots[accumulator] ?? 0, n: length };
      graph.add(update.accumulateGradients, ACCUMULATOR, {}, { state, ...places });
    }
  if (clipvalue !== undefined) graph.add(update.clipValue, 'clipvalue', {}, { g, n, limit: clipvalue });
  if (globalClipnorm !== undefined) update.clipByNorm(graph, 'globalClipnorm', g, n, globalClipnorm, true);
  if (clipnorm !== undefined)
    for (const piece of pieces) update.clipByNorm(graph, 'clipnorm', piece.gradient, piece.length, clipnorm, false);
  graph.add(update.prepareOptimizer, name, {}, { state });
  if (spec.step !== undefined) spec.step(graph, name, state, block, spec.own, evaluation);
  else
    for (const { parameters: w, gradient, length, slots, stride, undecayed } of runs) {
      const places = { w, g: gradient, slots: slots[0] ?? 0, slotStride: stride };
      const numbers = { state, ...places, n: length, undecayed: undecayed ? 1 : 0 };
      graph.add(update.updateParameters, name, {}, numbers);
    }
  for (const row of rows) row.record(state, clipvalue ?? 0);
  for (const { slot, momentum, overwrite, sync } of spec.averages) {
    const k = spec.slots.indexOf(slot);
    for (const { parameters: w, length, slots } of runs) {
      const places = { state, w, a: slots[k] ?? 0, n: length };
      graph.add(update.averageWeights, slot, {}, { ...places, momentum, overwrite, sync: sync ? 1 : 0 });
    }
  }
  graph.add(update.advanceOptimizer, name, {}, { state });
}
