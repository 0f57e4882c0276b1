import { show } from '../validate.ts';
import { Layer } from './layer.ts';

/** Checks the list and returns the names of the layers, those that have none by kind and number: dense, dense_1, ... */
export function namesOf(layers: readonly Layer[]): readonly string[] {
  if (!Array.isArray(layers)) throw new TypeError(`sequential takes an array of layers, got ${show(layers)}`);
  if (layers.length === 0) throw new RangeError('sequential needs at least one layer');
  const counts = new Map<string, number>();
  for (const [i, layer] of layers.entries()) {
    if (!(layer instanceof Layer)) throw new TypeError(`layer ${i} must come from layers, got ${show(layer)}`);
    if (layer.owner !== undefined || layers.indexOf(layer) !== i)
      throw new Error(`layer ${layer.name || layer.kind} belongs to a model already`);
  }
  const names = layers.map(({ kind, name }) => {
    const n = counts.get(kind) ?? 0;
    counts.set(kind, n + 1);
    if (name !== '') return name;
    return n === 0 ? kind : `${kind}_${n}`;
  });
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`two layers are named '${twice}'`);
  return names;
}
