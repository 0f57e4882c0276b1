/**
 * The prediction of a model as plain numbers, in the metadata of its file: `simdescent/predict` runs them without the layers that recorded
 * them, so it also knows layers and functions of a user's own. Nothing in it depends on the size of a batch.
 */
import { Scope } from '../engine/memory.ts';
import { placeBuffers } from '../graph/buffers.ts';
import { fuse } from '../graph/fuse.ts';
import { Graph, isView, Value, valuesOf } from '../graph/graph.ts';
import { encode } from '../graph/operation.ts';
import type { ModelConfig } from './config.ts';
import { recordNetwork } from './network.ts';
import type { Built } from './parameters.ts';

/** What lies somewhere in memory: the weight of this name, the int32 words of a constant, or a buffer of floats for each row or in all. */
export type ForwardPlace = string | readonly number[] | { readonly row: number; readonly fixed: number };

/** An input or an output: its name, the shape of one sample, and the number of its place. */
export type ForwardPort = readonly [name: string, shape: readonly number[], place: number];

/** A prediction. */
export interface Forward {
  readonly places: readonly ForwardPlace[];
  /** The words of each operation; `[place]` stands for the address of a place. */
  readonly operations: readonly (readonly (number | readonly [place: number])[])[];
  readonly inputs: readonly ForwardPort[];
  readonly outputs: readonly ForwardPort[];
  /** What `predict` returns. */
  readonly returns: 'one' | 'list' | 'named';
}

/** Hands out addresses where no memory is: only what is equal counts. */
class Imaginary extends Scope {
  #next = 0;

  override allocate(): number {
    return --this.#next;
  }
}

/** Records the prediction of a built model. */
export function forwardOf(built: Built, outputNames: readonly string[], { className, config }: ModelConfig): Forward {
  const named = className === 'functional' ? config.outputs : 0;
  const { engine, network, seeds, weights } = built;
  const scope = new Imaginary(engine.arena);
  const graph = new Graph(engine, scope, 1);
  const inputs = network.inputs.map(
    ({ shape }) => new Value(graph, { shape, rows: true }, undefined, scope.allocate()),
  );
  const recorded = recordNetwork(network, inputs, { training: false, seeds });
  const outputs = network.outputs.map((number) => recorded[number]).filter((value) => value !== undefined);
  for (const value of outputs) graph.kept.add(value);
  fuse(graph);
  const nodes = () => graph.nodes.filter((node) => !isView(node));
  const used = () => [
    ...inputs,
    ...nodes().flatMap(({ inputs, outputs }) => valuesOf({ ...inputs, ...outputs })),
    ...outputs,
  ];
  for (const { root } of used()) if (root.data !== undefined) root.address ??= scope.allocate();
  placeBuffers(graph);

  const names = new Map(weights.map(({ name, tensor }) => [tensor.address, name]));
  const places: ForwardPlace[] = [];
  const numbers = new Map<number, number>();
  for (const { root } of used()) {
    const { address = 0, data, rows, size } = root;
    const number = numbers.get(address) ?? places.length;
    numbers.set(address, number);
    const before = places[number];
    if (typeof before === 'string' || Array.isArray(before)) continue;
    const { row, fixed } = (before ?? { row: 0, fixed: 0 }) as { row: number; fixed: number };
    places[number] =
      names.get(address) ??
      (data === undefined
        ? { row: rows ? Math.max(row, size) : row, fixed: rows ? fixed : Math.max(fixed, size) }
        : [...new Int32Array(data.buffer, data.byteOffset, data.length)]);
  }
  const placeOf = ({ root }: Value): number => numbers.get(root.address ?? 0) ?? 0;
  return {
    places,
    operations: nodes().map(({ operation, attributes, inputs, outputs }) => {
      const words: (number | readonly [number])[] = encode(operation, attributes);
      for (const [name, value] of Object.entries({ ...inputs, ...outputs }))
        if (value !== undefined) words[operation.words[name] ?? 0] = [placeOf(value)];
      return words;
    }),
    inputs: inputs.map((value, i) => [network.inputs[i]?.name ?? '', value.shape, placeOf(value)]),
    outputs: outputs.map((value, i) => [
      outputNames[i] ?? '',
      network.shapes[network.outputs[i] ?? 0] ?? [],
      placeOf(value),
    ]),
    returns: typeof named === 'number' ? 'one' : Array.isArray(named) ? 'list' : 'named',
  };
}
