/** What a constraint is: constraints.ts has those of Keras. */
import type { Config, JsonObject } from './config.ts';
import type { Value } from './graph/graph.ts';
import type { Shape } from './graph/operation.ts';
import type { SymbolicValue } from './ops/symbolic.ts';
import { nameOf } from './registry.ts';
import { checkKind } from './validate.ts';

/** Changes a weight after each update, so that it keeps to a rule. Made by the functions of `constraints`. */
export interface Constraint {
  /** Name of the function that made it. */
  readonly name: string;
  /** Its options. */
  readonly options: JsonObject;
  /** Refuses weights that it cannot constrain. @internal */
  readonly check: (what: string, shape: Shape) => void;
  /** Records what becomes of a weight. @internal */
  readonly trace: (label: string, weight: Value) => Value;
}

/**
 * A constraint of your own: a function of a weight, made of `ops`, that gives what becomes of it after each update, in the same shape.
 *
 * @example
 * ```ts
 * import { layers, ops, type SymbolicValue } from 'simdescent';
 * const rounded = (w: SymbolicValue) => ops.divide(ops.round(ops.multiply(w, 256)), 256);
 * layers.dense({ units: 2, kernelConstraint: rounded, inputShape: [4] });
 * ```
 */
export type ConstraintFunction = (weight: SymbolicValue) => SymbolicValue;

/** @internal */
export function constraintOf(
  what: string,
  value: Constraint | ConstraintFunction | undefined,
): Constraint | ConstraintFunction | undefined {
  const fits = value === undefined || typeof value === 'function' || typeof Object(value).trace === 'function';
  checkKind(fits, what, 'of constraints, as constraints.nonNeg(), or a function of ops', value);
  return value;
}

/** As plain JSON. @internal */
export const constraintConfig = (
  value: Constraint | ConstraintFunction | undefined,
): (Config & JsonObject) | { function: string } | undefined =>
  typeof value === 'function' ? { function: nameOf(value) } : value && { className: value.name, config: value.options };
