/** Penalties on weights or outputs, added to the loss: `l1 * sum |x| + l2 * sum x²` (Keras: no factor of one half). */
import { checkNumber, checkOptions, checkSpelling, show } from './validate.ts';

/** A penalty. Made by {@link l1}, {@link l2} or {@link l1l2}. */
export interface Regularizer {
  /** What the sum of the absolute values is multiplied by. */
  readonly l1: number;
  /** What the sum of the squares is multiplied by. */
  readonly l2: number;
}

/** Names of the regularizers: `l1` and `l2` with strength 0.01; `l1l2` with none, as in Keras. */
export type RegularizerName = 'l1' | 'l2' | 'l1l2';

function make(l1: number, l2: number): Regularizer {
  checkNumber('l1', l1, 0);
  checkNumber('l2', l2, 0);
  return { l1, l2 };
}

/**
 * `strength * sum |x|`; strength 0.01 by default.
 *
 * @example
 * ```ts
 * import { layers, regularizers } from 'simdescent';
 * layers.dense({ units: 10, kernelRegularizer: regularizers.l1(0.001) });
 * ```
 */
export const l1 = (strength = 0.01): Regularizer => make(strength, 0);
/**
 * `strength * sum x²`; strength 0.01 by default.
 *
 * @example
 * ```ts
 * import { layers, regularizers } from 'simdescent';
 * layers.dense({ units: 10, kernelRegularizer: regularizers.l2(0.001) });
 * ```
 */
export const l2 = (strength = 0.01): Regularizer => make(0, strength);

/**
 * Both penalties at once: `l1` and `l2` default to 0, as in Keras.
 *
 * @example
 * ```ts
 * import { layers, regularizers } from 'simdescent';
 * layers.dense({ units: 10, kernelRegularizer: regularizers.l1l2({ l1: 0.001, l2: 0.01 }) });
 * ```
 */
export function l1l2(options: { readonly l1?: number; readonly l2?: number } = {}): Regularizer {
  checkOptions('regularizers.l1l2', options, ['l1', 'l2']);
  return make(options.l1 ?? 0, options.l2 ?? 0);
}

/** As plain JSON. @internal */
export const penaltyOf = (regularizer: Regularizer | undefined): { l1: number; l2: number } | undefined =>
  regularizer && { ...regularizer };

/** @internal */
export function regularizerOf(value: Regularizer | RegularizerName | undefined): Regularizer | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') {
    const name = checkSpelling('regularizer', value, ['l1', 'l2', 'l1l2']);
    return name === 'l1l2' ? undefined : { l1, l2 }[name]();
  }
  if (typeof value !== 'object' || value === null)
    throw new TypeError(`a regularizer must be a name or an object, got ${show(value)}`);
  checkOptions('regularizer', value, ['l1', 'l2']);
  const made = make(value.l1 ?? 0, value.l2 ?? 0);
  return made.l1 === 0 && made.l2 === 0 ? undefined : made;
}
