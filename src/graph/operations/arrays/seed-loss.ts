import * as words from '../../../../assembly/words/seed-loss.ts';
import { full } from '../../../engine/full.ts';
import type { Graph, Value } from '../../graph.ts';
import { operation } from '../../operation.ts';

/** The start of the backward pass through a loss made of operations: the header's scale of the loss, times the weights of the samples. */
const seedLoss = /* @__PURE__ */ operation(
  words,
  { optional: ['weights'], outputs: ['gradient'] },
  {
    name: 'seedLoss',
    needs: full,
    overwrites: {},
    shape: (_, { times }) => ({ gradient: { shape: [times], rows: true } }),
    cost: ({ times }, rows) => rows * times * 0.3,
    gradient: () => ({}),
  },
);

/** The gradient of a batch's loss by the losses of its rows, `times` of each. */
export function seedOf(graph: Graph, label: string, times: number, weights?: Value): Value {
  return graph.add(seedLoss, label, { weights }, { times }).gradient;
}
