/** Operations that a user's function needs beside those it calls. `ops` import them, so a bundle without such functions leaves them out. */
import { MAXIMUM, MINIMUM } from '../../../../assembly/codes.ts';
import type { ForFunctions } from '../../graph.ts';
import { penalty } from '../losses.ts';
import { scalar } from './arithmetic.ts';
import { combine } from './binary.ts';
import { expand } from './copy.ts';
import { filled } from './fill.ts';
import { seedOf } from './seed-loss.ts';

export const forFunctions: ForFunctions = {
  expand,
  seedOf,

  /** Adds a number to the penalties of the step; returns its gradient, with which the backward pass begins. */
  penalize(graph, label, x) {
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
