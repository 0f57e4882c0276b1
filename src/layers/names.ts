import { checkKind, show, tagOf } from '../validate.ts';
import { Layer } from './layer.ts';

/**
 * Checks the list and returns the names of the layers. Layers without one are numbered by kind, as in Keras: dense,
 * dense_1, ...; names in use are skipped.
 */
export function namesOf(layers: readonly Layer[]): readonly string[] {
  checkKind(!((layers as unknown) instanceof Layer), 'layers', 'one array, sequential([first, second])', layers);
  if (!Array.isArray(layers)) throw new TypeError(`sequential takes an array of layers, got ${show(layers)}`);
  if (layers.length === 0) throw new RangeError('sequential needs at least one layer');
  const seen = new Set<Layer>();
  const taken = new Set<string>();
  for (const [i, layer] of layers.entries()) {
    if (!(layer instanceof Layer)) {
      const hint =
        tagOf(layer) === 'SymbolicTensor'
          ? '; a stack takes the shape of its samples from inputShape of the first layer'
          : '';
      throw new TypeError(`layer ${i} must come from layers, got ${show(layer)}${hint}`);
    }
    const { kind, name } = layer;
    if (seen.has(layer)) throw new Error(`layer ${name || kind} is given twice: a functional model can share it`);
    if (taken.has(name)) throw new RangeError(`two layers are named '${name}': give one of them another name`);
    seen.add(layer);
    if (name !== '') taken.add(name);
  }
  const counts = new Map<string, number>();
  return layers.map(({ nameStem, name }) => {
    if (name !== '') return name;
    for (;;) {
      const n = counts.get(nameStem) ?? 0;
      counts.set(nameStem, n + 1);
      const made = n === 0 ? nameStem : `${nameStem}_${n}`;
      if (!taken.has(made)) return made;
    }
  });
}
