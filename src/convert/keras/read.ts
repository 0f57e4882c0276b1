/** Reads models and weights of Keras. */
import type { ModelConfig } from '../../model/config.ts';
import { parseJson } from '../../model/json.ts';
import { bytesOf, show, sizeOf } from '../../validate.ts';
import { type ArrayOf, collect, describe, fileOf, networkOf, weightsOf } from '../described.ts';
import { Hdf5File, type Hdf5Group } from '../hdf5/read.ts';
import { fields, items, jsonFrom } from '../refusal.ts';
import type { Savable } from '../savable.ts';
import { classesOf, findByName } from '../weight-names.ts';
import { kerasOf, weightNames } from './classes.ts';
import { type Dialect, KERAS_2, KERAS_3 } from './dialect.ts';
import { groupsOf, type Listed } from './groups.ts';
import { modelFrom } from './read-model.ts';
import { unpackKeras } from './zip.ts';

type Find = Parameters<typeof collect>[1];
type Weight = Parameters<Find>[0];

const dialectOf = (version: unknown): Dialect => (/^[012]\./.test(String(version)) ? KERAS_2 : KERAS_3);

/** The layers of a model that Keras has written, in its order. */
function listed(model: unknown): readonly Listed[] {
  const { layers } = fields('the model', fields('the model', model).config);
  return items('layers', layers).map((one) => {
    const { class_name: className, config, name = fields('a layer', config).name } = fields('a layer', one);
    const own = { className: String(className), name: String(name) };
    return ['Sequential', 'Functional'].includes(own.className) ? { ...own, within: listed(one) } : own;
  });
}

/** The same of a description of ours. */
function listedOfOurs({ config }: ModelConfig): readonly Listed[] {
  return config.layers.map(({ className, config: options }) => {
    if (className !== 'model') return { className: kerasOf(className) ?? className, name: String(options.name) };
    const model = options.model as unknown as ModelConfig;
    const kind = model.className === 'sequential' ? 'Sequential' : 'Functional';
    return { className: kind, name: model.config.name, within: listedOfOurs(model) };
  });
}

/** Where a layer's weights are numbered: by the groups of Keras 3. */
function byGroups(
  root: Hdf5Group,
  groups: ReadonlyMap<string, readonly string[]>,
  counts: ReadonlyMap<string, number>,
): Find {
  const next = new Map<string, number>();
  return ({ name, layer }: Weight) => {
    const path = groups.get(layer);
    let group = root;
    for (const one of [...(path ?? []), 'vars']) {
      if (!group.has(one))
        throw new RangeError(`the weights of layer ${show(layer)} are missing: no ${show(path?.join('/') ?? layer)}`);
      group = group.group(one);
    }
    const expected = counts.get(layer) ?? 0;
    if (group.names.length !== expected)
      throw new RangeError(
        `layer ${show(layer)} has ${expected} weights, but ${show(group.path)} holds ${group.names.length}`,
      );
    const index = next.get(layer) ?? 0;
    next.set(layer, index + 1);
    const array = group.array(String(index));
    if (array === undefined) throw new RangeError(`there is no array for the weight ${show(name)}`);
    return array;
  };
}

/** Groups by the paths of layers, from the names that newer files of Keras 3 keep beside the weights; those of older ones are empty. */
function namedGroups(
  root: Hdf5Group,
  path = '',
  at: readonly string[] = [],
  found = new Map<string, readonly string[]>(),
): ReadonlyMap<string, readonly string[]> {
  if (at.length > 100) throw new RangeError('the groups of the HDF5 file are more than 50 deep');
  if (!root.has('layers')) return found;
  const layers = root.group('layers');
  for (const one of layers.names) {
    const group = layers.group(one);
    const name = group.has('vars') ? group.group('vars').attribute('name') : undefined;
    if (name === undefined) continue;
    found.set(path + name, [...at, 'layers', one]);
    namedGroups(group, `${path + name}/`, [...at, 'layers', one], found);
  }
  return found;
}

/** Where the weights of our model are in a file that does not describe its own. */
function groupsFor(root: Hdf5Group, config: ModelConfig): ReadonlyMap<string, readonly string[]> {
  const named = namedGroups(root);
  const weighted = [...countsOf(config).keys()];
  if (weighted.every((layer) => named.has(layer))) return named;
  if (config.className === 'sequential') return groupsOf(listedOfOurs(config));
  const lacking = weighted.find((layer) => !named.has(layer)) ?? '';
  throw new RangeError(
    `the file names no layer ${show(lacking)}, and only stacks of layers can be told apart by their order: give the layers the names that they have in Keras, or convert its .keras file`,
  );
}

/** All arrays below a group, by their paths; `:0` of TensorFlow 1 is cut off. */
function arraysBelow(group: Hdf5Group, path = '', depth = 0, found = new Map<string, ArrayOf>()): Map<string, ArrayOf> {
  if (depth > 50) throw new RangeError('the groups of the HDF5 file are more than 50 deep');
  for (const name of group.names) {
    // how many samples a normalization has seen, an integer
    if (/^count(:0)?$/.test(name) && !group.isGroup(name)) continue;
    const own = path === '' ? name : `${path}/${name}`;
    if (group.isGroup(name)) arraysBelow(group.group(name), own, depth + 1, found);
    else found.set(own.replace(/:0$/, ''), group.array(name));
  }
  return found;
}

/** By the names of layers and weights, as Keras 2 and legacy files of Keras 3 have them. */
function byNames(root: Hdf5Group, config: ModelConfig): Find {
  const classes = classesOf(config);
  const arrays = arraysBelow(root);
  return ({ name, layer }: Weight) =>
    findByName(arrays, layer, weightNames(classes.get(layer) ?? '', name.slice(layer.length + 1))).array;
}

/** Statistics that were given to a normalization are in its description alone. */
function orGiven(config: ModelConfig, find: Find): Find {
  const options = new Map(networkOf(config).leaves.map(({ layer, path }) => [path, layer.toConfig().config]));
  return (weight: Weight) => {
    const { name, layer, shape } = weight;
    const numbers = options.get(layer)?.[name.slice(layer.length + 1)];
    if (!Array.isArray(numbers)) return find(weight);
    const at = (i: number) => Number(numbers[numbers.length === 1 ? 0 : i]);
    return { shape, data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => at(i)) };
  };
}

/** How files begin. */
const ZIP = 0x50;
const HDF5 = 0x89;

/** How many weights each layer has. */
function countsOf(config: ModelConfig): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { layer } of weightsOf(config)) counts.set(layer, (counts.get(layer) ?? 0) + 1);
  // it also counts the samples that it has seen
  for (const [layer, kind] of classesOf(config)) if (kind === 'normalization') counts.set(layer, 3);
  return counts;
}

/**
 * Reads a model of Keras: a `.keras` file of Keras 3, or a whole model as `.h5`, of Keras 2 too. Returns a file for `loadModel`; the optimizer's
 * state is left out.
 *
 * @param bytes the file
 * @throws RangeError for layers that this library lacks, for weights that do not fit and for HDF5 of a kind that Keras does not write; SyntaxError
 * or TypeError for what is no model.
 * @example
 * ```ts
 * import { files, loadModel } from 'simdescent';
 * import { fromKeras } from 'simdescent/convert';
 * const load = async (path: string) => loadModel(await fromKeras(await files.read(path)));
 * ```
 */
export async function fromKeras(bytes: ArrayBufferView | ArrayBufferLike): Promise<Uint8Array<ArrayBuffer>> {
  const file = bytesOf('the file of fromKeras', bytes);
  if (file[0] !== ZIP && file[0] !== HDF5)
    throw new RangeError(
      `expected a .keras file, which is a zip, or an HDF5 file, got ${file.length} bytes that are neither`,
    );
  if (file[0] === HDF5) return fromLegacy(new Hdf5File(file).root);
  const parts = unpackKeras(file);
  const part = (name: string) => jsonFrom(name, parts.get(name) ?? new Uint8Array(0));
  const model = part('config.json');
  const { keras_version: version } = fields('metadata.json', part('metadata.json'));
  const config = modelFrom(model, dialectOf(version));
  const { root } = new Hdf5File(parts.get('model.weights.h5') ?? new Uint8Array(0));
  return fileOf({
    config,
    weights: collect(config, orGiven(config, byGroups(root, groupsOf(listed(model)), countsOf(config)))),
  });
}

function fromLegacy(root: Hdf5Group): Promise<Uint8Array<ArrayBuffer>> {
  const text = root.attribute('model_config');
  if (text === undefined || !root.has('model_weights'))
    throw new RangeError(
      'the HDF5 file holds weights without their model: use fromKerasWeights with a model that they fit',
    );
  const weights = root.group('model_weights');
  const version = root.attribute('keras_version') ?? weights.attribute('keras_version');
  const config = modelFrom(parseJson(text, 'model_config'), dialectOf(version));
  return fileOf({ config, weights: collect(config, orGiven(config, byNames(weights, config))) });
}

/**
 * A model with the weights of a `.weights.h5` file of Keras 3, or of a legacy `.h5` file. Layers are found by their names; those of a stack, if the names
 * are others, by classes and order, as Keras finds them. Returns a file for `loadModel`.
 *
 * @param bytes the file
 * @param model a model whose layers the weights are for; it is not changed
 * @throws RangeError for weights that are missing or do not fit, and for HDF5 of a kind that Keras does not write.
 * @example
 * ```ts
 * import { files, layers, loadModel, sequential } from 'simdescent';
 * import { fromKerasWeights } from 'simdescent/convert';
 * const model = sequential([layers.dense({ units: 10, inputShape: [4] })]);
 * const load = async (path: string) => loadModel(await fromKerasWeights(await files.read(path), model));
 * ```
 */
export async function fromKerasWeights(
  bytes: ArrayBufferView | ArrayBufferLike,
  model: Savable,
): Promise<Uint8Array<ArrayBuffer>> {
  const { root } = new Hdf5File(bytesOf('the file of fromKerasWeights', bytes));
  const { config } = await describe(model);
  const weights = root.has('model_weights') ? root.group('model_weights') : root;
  const find = root.has('layers')
    ? byGroups(root, groupsFor(root, config), countsOf(config))
    : byNames(weights, config);
  return fileOf({ config, weights: collect(config, find) });
}
