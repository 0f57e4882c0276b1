/** Penalties on weights or outputs, added to the loss: `l1 * sum |x| + l2 * sum x²` (Keras: no factor of one half). */
import type { SymbolicValue } from './ops/symbolic.ts';
import { missing, nameOf, registered } from './registry.ts';
import { checkCalled, checkNumber, checkOptions, checkSpelling, show } from './validate.ts';

/** A penalty. Made by {@link l1}, {@link l2} or {@link l1l2}. */
export interface Regularizer {
  /** Factor of the sum of the absolute values. */
  readonly l1: number;
  /** Factor of the sum of the squares. */
  readonly l2: number;
}

/**
 * A penalty of your own: a function of a weight, made of `ops`, that returns one number to add to the loss.
 *
 * @example
 * ```ts
 * import { layers, ops, type SymbolicValue } from 'simdescent';
 * // rows and columns that are orthogonal cost nothing
 * const orthogonal = (w: SymbolicValue) => {
 *   const gram = ops.matmul(w, w, { transposeA: true });
 *   return ops.sum(ops.square(ops.subtract(gram, [[1, 0], [0, 1]])));
 * };
 * layers.dense({ units: 2, kernelRegularizer: orthogonal, inputShape: [4] });
 * ```
 */
export type RegularizerFunction = (weight: SymbolicValue) => SymbolicValue;

/** Names of the regularizers: `l1` and `l2` with strength 0.01; `l1l2` with none, as in Keras. */
export type RegularizerName = 'l1' | 'l2' | 'l1l2';

function make(l1: number, l2: number): Regularizer {
  for (const [name, strength] of [
    ['l1', l1],
    ['l2', l2],
  ] as const) {
    checkCalled(`regularizers.${name}`, strength);
    checkNumber(name, strength, 0);
  }
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
export const penaltyOf = (
  regularizer: Regularizer | RegularizerFunction | undefined,
): { l1: number; l2: number } | { function: string } | undefined =>
  typeof regularizer === 'function' ? { function: nameOf(regularizer) } : regularizer && { ...regularizer };

/** The penalty of an output, which cannot be a function of weights. @internal */
export function activityRegularizerOf(value: Regularizer | RegularizerName | undefined): Regularizer | undefined {
  const made = regularizerOf(value);
  if (typeof made === 'function')
    throw new TypeError(
      `activityRegularizer must be l1, l2 or both, got ${show(value)}; functions penalize weights alone`,
    );
  return made;
}

/** @internal */
export function regularizerOf(
  value: Regularizer | RegularizerName | RegularizerFunction | undefined,
): Regularizer | RegularizerFunction | undefined {
  if (value === undefined || typeof value === 'function') return value;
  if (typeof value === 'string') {
    const name = checkSpelling('regularizer', value, ['l1', 'l2', 'l1l2']);
    return name === 'l1l2' ? undefined : { l1, l2 }[name]();
  }
  if (typeof value !== 'object' || value === null)
    throw new TypeError(`a regularizer must be a name, an object or a function, got ${show(value)}`);
  if ('function' in value) {
    const name = String(value.function);
    return (registered('regularizer', name) ?? missing('regularizer', name)) as RegularizerFunction;
  }
  checkOptions('regularizer', value, ['l1', 'l2']);
  const made = make(value.l1 ?? 0, value.l2 ?? 0);
  return made.l1 === 0 && made.l2 === 0 ? undefined : made;
}
