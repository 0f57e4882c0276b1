/** Optimizers whose updates need sums over a weight, or over all of them: several passes over the parameters, weight by weight. */
import { SUM_BLOCK } from '../../assembly/codes.ts';
import type { Graph } from '../graph/graph.ts';
import { passParameters, settlePass } from '../graph/operations/update.ts';
import { sizeOf } from '../validate.ts';
import type { ParameterRun, Slotted } from './slots.ts';

/** Bytes of the sums of a block. */
const SUMS = 16;

/**
 * Records the passes. A pass leaves two sums for each block of a weight, which later passes add up in their order; optimizers that need the sums over
 * all weights get them after the pass.
 */
export function recordPasses(
  graph: Graph,
  { name, spec: { rule } }: Slotted & { readonly name: string },
  state: number,
  runs: readonly ParameterRun[],
): void {
  const { passes = 0 } = rule;
  const blocks = runs.map(({ length, shape }) => {
    const cols = shape.at(-1) ?? 1;
    return Math.max(Math.ceil(length / SUM_BLOCK), shape.length > 1 ? sizeOf(shape) / cols : 1);
  });
  const total = blocks.reduce((sum, count) => sum + count, 0);
  const sums = graph.block(passes * total * SUMS);
  for (let pass = 0; pass < passes; pass++) {
    let first = 0;
    for (const [i, { parameters: w, gradient: g, length: n, slots, stride, shape, undecayed }] of runs.entries()) {
      const [rows, cols] = shape.length > 1 ? [shape.at(-2) ?? 1, shape.at(-1) ?? 1] : [1, n];
      const places = { state, pass, w, g, slots: slots.find((at) => at > 0) ?? 0, slotStride: stride, n };
      const matrix = { rows, cols, vector: shape.length > 1 ? 0 : 1, undecayed: undecayed ? 1 : 0 };
      const block = { sums: sums + first * SUMS, sumsStride: total * SUMS };
      graph.add(passParameters, `${name} ${pass + 1}`, {}, { ...places, ...matrix, ...block });
      first += blocks[i] ?? 0;
    }
    if (rule.settles === true)
      graph.add(settlePass, name, {}, { state, pass, sums: sums + pass * total * SUMS, blocks: total });
  }
}
