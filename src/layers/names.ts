import { show } from '../validate.ts';
import { Layer } from './layer.ts';

/** Checks the list and returns the names of the layers, those that have none by kind and number: dense, dense_1, ..., unless a name is taken. */
export function namesOf(layers: readonly Layer[]): readonly string[] {
  if (!Array.isArray(layers)) throw new TypeError(`sequential takes an array of layers, got ${show(layers)}`);
  if (layers.length === 0) throw new RangeError('sequential needs at least one layer');
  const seen = new Set<Layer>();
  const taken = new Set<string>();
  for (const [i, layer] of layers.entries()) {
    if (!(layer instanceof Layer)) throw new TypeError(`layer ${i} must come from layers, got ${show(layer)}`);
    const { kind, name } = layer;
    if (seen.has(layer)) throw new Error(`layer ${name || kind} is given twice: a functional model can share it`);
    if (taken.has(name)) throw new RangeError(`two layers are named '${name}'`);
    seen.add(layer);
    if (name !== '') taken.add(name);
  }
  const counts = new Map<string, number>();
  return layers.map(({ kind, name }) => {
    for (;;) {
      const n = counts.get(kind) ?? 0;
      counts.set(kind, n + 1);
      const made = name || (n === 0 ? kind : `${kind}_${n}`);
      if (name !== '' || !taken.has(made)) return made;
    }
  });
}
