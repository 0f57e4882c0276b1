import { full } from '../engine/full.ts';
import { arithmetic } from '../graph/operations/arrays/arithmetic.ts';
import { permute } from '../graph/operations/arrays/copy.ts';
import { sumOver } from '../graph/operations/arrays/moments.ts';
import { multiplied } from '../graph/operations/arrays/products.ts';
import { muonRule } from './facts/muon.ts';
import { type Optimizer, optimizerBy } from './optimizer.ts';
import type { OptimizerOptions } from './options.ts';
import { type Between, inPasses } from './passes.ts';

/** x, a matrix, made nearly orthogonal: all its singular values between 0.7 and 1.2. */
const newtonSchulz: Between = (_, label, x, own) => {
  const { nsSteps = 5, muonA = 0, muonB = 0, muonC = 0 } = own as Readonly<Record<string, number>>;
  const { add, divide, multiply, square, sqrt } = arithmetic(label);
  const [rows = 1, cols = 1] = x.shape;
  const wide = rows <= cols;
  const norm = add(sqrt(sumOver(label, square(x), [0, 1])), 1e-7);
  let y = divide(x, norm);
  // the smaller of both products
  if (!wide) y = permute(label, y, [1, 0]);
  for (let step = 0; step < nsSteps; step++) {
    const a = multiplied(label, y, y, { transposeA: false, transposeB: true });
    const b = add(multiply(a, muonB), multiply(multiplied(label, a, a, PLAIN), muonC));
    y = add(multiply(y, muonA), multiplied(label, b, y, PLAIN));
  }
  return wide ? y : permute(label, y, [1, 0]);
};
const PLAIN = { transposeA: false, transposeB: false };

/** Options of {@link muon}. */
export interface MuonOptions extends OptimizerOptions {
  /** Share of the last momentum. Default 0.95. */
  readonly momentum?: number;
  /** Looks ahead. Default true. */
  readonly nesterov?: boolean;
  /** Size of the elements of a step, relative to the learning rate; 0 leaves the matrix orthogonal. Default 0.2. */
  readonly rmsRate?: number;
  /** Of AdamW. Default 0.9. */
  readonly adamBeta1?: number;
  /** Of AdamW. Default 0.999. */
  readonly adamBeta2?: number;
  /** Of AdamW. Default 1e-7. */
  readonly epsilon?: number;
  /** Decay of the weights that go by AdamW. Default 0.004. */
  readonly adamWeightDecay?: number;
  /** Their learning rate, as a multiple of the others'. Default 1. */
  readonly adamLearningRateRatio?: number;
  /** Newton-Schulz steps, an integer. Default 5. */
  readonly nsSteps?: number;
  /** Coefficient of X. Default 3.4445. */
  readonly muonA?: number;
  /** Coefficient of A. Default -4.775. */
  readonly muonB?: number;
  /** Coefficient of A A. Default 2.0315. */
  readonly muonC?: number;
  /** Weights that go by AdamW: those with one of these strings in their names, as `output` in `output/kernel`. Default none. */
  readonly excludeLayers?: readonly string[];
}

/**
 * Muon (Jordan et al. 2024): the momentum of a matrix, made nearly orthogonal by five Newton-Schulz steps, so that all its directions move equally far. Keras' `Muon`. Matrices have the slot
 * `momentum`:
 *
 *     m = momentum m + g;  u = g + momentum m           without nesterov u = m
 *     X = u / (‖u‖ + 1e-7);  X = muonA X + (muonB A + muonC A A) X,  A = X Xᵀ        nsSteps times
 *     w -= learningRate rmsRate √max(rows, columns) X
 *
 * All other weights, and those named in `excludeLayers`, go by AdamW, with the slots `momentum` and `velocity`. Exclude the output layer. The products take as long as
 * those of a batch of thousands: for large batches, or where steps are few.
 *
 * @example
 * ```ts
 * import { optimizers } from 'simdescent';
 * const optimizer = optimizers.muon({ learningRate: 0.02, excludeLayers: ['output'] });
 * ```
 */
export const muon = (options: MuonOptions = {}): Optimizer =>
  optimizerBy(muonRule, options, full, inPasses(muonRule, newtonSchulz));
