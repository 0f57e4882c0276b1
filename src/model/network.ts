/** The computation of a model: calls of layers, in order. Its values are numbered: the inputs first, then the outputs of the calls. */
import type { Value } from '../graph/graph.ts';
import type { InnerModel, Layer, LayerCall, Leaf, Mode, Shape } from '../layers/layer.ts';

/** An input or an output: its name and the shape of one sample. */
export interface Port {
  readonly name: string;
  readonly shape: Shape;
}

/** Models within the model are replaced by their layers, so all calls are those of layers. */
export interface Network extends InnerModel {
  /** The output value of the latest call of each layer, also of those within models. */
  readonly outputOf: ReadonlyMap<Layer, number>;
}

/** For layers of models within: one that is called twice in a model that is called twice, and so on, would make a program of any size. */
const MOST_CALLS = 2 ** 15;

/**
 * Makes a network from calls on numbered values: builds layers that are not built yet, checks that all fit, and replaces
 * models within the model by their layers.
 *
 * @throws RangeError for calls that do not fit, or too many of them
 */
export function networkOf(inputs: readonly Port[], calls: readonly LayerCall[], outputs: readonly number[]): Network {
  const flat: LayerCall[] = [];
  const shapes: Shape[] = inputs.map(({ shape }) => shape);
  const outputOf = new Map<Layer, number>();
  const leaves = new Map<Layer, Leaf>();
  const layers = new Set<Layer>();
  let callsWithin = 0;
  /** Appends calls on the values `numbers`, and returns the numbers of their outputs; `within` is the path of a model within. */
  const append = (all: readonly LayerCall[], numbers: number[], path: string, within: readonly Leaf[]): number[] => {
    const names = new Map(within.map((leaf) => [leaf.layer, leaf.path]));
    for (const { layer, inputs: from } of all) {
      const given = from.map((number) => numbers[number] ?? 0);
      const own = path + (names.get(layer) ?? layer.name);
      const inner = layer.innerFor(given.map((number) => shapes[number] ?? []));
      if (inner === undefined) {
        if (path !== '' && ++callsWithin > MOST_CALLS)
          throw new RangeError(`the layers of models within may be called at most ${MOST_CALLS} times`);
        shapes.push(layer.connect(given.map((number) => shapes[number] ?? [])));
        flat.push({ layer, inputs: given });
        numbers.push(shapes.length - 1);
        if (!leaves.has(layer)) leaves.set(layer, { layer, path: own });
      } else {
        const values = append(inner.calls, given, `${own}/`, inner.leaves);
        numbers.push(...inner.outputs.map((number) => values[number] ?? 0));
      }
      if (path === '') layers.add(layer);
      // a layer that is called within a model and beside it has the output of the latter
      if (path === '' || !layers.has(layer)) outputOf.set(layer, numbers.at(-1) ?? 0);
    }
    return numbers;
  };
  const numbers = append(
    calls,
    inputs.map((_, i) => i),
    '',
    [],
  );
  return {
    inputs,
    calls: flat,
    outputs: outputs.map((number) => numbers[number] ?? 0),
    shapes,
    layers: [...layers],
    outputOf,
    leaves: Object.freeze([...leaves.values()].map((leaf) => Object.freeze(leaf))),
  };
}

/** The network of layers one after the other. */
export function chainOf(layers: readonly Layer[], inputShape: Shape): Network {
  const calls = layers.map((layer, i) => ({ layer, inputs: [i] }));
  return networkOf([{ name: 'x', shape: [...inputShape] }], calls, [layers.length]);
}

/** Records the calls in the graph of the inputs; returns all values by their numbers. `frozen` are the layers that were frozen when the model was compiled. */
export function recordNetwork(
  { calls }: Network,
  inputs: readonly Value[],
  mode: Omit<Mode, 'index' | 'frozen'>,
  frozen?: ReadonlySet<Layer>,
): Value[] {
  const values = [...inputs];
  for (const [index, { layer, inputs: numbers }] of calls.entries()) {
    const given = numbers.map((number) => values[number]).filter((value) => value !== undefined);
    values.push(layer.record(given, { ...mode, index, frozen: frozen?.has(layer) ?? false }));
  }
  return values;
}
