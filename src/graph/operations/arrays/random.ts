import * as words from '../../../../assembly/words/random-fill.ts';
import { full } from '../../../engine/full.ts';
import { sizeOf } from '../../../validate.ts';
import type { Graph, Value } from '../../graph.ts';
import { operation, type Shape } from '../../operation.ts';

/** y = numbers that follow from the seed, the step and `index`, for each row of the batch. */
const randomFill = /* @__PURE__ */ operation(
  words,
  { outputs: ['y'] },
  {
    name: 'randomFill',
    needs: full,
    floats: ['mean', 'deviation'],
    shape: (_, { n }) => ({ y: { shape: [n], rows: true } }),
    cost: ({ n }, rows) => rows * n * 4,
    gradient: () => ({}),
  },
);

/** The source of a graph's random numbers: a seed, and a number for each operation that draws. */
export interface Stream {
  readonly kind: number;
  readonly seedLow: number;
  readonly seedHigh: number;
  readonly index: number;
  readonly mean: number;
  readonly deviation: number;
}

/** Random numbers of `shape` for each row of the batch. */
export function sample(graph: Graph, label: string, shape: Shape, stream: Stream): Value {
  return graph.view(graph.add(randomFill, label, {}, { n: sizeOf(shape), ...stream }).y, shape);
}
