/** Reads ONNX. */
import { bytesOf, checkOptions, show, showShape } from '../../validate.ts';
import { collect, fileOf } from '../described.ts';
import { type Files, readerOf } from '../files.ts';
import { natural } from '../orders.ts';
import { refuse } from '../refusal.ts';
import { Builder } from './builder.ts';
import { type Constant, constantOf, type External } from './constants.ts';
import { Context, channelsLast, type Known, made, type Value } from './context.ts';
import { FLOAT, type Graph, type Node, type Port } from './proto.ts';
import { fold, foldable } from './read-folds.ts';
import { isKnown, readNode } from './read-node.ts';
import { readModel } from './read-proto.ts';

/** Options of {@link fromOnnx}. */
export interface FromOnnxOptions {
  /** Outputs of the model by their names in the file. Default: all. */
  readonly outputs?: readonly string[];
  /**
   * Takes images as [height, width, channels], and sequences as [steps, channels], where the file has the channels first: inputs of three or two axes beside that
   * of the batch. Default false.
   */
  readonly channelsLast?: boolean;
  /** The files beside it that hold its weights, by name, or a function that gets them. Default: the file holds them itself. */
  readonly files?: Files;
}

/** Nodes that the outputs need, in their order. */
function neededFor({ nodes }: Graph, outputs: readonly string[]): readonly Node[] {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const needed = new Set<Node>();
  const open = [...outputs];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = makers.get(name);
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    open.push(...node.inputs);
  }
  return nodes.filter((node) => needed.has(node));
}

function usersOf(nodes: readonly Node[], outputs: readonly string[]): Known['users'] {
  const users = new Map<string, (Node | 'graph')[]>();
  const add = (name: string, user: Node | 'graph') => {
    const list = users.get(name);
    if (list === undefined) users.set(name, [user]);
    else if (!list.includes(user)) list.push(user);
  };
  for (const node of nodes) for (const name of node.inputs) add(name, node);
  for (const name of outputs) add(name, 'graph');
  return users;
}

/** The shape of samples of an input. */
function sampleOf({ name, type, shape }: Port): readonly number[] {
  if (type !== FLOAT)
    refuse({ name, kind: 'input', what: 'node' }, `it takes elements of ONNX' type ${type}, expected float32`);
  const sample = shape?.slice(1);
  if (
    sample === undefined ||
    sample.length === 0 ||
    !sample.every((size) => size !== undefined && Number.isSafeInteger(size) && size > 0)
  )
    refuse(
      { name, kind: 'input', what: 'node' },
      `samples need fixed sizes behind the batch, got ${show(shape?.map((size) => size ?? '?'))}`,
    );
  return sample as readonly number[];
}

/** The names of outputs that are asked for. */
function outputsOf({ outputs }: Graph, wanted: readonly string[] | undefined): readonly string[] {
  const names = outputs.map(({ name }) => name);
  const unknown = wanted?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new RangeError(`the file has no output ${show(unknown)}; it has ${show(names)}`);
  const list = wanted ?? names;
  if (list.length === 0) throw new RangeError('the ONNX file has no outputs, or none is wanted');
  return [...new Set(list)];
}

/** The files that hold arrays, all read. */
async function externalOf(
  { initializers }: Graph,
  files: Files | undefined,
): Promise<{ external: External; bytes: number }> {
  const names = new Set(initializers.flatMap(({ external }) => external?.get('location') ?? (external ? [''] : [])));
  const found = new Map<string, Uint8Array>();
  for (const name of names) {
    if (files === undefined)
      throw new RangeError(
        `the weights are in the file ${show(name)} beside the ONNX file: give files, or write them into one file`,
      );
    found.set(name, await readerOf(files)(name));
  }
  const external = (name: string) => {
    const bytes = found.get(name);
    if (bytes === undefined) throw new RangeError(`the file ${show(name)} of the model is missing`);
    return bytes;
  };
  return { external, bytes: [...found.values()].reduce((sum, { length }) => sum + length, 0) };
}

/** Goes through the nodes; each makes a value or a constant. */
function readNodes(nodes: readonly Node[], known: Known, external: External): void {
  const isConstant = ({ op }: Node) => op === 'Constant';
  // layers look at what the nodes behind them have
  for (const node of [...nodes.filter(isConstant), ...nodes.filter((one) => !isConstant(one))]) {
    const [output = ''] = node.outputs;
    if (known.taken.has(node)) continue;
    const context = new Context(node, known);
    if (foldable(context)) known.constants.set(output, fold(context, external));
    else {
      const value = readNode(context);
      known.values.set(context.output, value);
    }
  }
}

/**
 * Reads an ONNX file of dense layers and convolutions, as PyTorch, tf2onnx, skl2onnx and {@link toOnnx} write it, for inference. Returns a file for
 * `loadModel`. Inputs and outputs stay as the file has them, images with their channels first unless `channelsLast` is set; between them layers have the channels
 * last, with a `permute` where that changes. A chain of nodes becomes a sequential model, every other graph a functional one.
 *
 * @param bytes the file
 * @throws RangeError that names the node if there is no such layer; RangeError for what is no ONNX file, or is damaged.
 * @example
 * ```ts
 * import { files, loadModel } from 'simdescent';
 * import { fromOnnx } from 'simdescent/convert';
 * const load = async (path: string) => loadModel(await fromOnnx(await files.read(path)));
 * ```
 */
export async function fromOnnx(
  bytes: ArrayBufferView | ArrayBufferLike,
  options: FromOnnxOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkOptions('fromOnnx', options, ['outputs', 'channelsLast', 'files']);
  const file = bytesOf('the file of fromOnnx', bytes);
  const { opset, graph } = readModel(file);
  const outputs = outputsOf(graph, options.outputs);
  const nodes = neededFor(graph, outputs);
  const strange = nodes.find((node) => !isKnown(node));
  if (strange !== undefined)
    refuse(
      { name: strange.name || (strange.outputs[0] ?? ''), kind: strange.op, what: 'node' },
      `there is no such operator${strange.domain === '' ? '' : ` of ${show(strange.domain)}`}`,
    );
  const { external, bytes: more } = await externalOf(graph, options.files);
  const constants = new Map<string, Constant>();
  for (const tensor of graph.initializers) constants.set(tensor.name, constantOf(tensor, external));
  const users = usersOf(nodes, outputs);
  // older files list their weights among the inputs
  const ports = graph.inputs.filter(({ name }) => !constants.has(name) && users.has(name));
  const orders = ports.map((port) => {
    const rank = sampleOf(port).length;
    return options.channelsLast === true && (rank === 2 || rank === 3) ? channelsLast(rank) : natural(rank);
  });
  const inputs = ports.map((port, i) => {
    const sample = sampleOf(port);
    return { name: port.name, shape: (orders[i] ?? []).map((axis) => sample[axis] ?? 1) };
  });
  // float32: four bytes each
  const builder = new Builder(inputs, (file.length + more) / 2);
  const values = new Map<string, Value>(
    ports.map((port, i) => [port.name, made(i, sampleOf(port), orders[i] ?? [])] as const),
  );
  const batch = ports[0]?.shape?.[0];
  const known: Known = { opset, builder, values, constants, users, batch, taken: new Set() };
  readNodes(nodes, known, external);
  const ends = outputs.map((name) => {
    const value = values.get(name);
    if (value === undefined) throw new RangeError(`the output ${show(name)} does not depend on the inputs`);
    const node = { name, op: 'output', domain: '', inputs: [], outputs: [], attributes: new Map() };
    return new Context(node, known).natural(value);
  });
  const config = builder.describe(graph.name, ends);
  return fileOf({
    config,
    weights: collect(config, ({ name, layer, shape }) => {
      const found = builder.weight(layer, name.slice(layer.length + 1));
      if (found === undefined)
        throw new RangeError(`there are no numbers for the weight ${show(name)}, ${showShape(shape)}`);
      return found;
    }),
  });
}
