/** Which stored array is which weight, where files name layers. */
import type { ModelConfig } from '../model/config.ts';
import { show } from '../validate.ts';
import { type ArrayOf, networkOf } from './described.ts';

/** The class of each layer, by its path. */
export const classesOf = (config: ModelConfig): ReadonlyMap<string, string> =>
  new Map(networkOf(config).leaves.map(({ layer, path }) => [path, layer.kind]));

/**
 * The array of a layer's weight. Its name is `LAYER/WEIGHT`; some writers put the names of models before it, others only of the innermost.
 *
 * @throws RangeError if there is none, or more than one
 */
export function findByName(
  stored: ReadonlyMap<string, ArrayOf>,
  path: string,
  weights: readonly [string, ...string[]],
): { readonly name: string; readonly array: ArrayOf } {
  const full = `${path}/${weights[0]}`;
  const layer = path.slice(path.lastIndexOf('/') + 1);
  const names = [path, layer].flatMap((one) => weights.map((weight) => `${one}/${weight}`));
  for (const wanted of names) {
    const direct = stored.get(wanted);
    if (direct !== undefined) return { name: wanted, array: direct };
  }
  for (const wanted of names) {
    const all = [...stored].filter(([name]) => name.endsWith(`/${wanted}`));
    // groups of HDF5 are named by the outermost layer
    const within = all.filter(([name]) => name.startsWith(`${path.split('/')[0]}/`));
    const found = all.length > 1 && within.length > 0 ? within : all;
    const [first] = found;
    if (found.length === 1 && first !== undefined) return { name: first[0], array: first[1] };
    if (found.length > 1)
      throw new RangeError(`several arrays may be the weight ${show(full)}: ${show(found.map(([name]) => name))}`);
  }
  throw new RangeError(`there is no array for the weight ${show(full)}`);
}
