/**
 * The order in which Keras lists the layers of a functional model, by which it numbers the groups of their weights: those that are farthest from the outputs
 * first, then as a walk from the outputs meets them. Source: `map_graph` in keras/src/ops/function.py.
 */

import type { Written } from './write-layer.ts';
import type { Reference, WrittenCall } from './write-model.ts';

/** The layers of the calls, and names of inputs, in that order. `outputs` are as Keras flattens them: those by name sorted. */
export function kerasOrder(
  inputs: readonly string[],
  calls: readonly WrittenCall[],
  outputs: readonly Reference[],
): readonly (Written | string)[] {
  const byKey = new Map(calls.map((one) => [`${one.layer.config.name}/${one.call}`, one]));
  const callOf = ([name, call]: Reference) => byKey.get(`${name}/${call}`);
  const own = (reference: Reference): Written | string => callOf(reference)?.layer ?? reference[0];
  const met = new Map<Written | string, number>();
  const finished = new Set<string>();
  const decreasing: Reference[] = [];
  // without recursion, because models may be deep; a reference is met when it is opened and finished behind its inputs
  const open: { readonly reference: Reference; next: number }[] = [];
  const push = (reference: Reference) => {
    if (finished.has(`${reference[0]}/${reference[1]}`)) return;
    if (!met.has(own(reference))) met.set(own(reference), met.size);
    open.push({ reference, next: 0 });
  };
  for (const output of outputs) {
    push(output);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const input = callOf(top.reference)?.inputs[top.next++];
      if (input !== undefined) {
        push(input);
        continue;
      }
      open.pop();
      const key = `${top.reference[0]}/${top.reference[1]}`;
      if (finished.has(key)) continue;
      finished.add(key);
      decreasing.push(top.reference);
    }
  }
  const depthOfCall = new Map<string, number>();
  const depthOf = new Map<Written | string, number>(inputs.map((name) => [name, 0]));
  for (const reference of decreasing.reverse()) {
    const key = `${reference[0]}/${reference[1]}`;
    const depth = Math.max(depthOfCall.get(key) ?? 0, depthOf.get(own(reference)) ?? 0);
    depthOf.set(own(reference), depth);
    for (const [name, call] of callOf(reference)?.inputs ?? [])
      depthOfCall.set(`${name}/${call}`, Math.max(depth + 1, depthOfCall.get(`${name}/${call}`) ?? 0));
  }
  return [...depthOf].sort(([a, x], [b, y]) => y - x || (met.get(a) ?? -1) - (met.get(b) ?? -1)).map(([one]) => one);
}
