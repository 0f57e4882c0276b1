/** What `compile` is given, on its way to the worker: losses, optimizers and functions as descriptions. */
import type { CompileOptions, Config } from '../index.ts';
import { nameOf } from '../registry.ts';
import { isObject, tagOf } from '../validate.ts';

/** Parts by the names of outputs. */
const isByOutput = (value: unknown): boolean => tagOf(value) === 'Object' && !('toConfig' in Object(value));

/** The same with descriptions, also in lists and by the names of outputs. */
function described(value: unknown): unknown {
  if (typeof value === 'function') return { className: 'function', config: { function: nameOf(value) } };
  if (Array.isArray(value)) return value.map(described);
  if (isByOutput(value))
    return Object.fromEntries(Object.entries(Object(value)).map(([name, one]) => [name, described(one)]));
  return isObject(value) && 'toConfig' in value ? (value as { toConfig(): Config }).toConfig() : value;
}

export function describedOptions({
  optimizer = 'rmsprop',
  loss,
  metrics = [],
  weightedMetrics,
  ...rest
}: CompileOptions): object {
  return {
    optimizer: described(optimizer),
    loss: described(loss),
    metrics: described(metrics),
    ...(weightedMetrics !== undefined && { weightedMetrics: described(weightedMetrics) }),
    ...rest,
  };
}

/** Which of the outputs with these names have a loss. */
export const targetsOf = ({ loss }: CompileOptions, names: readonly string[]): readonly string[] =>
  isByOutput(loss) ? names.filter((name) => Object(loss)[name] !== undefined) : names;
