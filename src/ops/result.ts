import type { Graph, Value } from '../graph/graph.ts';
import { checkKind, sameShape, showShape } from '../validate.ts';
import { SymbolicValue } from './symbolic.ts';

/** A function's result for a weight. @throws TypeError, Error or RangeError for anything but one number. */
export function numberOf(label: string, graph: Graph, result: unknown): Value {
  const value = valueBehind(label, graph, result);
  if (value.rows || value.size !== 1)
    throw new RangeError(`${label}: expected one number, got ${String(result)}; apply ops.sum`);
  return graph.view(value, []);
}

/** A function's result in the place of a weight. @throws TypeError, Error or RangeError for anything but a value of its shape. */
export function fixedOf(label: string, graph: Graph, result: unknown, shape: readonly number[]): Value {
  const value = valueBehind(label, graph, result);
  if (value.rows || !sameShape(value.shape, shape))
    throw new RangeError(`${label}: expected ${showShape(shape)}, got ${String(result)}`);
  return value;
}

/** A function's result for a layer, or, with `scalar` allowed, for a loss. @throws TypeError, Error or RangeError for anything but one result for each sample. */
export function resultOf(label: string, graph: Graph | undefined, result: unknown, scalar = false): Value {
  const value = valueBehind(label, graph, result);
  if (!value.rows && !(scalar && value.size === 1))
    throw new RangeError(`${label}: the result must have the batch as its first axis, got ${String(result)}`);
  return value;
}

function valueBehind(label: string, graph: Graph | undefined, result: unknown): Value {
  checkKind(
    result instanceof SymbolicValue,
    `the result of ${label}`,
    'a symbolic value, made of its input by ops',
    result,
  );
  if (result.graph !== graph)
    throw new Error(
      `${label}: the result belongs to another recording; a symbolic value cannot be kept from one call to the next`,
    );
  return result.value;
}
