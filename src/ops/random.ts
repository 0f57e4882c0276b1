/** Random numbers inside a recorded function: new ones every step, derived from the seed. */
import { NORMAL, UNIFORM } from '../../assembly/codes.ts';
import { showType } from '../graph/operations/arrays/broadcast.ts';
import { expand } from '../graph/operations/arrays/copy.ts';
import { sample } from '../graph/operations/arrays/random.ts';
import { checkKind, checkNumber, checkOptions } from '../validate.ts';
import { SymbolicValue } from './symbolic.ts';

/** Options of {@link randomNormal}. */
export interface RandomNormalOptions {
  /** Default 0. */
  readonly mean?: number;
  /** Standard deviation. Default 1. */
  readonly stddev?: number;
}

/** Options of {@link randomUniform}. */
export interface RandomUniformOptions {
  /** Lower bound, included. Default 0. */
  readonly minval?: number;
  /** Upper bound, excluded. Default 1. */
  readonly maxval?: number;
}

function drawn(name: string, like: unknown, kind: number, mean: number, deviation: number): SymbolicValue {
  checkKind(like instanceof SymbolicValue, `${name}: like`, 'a symbolic value, which says shape and seed', like);
  const { value, graph } = like;
  const { seeds } = graph;
  if (seeds === undefined)
    throw new Error(`${name}: no seed here: random numbers need the seed of a model or of compileStep`);
  if (!value.rows && graph.batchSize !== 1)
    throw new RangeError(
      `${name}: ${showType(value)} does not depend on the batch; draw in the shape of a value that does`,
    );
  const [seedLow, seedHigh] = seeds;
  const index = graph.draws++;
  const numbers = sample(graph, name, value.shape, { kind, seedLow, seedHigh, index, mean, deviation });
  return new SymbolicValue(value.rows ? numbers : expand(name, numbers, numbers));
}

/**
 * Normal random numbers in the shape of a symbolic value; new ones each step, the same for the same seed. No gradient passes through.
 *
 * @throws TypeError for anything but a symbolic value; Error without a seed.
 * @example
 * ```ts
 * import { ops, type SymbolicValue } from 'simdescent';
 * // a variational autoencoder draws from the mean and the logarithm of the variance
 * const drawn = (mean: SymbolicValue, logVariance: SymbolicValue) =>
 *   ops.add(mean, ops.multiply(ops.exp(ops.multiply(logVariance, 0.5)), ops.randomNormal(mean)));
 * ```
 */
export function randomNormal(like: SymbolicValue, options: RandomNormalOptions = {}): SymbolicValue {
  checkOptions('randomNormal', options, ['mean', 'stddev']);
  const { mean = 0, stddev = 1 } = options;
  checkNumber('mean', mean, Number.NEGATIVE_INFINITY);
  checkNumber('stddev', stddev, 0);
  return drawn('randomNormal', like, NORMAL, mean, stddev);
}

/**
 * Uniform random numbers in the shape of a symbolic value, like {@link randomNormal}.
 *
 * @throws TypeError for anything but a symbolic value; Error without a seed.
 * @example
 * ```ts
 * import { ops, type SymbolicValue } from 'simdescent';
 * const noisy = (x: SymbolicValue) => ops.add(x, ops.randomUniform(x, { minval: -0.1, maxval: 0.1 }));
 * ```
 */
export function randomUniform(like: SymbolicValue, options: RandomUniformOptions = {}): SymbolicValue {
  checkOptions('randomUniform', options, ['minval', 'maxval']);
  const { minval = 0, maxval = 1 } = options;
  checkNumber('minval', minval, Number.NEGATIVE_INFINITY);
  checkNumber('maxval', maxval, minval);
  return drawn('randomUniform', like, UNIFORM, minval, maxval - minval);
}
