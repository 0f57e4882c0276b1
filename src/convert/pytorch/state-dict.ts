/** State dicts of PyTorch as safetensors. */
import { readSafetensors, writeSafetensors } from '../../model/safetensors.ts';
import { bytesOf, checkOptions, sameShape, show, showShape } from '../../validate.ts';
import { type ArrayOf, describe, fileOf, floatsOf, networkOf } from '../described.ts';
import type { Savable } from '../savable.ts';
import { fromTorch, type Layout, layoutOf, toTorch } from './arrays.ts';
import { featureOrders } from './feature-orders.ts';

/** Options of {@link fromPytorch}. */
export interface FromPytorchOptions {
  /**
   * Modules of PyTorch by the layers of the model: `{ dense: 'fc1', 'encoder/dense': 'encoder.fc' }`. Default: modules with the names of the layers;
   * or, if all modules are numbered as in `nn.Sequential`, those numbers in order.
   */
  readonly modules?: Readonly<Record<string, string>>;
}

interface Part {
  /** Name of the layer. */
  readonly path: string;
  readonly weights: readonly { readonly own: string; readonly shape: readonly number[]; readonly layout: Layout }[];
}

/** Layers with weights, and how PyTorch has those. */
function partsOf(config: Parameters<typeof networkOf>[0]): readonly Part[] {
  const network = networkOf(config);
  const orders = featureOrders(network);
  return network.leaves.flatMap(({ layer, path }) => {
    if (layer.weights.length === 0) return [];
    const weights = layer.weights.map(({ name, shape }) => ({
      own: `${path}/${name}`,
      shape,
      layout: layoutOf(layer, name, shape, orders.get(layer)),
    }));
    return [{ path, weights }];
  });
}

/** `features.0.weight` is of the module `features.0`. */
const moduleOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));

/** The module of each layer. */
function modulesFor(parts: readonly Part[], names: readonly string[], given: Readonly<Record<string, string>>) {
  const modules = [...new Set(names.map(moduleOf))];
  const unknown = Object.keys(given).find((path) => !parts.some((part) => part.path === path));
  if (unknown !== undefined)
    throw new RangeError(
      `modules names the layer ${show(unknown)}; layers with weights are ${show(parts.map(({ path }) => path))}`,
    );
  const named = new Map(
    parts.map(({ path }) => [
      path,
      (Object.hasOwn(given, path) ? given[path] : undefined) ?? path.replaceAll('/', '.'),
    ]),
  );
  if ([...named.values()].every((name) => modules.includes(name))) return named;
  const numbers = modules.map((name) =>
    /^(\w+\.)?\d+$/.test(name) ? Number(name.slice(name.lastIndexOf('.') + 1)) : Number.NaN,
  );
  const prefixes = new Set(modules.map(moduleOf));
  // as numbers: 10 comes behind 2
  if (
    Object.keys(given).length === 0 &&
    prefixes.size === 1 &&
    numbers.every(Number.isInteger) &&
    modules.length === parts.length
  ) {
    const sorted = modules.map((name, i) => ({ name, number: numbers[i] ?? 0 })).sort((a, b) => a.number - b.number);
    return new Map(parts.map(({ path }, i) => [path, sorted[i]?.name ?? '']));
  }
  const lacking = parts.find(({ path }) => !modules.includes(named.get(path) ?? ''));
  throw new RangeError(
    `no module of the state dict is known to be layer ${show(lacking?.path)}: say modules: { ${show(lacking?.path)}: … }, one of ${show(modules)}`,
  );
}

/**
 * A model with the weights of a PyTorch state dict, as `safetensors.torch.save_file` writes it: kernels of dense layers and convolutions transposed, and
 * the inputs of a dense layer behind a flatten in the order of channels last. Returns a file for `loadModel`.
 *
 * PyTorch's normalizations have an epsilon of 1e-5: the model must say so.
 *
 * @param bytes the file
 * @param model a model with the same layers; it is not changed
 * @throws RangeError for layers whose module is not known, for weights that are missing, left over, of other shapes or not float32.
 * @example
 * ```ts
 * import { files, layers, loadModel, sequential } from 'simdescent';
 * import { fromPytorch } from 'simdescent/convert';
 * const model = sequential([
 *   layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
 *   layers.flatten(),
 *   layers.dense({ units: 10 }),
 * ]);
 * const modules = { conv2d: 'features.0', dense: 'head' };
 * const load = async (path: string) => loadModel(await fromPytorch(await files.read(path), model, { modules }));
 * ```
 */
export async function fromPytorch(
  bytes: ArrayBufferView | ArrayBufferLike,
  model: Savable,
  options: FromPytorchOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkOptions('fromPytorch', options, ['modules']);
  const { config } = await describe(model);
  const parts = partsOf(config);
  // a counter of batch normalization, the one array that is not float32
  const { arrays } = readSafetensors(bytesOf('the file of fromPytorch', bytes), 'the state dict', (name) =>
    name.endsWith('num_batches_tracked'),
  );
  const modules = modulesFor(parts, [...arrays.keys()], options.modules ?? {});
  const left = new Set(arrays.keys());
  const weights = new Map<string, ArrayOf>();
  for (const { path, weights: all } of parts)
    for (const { own, shape, layout } of all) {
      const name = `${modules.get(path)}.${layout.name}`;
      const found = arrays.get(name);
      if (found === undefined) throw new RangeError(`the state dict has no ${show(name)}, which is ${show(own)}`);
      if (!sameShape(found.shape, layout.shape))
        throw new RangeError(
          `${show(name)}, which is ${show(own)}, must be ${showShape(layout.shape)}, got ${showShape(found.shape)}`,
        );
      if (!left.delete(name)) throw new RangeError(`${show(name)} is the weight of two layers`);
      weights.set(own, { shape, data: fromTorch(floatsOf(found.bytes), layout) });
    }
  if (left.size > 0) throw new RangeError(`no layer of the model has the weights ${show([...left])}`);
  return fileOf({ config, weights });
}

/**
 * The weights of a model as a PyTorch state dict in safetensors, for `load_state_dict(load_file(path))`: modules have the names of layers, `encoder.dense`.
 * Batch normalizations come without `num_batches_tracked`: load with `strict=False`.
 *
 * @param model a model with `save()`, or the bytes that it returns
 * @throws RangeError that names the layer if PyTorch has no module with such weights.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * import { toPytorch } from 'simdescent/convert';
 * const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
 * const file = await toPytorch(model); // dense.weight [1, 2], dense.bias [1]
 * ```
 */
export async function toPytorch(model: Savable): Promise<Uint8Array<ArrayBuffer>> {
  const { config, weights } = await describe(model);
  const arrays = partsOf(config).flatMap(({ path, weights: all }) =>
    all.map(({ own, layout }) => {
      const array = weights.get(own);
      if (array === undefined) throw new Error(`${own} has no numbers`);
      return { name: `${path.replaceAll('/', '.')}.${layout.name}`, ...toTorch(array.data, layout) };
    }),
  );
  return writeSafetensors(arrays, new Map([['format', 'pt']]));
}
