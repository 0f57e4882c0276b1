import { SEARCH_BYTES } from '../../assembly/optimizers/layout.ts';
import { full } from '../engine/full.ts';
import { lbfgsDirection, lineSearch, moveAlong } from '../graph/operations/search.ts';
import { copy } from '../graph/operations/sum.ts';
import { lbfgsRule } from './facts/lbfgs.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';
import type { Step } from './step.ts';

/** A direction, and evaluations along it until the search has found a length. */
const lbfgsStep: Step = (graph, name, state, { gradients: g, length: n, runs }, own, evaluation) => {
  if (evaluation === undefined) throw new Error(`${name} needs a loss`);
  const { total, value, again } = evaluation;
  const [{ slots: [slots = 0] = [], stride: slotStride } = { stride: 0 }] = runs;
  const search = graph.block(SEARCH_BYTES + 8 * Number(own.historySize));
  const start = graph.block(4 * n);
  const numbers = { state, g, n, search, total, value };
  const moves = runs.map(({ parameters: w, gradient, length }) => {
    const at = gradient - g;
    copy(graph, name, graph.memory([length], w)).address = start + at;
    return { w, x: start + at, d: slots + at, n: length, search };
  });
  graph.add(lbfgsDirection, name, {}, { ...numbers, slots, slotStride });
  for (const move of moves) graph.add(moveAlong, name, {}, { ...move, last: 0 });
  again();
  graph.add(lineSearch, name, {}, { ...numbers, d: slots });
  for (const move of moves) graph.add(moveAlong, name, {}, { ...move, last: 1 });
};

/**
 * Options of {@link lbfgs}. Its `learningRate`, default 1, is the first length that a search tries. There is no decay, clipping or accumulation: the search needs the loss
 * and its own gradients, so penalties belong into the loss (`kernelRegularizer`).
 */
export interface LbfgsOptions
  extends Pick<OptimizerOptions, 'learningRate' | 'useEma' | 'emaMomentum' | 'emaOverwriteFrequency'> {
  /** Changes of weights and gradients to keep, from 1 to 100; each takes twice the memory of the weights. Default 10. */
  readonly historySize?: number;
  /** Does not move where no element of the gradient is larger. Default 1e-7. */
  readonly toleranceGradient?: number;
  /** Does not move where the slope along the direction is no steeper, and ends a search whose last two points are closer. Default 1e-9. */
  readonly toleranceChange?: number;
  /** Share of the slope by which the loss has to fall, below 1. Default 1e-4. */
  readonly sufficientDecrease?: number;
  /** Share of the slope that may be left, below 1: small values search longer. Default 0.9. */
  readonly curvature?: number;
  /** Lengths that a search tries at most after the first. Default 25. */
  readonly maxSearchSteps?: number;
}

/**
 * L-BFGS with a line search (Liu & Nocedal 1989): Newton's method whose Hessian is estimated from the last changes of weights and gradients. PyTorch's
 * `LBFGS` with `max_iter=1` and `line_search_fn='strong_wolfe'`. All weights are one vector; slots `direction`, `gradient`, and `step1`, `change1`, `step2`, ... for each pair, the newest first:
 *
 *     s = the last step;  y = g - the gradients before it                kept if yᵀs > 1e-10
 *     d = -H g                                                           H: the two loops over the pairs, from yᵀs / yᵀy of the newest
 *     w += t d,   f(w + t d) ≤ f(w) + sufficientDecrease t gᵀd  and  |g(w + t d)ᵀ d| ≤ curvature |gᵀd|
 *
 * The search begins at `t = learningRate`, without pairs at `learningRate min(1, 1 / Σ|g|)`, goes further or closer by cubic polynomials, and evaluates loss and gradients of the same batch at each
 * length, with the same dropout masks. A step therefore takes two passes of the batch or more, and its loss never rises.
 *
 * For small problems whose data fit into one batch: `fit` with `batchSize` at least the number of samples, or `compileStep`. There it needs tens of steps where first-order optimizers need thousands.
 * Changes of gradients between different batches are noise, so it is not for mini-batches. Losses are sums in float64 of float32 losses of rows; once the loss cannot be told from
 * that of the step before, searches find nothing better and the weights stay. For models and `compileStep`.
 *
 * @throws RangeError for options out of range, and for decay, clipping and accumulation.
 * @example
 * ```ts
 * import { layers, optimizers, sequential } from 'simdescent';
 * const x = Array.from({ length: 50 }, (_, i) => [i / 50]);
 * const y = x.map(([a = 0]) => [a * a]);
 * const model = sequential([layers.dense({ units: 8, activation: 'tanh', inputShape: [1] }), layers.dense({ units: 1 })]);
 * model.compile({ optimizer: optimizers.lbfgs(), loss: 'mse' });
 * await model.fit(x, y, { batchSize: 50, epochs: 100 });
 * ```
 */
export const lbfgs = (options: LbfgsOptions = {}): Optimizer => optimizerBy(lbfgsRule, options, full, lbfgsStep);
