/** One step of an optimizer as operations of a program, in Keras' order. */
import { AVERAGE_ALL, AVERAGE_START, AVERAGE_SYNC } from '../../assembly/optimizers/layout.ts';
import type { Graph } from '../graph/graph.ts';
import * as update from '../graph/operations/update.ts';
import type { FurtherOptions } from './options.ts';

/** Contiguous parameters; their gradients and slots begin `at` floats into their blocks. */
export interface ParameterRun {
  readonly parameters: number;
  readonly at: number;
  readonly length: number;
  /** Excluded from weight decay. */
  readonly undecayed?: boolean;
}

/** Gradients and slots as contiguous blocks, their owner, and the pieces that are clipped one by one. */
export interface ParameterBlock {
  readonly gradients: number;
  readonly slots: number;
  /** Floats of each block. */
  readonly length: number;
  readonly runs: readonly ParameterRun[];
  readonly pieces: readonly { readonly gradient: number; readonly length: number }[];
}

/** The slot of sums of gradients. */
export const ACCUMULATOR = 'gradientAccumulator';

/** An average of the weights (assembly/optimizers/average.ts). */
export interface Average {
  readonly slot: string;
  readonly momentum: number;
  /** Every so many iterations the weights become the average; 0 for never. */
  readonly overwrite: number;
  readonly mode: number;
}

/** The exponential moving average that `useEma` asks for. */
export const averageOf = ({
  useEma,
  emaMomentum = 0,
  emaOverwriteFrequency = 0,
}: FurtherOptions): Average | undefined =>
  useEma === true
    ? { slot: 'average', momentum: emaMomentum, overwrite: emaOverwriteFrequency, mode: AVERAGE_ALL }
    : undefined;

/** The properties of an optimizer that a step needs. */
export interface Stepping {
  readonly name: string;
  readonly spec: {
    readonly slots: readonly string[];
    readonly average: Average | undefined;
  };
  readonly clipvalue: number | undefined;
  readonly clipnorm: number | undefined;
  readonly globalClipnorm: number | undefined;
}

/** Records one step over the parameters of `block`: clip the gradients, decay the weights, update them, average them, count the step. */
export function recordUpdate(graph: Graph, optimizer: Stepping, state: number, block: ParameterBlock): void {
  const { name, clipvalue, clipnorm, globalClipnorm, spec } = optimizer;
  const { gradients: g, slots, length: n, runs, pieces } = block;
  const slotAt = (slot: string, at = 0) => slots + (spec.slots.indexOf(slot) * n + at) * 4;
  const average = (mode: number) => {
    const { slot, momentum, overwrite } = spec.average ?? { slot: '', momentum: 0, overwrite: 0 };
    for (const { parameters: w, at, length } of runs)
      graph.add(
        update.averageWeights,
        slot,
        {},
        {
          ...{ state, w, a: slotAt(slot, at), n: length },
          ...{ momentum, overwrite, mode },
        },
      );
  };
  if (spec.slots.includes(ACCUMULATOR))
    graph.add(update.accumulateGradients, ACCUMULATOR, {}, { state, g, s: slotAt(ACCUMULATOR), n });
  if (clipvalue !== undefined) graph.add(update.clipValue, 'clipvalue', {}, { g, n, limit: clipvalue });
  if (globalClipnorm !== undefined) update.clipByNorm(graph, 'globalClipnorm', g, n, globalClipnorm, true);
  if (clipnorm !== undefined)
    for (const piece of pieces) update.clipByNorm(graph, 'clipnorm', piece.gradient, piece.length, clipnorm, false);
  if (spec.average?.mode === AVERAGE_SYNC) average(AVERAGE_START);
  graph.add(update.prepareOptimizer, name, {}, { state });
  for (const { parameters: w, at, length, undecayed } of runs) {
    const places = { w, g: g + at * 4, slots: slots + at * 4, slotStride: n * 4 };
    const numbers = { state, ...places, n: length, undecayed: undecayed === true ? 1 : 0 };
    graph.add(update.updateParameters, name, {}, numbers);
  }
  if (spec.average !== undefined) average(spec.average.mode);
  graph.add(update.advanceOptimizer, name, {}, { state });
}
