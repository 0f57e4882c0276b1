/** Optimizers whose updates need sums over a weight, or over all of them: several passes over the parameters, weight by weight. */
import { SUM_BLOCK } from '../../assembly/codes.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { copy } from '../graph/operations/sum.ts';
import { passParameters } from '../graph/operations/update.ts';
import { sizeOf } from '../validate.ts';
import type { OptimizerRule, OptionTable, Values } from './facts/rule.ts';
import { aligned } from './slots.ts';
import type { Step } from './step.ts';

/** Records what happens to the matrix x between two passes; gives its new numbers in the same shape. */
export type Between = (graph: Graph, label: string, x: Value, own: Values<OptionTable>) => Value;

/** Bytes of the sums of a block. */
const SUMS = 16;

/**
 * The step of an optimizer with passes. A pass leaves two sums for each block of a weight, which later passes add up in their order: those of the weight, or of all weights together.
 */
export function inPasses(rule: OptimizerRule, between?: Between): Step {
  return (graph, name, state, { runs }, own) => {
    const { passes = 0, together = false } = rule;
    const blocks = runs.map(({ length, shape }) => {
      const rows = shape.length > 1 ? sizeOf(shape) / (shape.at(-1) ?? 1) : 1;
      // those of all weights are added up without gaps
      return Math.max(Math.ceil(length / SUM_BLOCK), together ? 1 : rows);
    });
    const total = blocks.reduce((sum, count) => sum + count, 0);
    // a matrix that goes without the second slot has operations of its own between its passes
    const rooms = runs.map(({ slots, length }) =>
      between !== undefined && slots[rule.slots(own).length - 1] === 0 ? graph.block(aligned(length) * 4) : 0,
    );
    const sums = graph.block(passes * total * SUMS);
    for (let pass = 0; pass < passes; pass++) {
      let first = 0;
      for (const [i, { parameters: w, gradient: g, length: n, slots, stride, shape, undecayed }] of runs.entries()) {
        const [rows, cols] = shape.length > 1 ? [shape.at(-2) ?? 1, shape.at(-1) ?? 1] : [1, n];
        const places = { state, pass, w, g, slots: slots.find((at) => at > 0) ?? 0, slotStride: stride, n };
        const matrix = { rows, cols, vector: shape.length > 1 ? 0 : 1, undecayed: undecayed ? 1 : 0 };
        const block = { sums: sums + (together && pass > 0 ? 0 : first * SUMS), sumsStride: total * SUMS };
        graph.add(passParameters, `${name} ${pass + 1}`, {}, { ...places, ...matrix, ...block, room: rooms[i] ?? 0 });
        first += blocks[i] ?? 0;
      }
      if (pass === 0 && between !== undefined)
        for (const [i, room] of rooms.entries()) {
          if (room === 0) continue;
          const x = between(graph, name, graph.memory(runs[i]?.shape ?? [], room), own);
          copy(graph, name, x).address = room;
        }
    }
  };
}
