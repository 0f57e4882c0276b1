/** Writes layers models of TensorFlow.js. */
import { encodeUtf8 } from '../../utf8.ts';
import { describe } from '../described.ts';
import { weightNames } from '../keras/classes.ts';
import { TFJS } from '../keras/dialect.ts';
import { listed, type WrittenModel, writtenModel } from '../keras/write-model.ts';
import type { Savable } from '../savable.ts';

/** Bytes of a shard, as TensorFlow.js' own converter writes them: what browsers keep in their caches. */
const SHARD = 4 * 1024 * 1024;

function topologyOf({ name, inputs, stack, calls, outputs }: WrittenModel): object {
  const batch = (shape: readonly number[]) => [null, ...shape];
  if (stack) {
    const layers = calls.map(({ layer: { class_name, config } }, i) => ({
      class_name,
      config: i === 0 ? { ...config, batch_input_shape: batch(inputs[0]?.shape ?? []) } : config,
    }));
    return { class_name: 'Sequential', config: { name, layers } };
  }
  const given = inputs.map(({ name: input, shape }) => ({
    class_name: 'InputLayer',
    name: input,
    config: { name: input, batch_input_shape: batch(shape), dtype: 'float32', sparse: false },
    inbound_nodes: [] as unknown[],
  }));
  const byLayer = new Map(
    calls.map(({ layer }) => [
      layer,
      { class_name: layer.class_name, config: layer.config, name: layer.config.name, inbound_nodes: [] as unknown[] },
    ]),
  );
  for (const { layer, inputs: from } of calls) byLayer.get(layer)?.inbound_nodes.push(from.map((one) => [...one, {}]));
  return {
    class_name: 'Model',
    config: {
      name,
      layers: [...given, ...byLayer.values()],
      input_layers: inputs.map(({ name: input }) => [input, 0, 0]),
      output_layers: listed(outputs),
    },
  };
}

/**
 * Writes a layers model of TensorFlow.js: `model.json`, and shards of at most 4 MiB that `tf.loadLayersModel` reads with it. Models within
 * the model are written as their layers.
 *
 * @param model a model with `save()`, or the bytes that it returns
 * @returns the files by name
 * @throws RangeError that names the layer if TensorFlow.js lacks it, one of its options or its activation.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * import { toTfjs } from 'simdescent/convert';
 * const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
 * const files = await toTfjs(model); // model.json and weights.bin
 * ```
 */
export async function toTfjs(model: Savable): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const described = await describe(model);
  const written = writtenModel(described, TFJS);
  const specs: object[] = [];
  const arrays: Float32Array[] = [];
  for (const { name, path, className, weights } of written.layers) {
    for (const weight of weights) {
      const array = described.weights.get(`${path}/${weight}`);
      if (array === undefined) throw new Error(`${path}/${weight} has no numbers`);
      specs.push({ name: `${name}/${weightNames(className, weight)[0]}`, shape: array.shape, dtype: 'float32' });
      arrays.push(array.data);
    }
  }
  const bytes = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const data of arrays) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  const count = Math.max(1, Math.ceil(bytes.length / SHARD));
  const paths = Array.from({ length: count }, (_, i) =>
    count === 1 ? 'weights.bin' : `group1-shard${i + 1}of${count}.bin`,
  );
  const json = {
    format: 'layers-model',
    generatedBy: 'simdescent',
    convertedBy: null,
    modelTopology: {
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
      ...{ model_config: topologyOf(written) },
    },
    weightsManifest: [{ paths, weights: specs }],
  };
  const files = new Map([['model.json', encodeUtf8(JSON.stringify(json)) as Uint8Array<ArrayBuffer>]]);
  for (const [i, path] of paths.entries()) files.set(path, bytes.slice(i * SHARD, (i + 1) * SHARD));
  return files;
}
