import { engineOf, type Runtime } from '../engine/runtime.ts';
import { seedsOf } from '../seeds.ts';
import { checkInteger, checkOptions } from '../validate.ts';

/** Options of {@link sampleOrder}. */
export interface SampleOrderOptions {
  /** The model's seed. Default 0. */
  readonly seed?: number;
  /** Counted from 0. Default 0. */
  readonly epoch?: number;
  /** Default: the shared runtime. */
  readonly runtime?: Runtime;
}

/**
 * The order in which `fit` visits `count` samples in an epoch: a permutation of 0 to count - 1 that depends only on these numbers.
 *
 * @throws RangeError if a number is not an integer, or is out of range
 * @example
 * ```ts
 * import { sampleOrder } from 'simdescent';
 * const order = sampleOrder(60000, { seed: 42, epoch: 3 }); // Int32Array
 * ```
 * @category Models
 */
export function sampleOrder(count: number, options: SampleOrderOptions = {}): Int32Array {
  checkOptions('sampleOrder', options, ['seed', 'epoch', 'runtime']);
  const { seed = 0, epoch = 0 } = options;
  checkInteger('count', count, 1);
  checkInteger('seed', seed, 0);
  checkInteger('epoch', epoch, 0);
  const engine = engineOf(options.runtime);
  const scope = engine.scope();
  try {
    const address = scope.allocate(count * 4);
    engine.core.shuffle(address, count, ...seedsOf(seed), epoch);
    return engine.i32(address, count).slice();
  } finally {
    scope.dispose();
  }
}
