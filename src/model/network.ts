/** How a model computes: calls of layers, in order. Its values are numbered: the inputs first, then what each call puts out. */

import type { Value } from '../graph/graph.ts';
import type { Layer, Mode, Shape } from '../layers/layer.ts';

/** A call of a layer on values of the network. */
export interface NetworkCall {
  readonly layer: Layer;
  readonly inputs: readonly number[];
}

export interface Network {
  /** Names of the inputs. */
  readonly inputs: readonly string[];
  readonly calls: readonly NetworkCall[];
  /** Numbers of the values that the model gives. */
  readonly outputs: readonly number[];
  /** Shapes of one sample, value by value. */
  readonly shapes: readonly Shape[];
  /** The layers, each once, in the order of their first calls. */
  readonly layers: readonly Layer[];
}

/** Connects the layers one after the other: builds those that have not been built, and checks that all fit. */
export function networkOf(
  inputs: readonly { readonly name: string; readonly shape: Shape }[],
  calls: readonly NetworkCall[],
  outputs: readonly number[],
): Network {
  const shapes: Shape[] = inputs.map(({ shape }) => [...shape]);
  for (const call of calls) shapes.push(call.layer.connect(call.inputs.map((number) => shapes[number] ?? [])));
  const layers = [...new Set(calls.map(({ layer }) => layer))];
  return { inputs: inputs.map(({ name }) => name), calls, outputs, shapes, layers };
}

/** The network of layers one after the other. */
export function chainOf(layers: readonly Layer[], inputShape: Shape): Network {
  const calls = layers.map((layer, i) => ({ layer, inputs: [i] }));
  return networkOf([{ name: 'x', shape: inputShape }], calls, [layers.length]);
}

/** Records the calls in the graph of the inputs; returns all values by their numbers. */
export function recordNetwork(
  { calls }: Network,
  inputs: readonly Value[],
  mode: Omit<Mode, 'index'>,
): readonly Value[] {
  const values = [...inputs];
  for (const [index, { layer, inputs: numbers }] of calls.entries()) {
    const given = numbers.map((number) => values[number]).filter((value) => value !== undefined);
    values.push(layer.record(given, { ...mode, index }));
  }
  return values;
}
