/** Writes models of Keras 3. */
import type { Json } from '../../config.ts';
import { encodeUtf8 } from '../../utf8.ts';
import { type ArrayOf, describe } from '../described.ts';
import { type Tree, writeHdf5 } from '../hdf5/write.ts';
import type { Savable } from '../savable.ts';
import { KERAS_3 } from './dialect.ts';
import { groupNames } from './groups.ts';
import { kerasOrder } from './order.ts';
import type { Written } from './write-layer.ts';
import { isReference, listed, type Reference, type WrittenModel, writtenModel } from './write-model.ts';
import { packKeras } from './zip.ts';

const VERSION = '3.15.1';

const object = (module: string, class_name: string, config: Json) => ({
  module,
  class_name,
  config,
  registered_name: null,
});
const batch = (shape: readonly number[]) => [null, ...shape];

const inputLayer = ({ name, shape }: WrittenModel['inputs'][number]) =>
  object('keras.layers', 'InputLayer', { batch_shape: batch(shape), dtype: 'float32', sparse: false, name });

const tensor = (reference: Reference, shape: readonly number[]) => ({
  class_name: '__keras_tensor__',
  config: { shape: batch(shape), dtype: 'float32', keras_history: reference },
});

/** References as Keras nests them: one alone, a list, or by name. */
const nested = (outputs: WrittenModel['outputs']): Json => outputs as unknown as Json;

function modelOf({ name, inputs, stack, calls, outputs }: WrittenModel, order: readonly (Written | string)[]): object {
  const [only] = inputs;
  if (stack && only !== undefined) {
    const layers = [
      inputLayer(only),
      ...calls.map(({ layer }) => object('keras.layers', layer.class_name, layer.config)),
    ];
    return object('keras', 'Sequential', { name, layers } as unknown as Json);
  }
  const byLayer = new Map<Written, object[]>();
  for (const { layer, inputs: from, shapes } of calls) {
    const tensors = from.map((reference, i) => tensor(reference, shapes[i] ?? []));
    byLayer.set(layer, [...(byLayer.get(layer) ?? []), { args: layer.merges ? [tensors] : tensors, kwargs: {} }]);
  }
  const layers = order.map((one) => {
    if (typeof one !== 'string')
      return {
        ...object('keras.layers', one.class_name, one.config),
        name: one.config.name,
        inbound_nodes: byLayer.get(one),
      };
    const input = inputs.find(({ name: own }) => own === one) ?? { name: one, shape: [] };
    return { ...inputLayer(input), name: one, inbound_nodes: [] };
  });
  const input_layers = inputs.map(({ name: input }) => [input, 0, 0]);
  return object('keras.src.models.functional', 'Functional', {
    name,
    layers,
    input_layers: input_layers.length === 1 ? input_layers[0] : input_layers,
    output_layers: nested(outputs),
  } as unknown as Json);
}

/**
 * Writes a model as a `.keras` file that Keras 3 loads. Models within the model are written as their layers.
 *
 * @param model a model with `save()`, or the bytes that it returns
 * @throws RangeError that names the layer if Keras lacks it or its activation.
 * @example
 * ```ts
 * import { files, layers, sequential } from 'simdescent';
 * import { toKeras } from 'simdescent/convert';
 * const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
 * const write = async (path: string) => files.write(path, await toKeras(model));
 * ```
 */
export async function toKeras(model: Savable): Promise<Uint8Array<ArrayBuffer>> {
  const { config, weights } = await describe(model);
  const written = writtenModel({ config, weights }, KERAS_3);
  const { inputs, calls, outputs, stack } = written;
  const flat = isReference(outputs) || Array.isArray(outputs) ? listed(outputs) : sorted(outputs);
  const order = stack
    ? calls.map(({ layer }) => layer)
    : kerasOrder(
        inputs.map(({ name }) => name),
        calls,
        flat,
      );
  const groups = groupNames(order.map((one) => (typeof one === 'string' ? 'InputLayer' : one.class_name)));
  const groupOf = new Map(order.map((one, i) => [one, groups[i] ?? '']));
  const tree: Record<string, Tree> = {};
  for (const { path, weights: names, parts } of written.layers) {
    const [own] = parts;
    const group = own && groupOf.get(own);
    if (group === undefined || names.length === 0) continue;
    const vars: Record<string, ArrayOf> = {};
    for (const [i, name] of names.entries()) {
      const array = weights.get(`${path}/${name}`);
      if (array === undefined) throw new Error(`${path}/${name} has no numbers`);
      vars[i] = array;
    }
    tree[group] = { vars };
  }
  const json = (value: object) => encodeUtf8(JSON.stringify(value));
  return packKeras({
    'metadata.json': json({ keras_version: VERSION, date_saved: '1980-01-01@00:00:00' }),
    'config.json': json(modelOf(written, order)),
    'model.weights.h5': writeHdf5({ layers: tree, vars: {} }),
  });
}

const sorted = (outputs: object): readonly Reference[] =>
  Object.entries(outputs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one as Reference);
