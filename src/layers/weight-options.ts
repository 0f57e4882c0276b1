/** Options of layers about a weight, named after it: `kernelInitializer`, `kernelRegularizer`, `kernelConstraint`. */
import type { JsonObject } from '../config.ts';
import { type Constraint, constraintConfig, constraintOf } from '../constraint.ts';
import { configOf, type InitializerName, initializerOf } from '../initializers.ts';
import { penaltyOf, type RegularizerName, regularizerOf } from '../regularizers.ts';
import type { Weight } from './weights.ts';

/** A weight whose shape is not known yet. */
export type WeightSpec = Pick<Weight, 'name' | 'initializer' | 'regularizer' | 'constraint'>;

/** The names of the options. */
export const optionsOf = (prefix: string): string[] => [
  `${prefix}Initializer`,
  `${prefix}Regularizer`,
  `${prefix}Constraint`,
];

/** The weight `name`, as `options` say; they may be anything. */
export function weightFrom(name: string, options: object, fallback: InitializerName, prefix = name): WeightSpec {
  const given = options as Readonly<Record<string, unknown>>;
  const [initializer = '', regularizer = '', constraint = ''] = optionsOf(prefix);
  const { [initializer]: filling = fallback } = given;
  return {
    name,
    initializer: initializerOf(filling as InitializerName),
    regularizer: regularizerOf(given[regularizer] as RegularizerName | undefined),
    constraint: constraintOf(constraint, given[constraint] as Constraint | undefined),
  };
}

/** The options as plain JSON. */
export function configFrom(
  spec: WeightSpec,
  prefix = spec.name,
): { readonly [key: string]: JsonObject[string] | undefined } {
  const [initializer = '', regularizer = '', constraint = ''] = optionsOf(prefix);
  return {
    [initializer]: configOf(spec.initializer),
    [regularizer]: penaltyOf(spec.regularizer),
    [constraint]: constraintConfig(spec.constraint),
  };
}
