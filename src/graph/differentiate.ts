/** The backward pass of a graph: reverse-mode differentiation, as more operations of the same graph. */
import type { Graph, Value } from './graph.ts';
import { valuesOf } from './graph.ts';
import { add } from './operations/sum.ts';

/**
 * Appends the gradients of `of` (weights, inputs), given the gradients of some values (`seeds`), and returns them; a value
 * that no seed depends on has none.
 *
 * Visits nodes from last to first. A value that is used more than once gets a gradient from each use, added in that
 * order, the last use's first, so the sum does not depend on how the graph was recorded. Nodes before number `from` count as constants.
 */
export function differentiate(
  graph: Graph,
  seeds: ReadonlyMap<Value, Value>,
  of: readonly Value[],
  from = 0,
): ReadonlyMap<Value, Value> {
  const forward = graph.nodes.slice(from);
  const needed = new Set(of);
  for (const { inputs, outputs } of forward)
    if (valuesOf(inputs).some((value) => needed.has(value))) for (const value of valuesOf(outputs)) needed.add(value);

  const gradients = new Map(seeds);
  for (const { operation, label, inputs, outputs, attributes } of forward.reverse()) {
    if (operation.effect === undefined && !valuesOf(inputs).some((value) => needed.has(value))) continue;
    const dy: Record<string, Value> = {};
    for (const [name, value] of Object.entries(outputs)) {
      const gradient = gradients.get(value);
      if (gradient !== undefined && needed.has(value)) dy[name] = gradient;
    }
    if (Object.keys(dy).length === 0 && operation.effect === undefined) continue;
    const wants = (name: string): boolean => {
      const value = inputs[name];
      return value !== undefined && needed.has(value);
    };
    if (operation.gradient === null) {
      if (operation.effect !== undefined) continue;
      throw new Error(`${label}: ${operation.name} has no gradient`);
    }
    const back = operation.gradient({ graph, label, inputs, outputs, attributes, dy, wants } as never);
    for (const [name, gradient] of Object.entries(back)) {
      const value = inputs[name];
      if (gradient === undefined || value === undefined || !needed.has(value)) continue;
      const before = gradients.get(value);
      gradients.set(value, before === undefined ? gradient : add(graph, label, before, gradient));
    }
  }
  return gradients;
}
