import { full } from '../engine/full.ts';
import type { Value } from '../graph/graph.ts';
import { multiplied } from '../graph/operations/arrays/products.ts';
import { eigenbasis, eigenRoom } from '../graph/operations/eigenbasis.ts';
import { copy } from '../graph/operations/sum.ts';
import { passParameters } from '../graph/operations/update.ts';
import { soapRule } from './facts/soap.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';
import { aligned } from './slots.ts';
import type { Step } from './step.ts';

/** The passes over each weight (assembly/optimizers/full/soap.ts), with products of matrices between them, and then the eigenvectors. */
const soapStep: Step = (graph, name, state, { runs }) => {
  for (const { parameters: w, gradient: g, slots, stride: slotStride, length: n, shape, undecayed } of runs) {
    const [m = 0, v = 0, left = 0, right = 0, leftBasis = 0, rightBasis = 0] = slots;
    const [rows = 1, cols = 1] = shape;
    const pass = (number: number, w: number, g: number): void => {
      const one = { rows: 1, cols: n, vector: 1, sums: 0, sumsStride: 0, room: 0 };
      const places = { state, w, g, slots: m, slotStride, n, undecayed: undecayed ? 1 : 0 };
      graph.add(passParameters, `${name} ${number + 1}`, {}, { ...places, ...one, pass: number });
    };
    if (left === 0 && right === 0) {
      pass(3, w, g);
      continue;
    }
    const product = (a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value =>
      multiplied(name, a, b, { transposeA, transposeB });
    const L = left === 0 ? undefined : graph.memory([rows, rows], leftBasis);
    const R = right === 0 ? undefined : graph.memory([cols, cols], rightBasis);
    /** Into the basis, or back. */
    const turned = (x: Value, back: boolean): Value => {
      const y = L === undefined ? x : product(L, x, !back, false);
      return R === undefined ? y : product(y, R, false, back);
    };
    const place = (x: Value, address: number): number => {
      copy(graph, name, x).address = address;
      return address;
    };
    const [one, other] = [graph.block(aligned(n) * 4), graph.block(aligned(n) * 4)];
    pass(0, w, g);
    place(turned(graph.memory(shape, g), false), one);
    place(turned(graph.memory(shape, m), false), other);
    pass(1, other, one);
    place(turned(graph.memory(shape, other), true), one);
    pass(2, w, one);

    const gradient = graph.memory(shape, g);
    for (const [covariance, basis, size, across] of [
      [left, leftBasis, rows, false],
      [right, rightBasis, cols, true],
    ] as const) {
      if (covariance === 0) continue;
      const square = place(product(gradient, gradient, across, !across), graph.block(aligned(size * size) * 4));
      const numbers = { state, covariance, product: square, basis, size, v, rows, cols, across: across ? 1 : 0 };
      graph.add(eigenbasis, name, {}, { ...numbers, room: graph.block(eigenRoom(size)) });
    }
  }
};

/** Options of {@link soap}. `weightDecay` defaults to 0.01. */
export interface SoapOptions extends OptimizerOptions {
  /** Decay of the mean of the gradients. Default 0.95. */
  readonly beta1?: number;
  /** Decay of the mean of their squares. Default 0.95. */
  readonly beta2?: number;
  /** Decay of the means of their products. Default 0, which stands for beta2. */
  readonly beta3?: number;
  /** Added to the divisor. Default 1e-8. */
  readonly epsilon?: number;
  /** Steps from one change of the eigenvectors to the next, an integer. Default 10. */
  readonly preconditionFrequency?: number;
  /** The longest axis that gets eigenvectors, at most 4096; 0 leaves Adam. Default 512. */
  readonly maxPreconditionDim?: number;
}

/**
 * SOAP (Vyas et al. 2024): Adam in the eigenbasis of Shampoo's preconditioner, where its steps for each element fit the curvature. pytorch-optimizer's `SOAP`, at step t, with k = t - 1; of a matrix, with
 * slots `momentum`, `velocity`, `left`, `right`, `leftBasis` and `rightBasis`, m, v, A, B, L and R:
 *
 *     m += (g - m)(1 - beta1);  v += ((Lᵀ g R)² - v)(1 - beta2)
 *     w -= learningRate √(1 - beta2ᵏ) / (1 - beta1ᵏ) L (Lᵀ m R / (√v + epsilon)) Rᵀ
 *     A += (g gᵀ - A)(1 - beta3);  B += (gᵀ g - B)(1 - beta3)
 *     L, R: eigenvectors of A and B, the largest eigenvalue first; every preconditionFrequency steps L = the orthogonal factor of A L, and R
 *
 * The first step only decays: it begins A, B, L and R. Axes longer than `maxPreconditionDim` have no eigenvectors; a matrix of two such axes, and all other weights, go by Adam. Decay comes before
 * each step, as in every optimizer, the package's after all but the first. The basis has float64 arithmetic in one order: equal bits everywhere.
 *
 * For networks of small matrices and batches large enough that gradients say something of the curvature. In each step six products of a matrix with its bases; every tenth step a decomposition of each
 * basis, on one thread, in about the time of n³ / 10⁸ seconds for an axis of n, and at the first step some twenty times that.
 *
 * @throws RangeError for options out of range.
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.soap({ learningRate: 0.003, maxPreconditionDim: 256 });
 * ```
 */
export const soap = (options: SoapOptions = {}): Optimizer => optimizerBy(soapRule, options, full, soapStep);
