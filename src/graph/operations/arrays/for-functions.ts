/** What a function of the user's own needs beside the operations that it calls. `ops` bring it along, so a model without such functions has none of it. */
import { MAXIMUM, MINIMUM } from '../../../../assembly/codes.ts';
import type { Graph, Value } from '../../graph.ts';
import { penalty } from '../losses.ts';
import { scalar } from './arithmetic.ts';
import { combine } from './binary.ts';
import { expand } from './copy.ts';
import { filled } from './fill.ts';
import { seedOf } from './seed-loss.ts';

export const forFunctions = {
  expand,
  seedOf,

  /** Adds a number to the penalties of the step; returns its gradient, where the way back begins. */
  penalize(graph: Graph, label: string, x: Value): Value {
    // the kernel adds absolute values
    for (const [kind, l1] of [
      [MAXIMUM, 1],
      [MINIMUM, -1],
    ] as const) {
      const part = combine(label, kind, x, scalar(graph, 0));
      graph.add(penalty, label, { w: part }, { gradient: 0, n: 1, l1, l2: 0 });
    }
    return filled(graph, label, x, 1);
  },
};

export type ForFunctions = typeof forFunctions;
