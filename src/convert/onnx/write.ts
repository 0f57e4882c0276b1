/** Writes ONNX. */
import { show, sizeOf } from '../../validate.ts';
import { describe, networkOf } from '../described.ts';
import { refuse } from '../refusal.ts';
import type { Savable } from '../savable.ts';
import { Emitter, type Value } from './emitter.ts';
import { FLOAT, type Port } from './proto.ts';
import { writeCall } from './write-layer.ts';
import { writeModel } from './write-proto.ts';

const portOf = (name: string, shape: readonly number[]): Port => ({ name, type: FLOAT, shape: [undefined, ...shape] });

/**
 * Writes a model as ONNX that predicts the same, for any size of the batch. Inputs and outputs stay as the model has them, images with their channels
 * last; convolutions get them transposed. Layers that only do something while training are left out, and so are penalties.
 *
 * The file needs opset 14; 17 for a layer normalization, 18 for mish, 20 for gelu.
 *
 * @param model a model with `save()`, or the bytes that it returns
 * @throws RangeError that names the layer if ONNX lacks it or its activation.
 * @example
 * ```ts
 * import { files, layers, sequential } from 'simdescent';
 * import { toOnnx } from 'simdescent/convert';
 * const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
 * const write = async (path: string) => files.write(path, await toOnnx(model));
 * ```
 */
export async function toOnnx(model: Savable): Promise<Uint8Array<ArrayBuffer>> {
  const { config, weights } = await describe(model);
  const network = networkOf(config);
  const e = new Emitter();
  const inputs = network.inputs.map(({ name, shape }) => portOf(e.unique(name), shape));
  const values = inputs.map(({ name }, i): Value => e.value(name, network.shapes[i] ?? []));
  const paths = new Map(network.leaves.map(({ layer, path }) => [layer, path]));
  for (const [i, { layer, inputs: numbers }] of network.calls.entries()) {
    const path = paths.get(layer) ?? layer.name;
    const given = numbers.flatMap((number) => values[number] ?? []);
    const [x] = given;
    const shape = network.shapes[network.inputs.length + i] ?? [];
    if (x === undefined) throw new Error(`${path} has no inputs`);
    const { className: kind, config: options } = layer.toConfig();
    // a size of zero would mean that of the input
    if (sizeOf(shape) === 0) refuse({ name: path, kind }, `its output ${show(shape)} has no numbers`);
    const weight = (name: string) => {
      const array = weights.get(`${path}/${name}`);
      if (array === undefined) throw new Error(`${path}/${name} has no numbers`);
      return array;
    };
    const has = (name: string) => weights.has(`${path}/${name}`);
    values.push(writeCall({ e, kind, label: path, path, options, inputs: given, x, shape, weight, has }));
  }
  const names = config.className === 'functional' ? config.config.outputs : 0;
  const keys = typeof names === 'number' || Array.isArray(names) ? [] : Object.keys(names);
  const ends = network.outputs.map((number, i) => {
    const call = network.calls[number - network.inputs.length];
    const name = keys[i] ?? (call === undefined ? 'output' : (paths.get(call.layer) ?? call.layer.name));
    const value = values[number] ?? e.value('', []);
    return { name, at: e.natural(value, name), shape: value.shape };
  });
  // names change when all is there
  const outputs = ends.map(({ name, at, shape }) => portOf(e.output(at, name), shape));
  const { nodes, initializers, opset } = e;
  return writeModel({ opset, graph: { name: config.config.name, nodes, initializers, inputs, outputs } });
}
