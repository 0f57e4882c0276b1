import type { Value } from '../graph/graph.ts';
import { arithmetic, scalar } from '../graph/operations/arrays/arithmetic.ts';
import { sumOver } from '../graph/operations/arrays/moments.ts';
import { copy } from '../graph/operations/sum.ts';
import { checkBoolean, checkKind, checkNumber, checkOptions } from '../validate.ts';
import { Optimizer } from './optimizer.ts';
import type { Ascent } from './spec.ts';

/** Options of {@link sam}. */
export interface SamOptions {
  /** Makes the steps; a multiOptimizer, too. */
  readonly optimizer: Optimizer;
  /** Radius of the neighbourhood, at least 0. Default 0.05; about 2 with `adaptive`. */
  readonly rho?: number;
  /** Measures the neighbourhood in units of each weight (ASAM, Kwon et al. 2021). Default false. */
  readonly adaptive?: boolean;
}

/** Keeps a quotient by a norm of zero finite, as in the PyTorch package. */
const TINY = 1e-12;

/** All numbers of an array added up. */
const sumOf = (x: Value): Value => x.graph.view(sumOver('sam', x, [...x.shape.keys()]), []);

const ascentBy =
  (rho: number, adaptive: boolean): Ascent =>
  (graph, weights, again) => {
    const m = arithmetic('sam');
    const squares = weights.map(({ w, g }) => sumOf(m.square(adaptive ? m.multiply(m.abs(w), g) : g)));
    const norm = m.sqrt(squares.reduce((sum, one) => m.add(sum, one)));
    const scale = m.divide(scalar(graph, rho), m.add(norm, TINY));
    const before = weights.map(({ w }) => copy(graph, 'sam', w));
    for (const { w, g } of weights) {
      const direction = adaptive ? m.multiply(m.square(w), g) : g;
      copy(graph, 'sam', m.add(w, m.multiply(direction, scale))).address = w.address;
    }
    again();
    for (const [i, { w }] of weights.entries()) copy(graph, 'sam', before[i] ?? w).address = w.address;
  };

/**
 * Sharpness-aware minimization (Foret et al. 2021) around any optimizer: a step by the gradient at the worst weights nearby, which leads to flat minima that generalize
 * better. Two passes of a batch in each step, so twice the time. As the PyTorch package `sam` has it:
 *
 *     e = rho g / (‖g‖ + 1e-12)                 adaptive: e = rho w² g / (‖|w| g‖ + 1e-12)
 *     w += e;  g = the gradient there;  w -= e;  the optimizer's step by g
 *
 * The norm is that of all gradients together. Both passes have the same dropout masks and other random numbers, so that the second gradient is that of the function whose
 * slope the first has followed. Losses, metrics and moving statistics of batch normalization are those of the first pass, at the weights of the step. Clipping, decay and
 * accumulation act on the second gradient, which `model.gradients` shows. For models and `compileStep`.
 *
 * @throws TypeError for anything but an optimizer, and for one that is in a sam already; RangeError for a negative rho.
 * @example
 * ```ts
 * import { layers, optimizers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
 * const optimizer = optimizers.sam({ optimizer: optimizers.momentum({ learningRate: 0.1 }), rho: 0.05 });
 * model.compile({ optimizer, loss: 'mse' });
 * ```
 */
export function sam(options: SamOptions): Optimizer {
  checkOptions('optimizers.sam', options, ['optimizer', 'rho', 'adaptive']);
  const { optimizer, rho = 0.05, adaptive = false } = options;
  checkKind(optimizer instanceof Optimizer, 'sam: optimizer', 'made by optimizers', optimizer);
  if (optimizer.ascent !== undefined) throw new TypeError('sam: the optimizer is in a sam already');
  if (optimizer.reevaluates) throw new TypeError(`sam: ${optimizer.name} evaluates gradients at other weights itself`);
  checkNumber('rho', rho, 0);
  checkBoolean('adaptive', adaptive);
  return optimizer.wrapped({ name: 'sam', config: { rho, adaptive }, ascent: ascentBy(rho, adaptive) });
}
