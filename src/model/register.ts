/** Names of the user's own classes and functions in descriptions. */
import type { ActivationFunction } from '../activations.ts';
import type { ConstraintFunction } from '../constraint.ts';
import type { CustomLayer } from '../layers/custom.ts';
import type { LossFunction } from '../loss.ts';
import type { SymbolicValue } from '../ops/symbolic.ts';
import { type Registered, registerAs } from '../registry.ts';
import type { RegularizerFunction } from '../regularizers.ts';
import { checkOptions } from '../validate.ts';
import { isOurs } from './layers-from.ts';

type LayerClass = abstract new (options: never) => CustomLayer;

/** Exactly one of these is registered. */
export interface Registrable {
  /** A class that extends `CustomLayer`. */
  readonly layer?: LayerClass;
  /** A function given to `layers.lambda`. */
  readonly lambda?: (...args: never[]) => SymbolicValue;
  /** A loss or metric function. */
  readonly loss?: LossFunction;
  /** A regularizer function. */
  readonly regularizer?: RegularizerFunction;
  /** An activation function. */
  readonly activation?: ActivationFunction;
  /** A constraint function. */
  readonly constraint?: ConstraintFunction;
}

/**
 * Names a class or a function of your own in saved models and descriptions. Models that use it can then be loaded, here and in
 * a worker whose own module registers it too. Registering a name again replaces what it meant.
 *
 * @throws RangeError for one of the library's own names, or nothing to register; TypeError for anything but a function or class.
 * @example
 * ```ts
 * import { configs, layers, ops, type SymbolicValue } from 'simdescent';
 * const double = (x: SymbolicValue) => ops.multiply(x, 2);
 * configs.register('double', { lambda: double });
 * configs.layerFrom(layers.lambda(double).toConfig());
 * ```
 */
export function register(name: string, own: Registrable): void {
  checkOptions('configs.register', own, registrable);
  const entries = Object.entries(own) as [Registered, unknown][];
  if (entries.length === 0) throw new RangeError(`configs.register needs one of ${registrable.join(', ')}`);
  if (own.layer !== undefined && isOurs(name))
    throw new RangeError(`'${name}' is a layer of the library: give yours another name`);
  for (const [kind, one] of entries) registerAs(kind, name, one);
}

const registrable: readonly Registered[] = ['layer', 'lambda', 'loss', 'regularizer', 'activation', 'constraint'];
