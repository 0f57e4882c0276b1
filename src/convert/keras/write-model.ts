/**
 * A model of ours as a Sequential or functional model of Keras or TensorFlow.js. Models within a model are written as their layers: their calls
 * are the same, and names of weights stay unique.
 */
import type { Config, Json } from '../../config.ts';
import type { Layer } from '../../layers/layer.ts';
import { type Described, networkOf } from '../described.ts';
import type { Dialect } from './dialect.ts';
import { type Written, written } from './write-layer.ts';

/** A layer to write, with its names. */
export interface WrittenLayer {
  /** Its name in the written model. */
  readonly name: string;
  /** Where its weights are in ours: `encoder/dense`. */
  readonly path: string;
  /** Its class in ours. */
  readonly className: string;
  /** Names of its weights in ours, in order. */
  readonly weights: readonly string[];
  /** The layer itself, and those that make its activation. */
  readonly parts: readonly Written[];
}

/** The output of a call: layer, number of the call, output. */
export type Reference = readonly [name: string, call: number, output: number];

/** A call of a layer that is written. */
export interface WrittenCall {
  readonly layer: Written;
  /** Index among the calls of that layer. */
  readonly call: number;
  readonly inputs: readonly Reference[];
  /** Shapes of one sample of the inputs. */
  readonly shapes: readonly (readonly number[])[];
}

export interface WrittenModel {
  readonly name: string;
  readonly layers: readonly WrittenLayer[];
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Whether each layer takes the output of the one before it. */
  readonly stack: boolean;
  readonly calls: readonly WrittenCall[];
  /** One, several, or several by name. */
  readonly outputs: Reference | readonly Reference[] | Readonly<Record<string, Reference>>;
}

export const isReference = (outputs: WrittenModel['outputs']): outputs is Reference =>
  Array.isArray(outputs) && typeof outputs[0] === 'string';

/** The outputs as a list, in the order of the model. */
export const listed = (outputs: WrittenModel['outputs']): readonly Reference[] =>
  isReference(outputs) ? [outputs] : Object.values(outputs);

/** A name that is not yet among the others, without the slashes of paths. */
function unused(path: string, taken: Set<string>): string {
  const plain = path.replaceAll('/', '_');
  for (let n = 0; ; n++) {
    const name = n === 0 ? plain : `${plain}_${n}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

/** Mean and variance of a normalization, which Keras takes as options too. */
function statisticsOf({ weights }: Described, path: string): Config['config'] {
  const nested = (name: string): Json => {
    const { data, shape } = weights.get(`${path}/${name}`) ?? { data: new Float32Array(1), shape: [] };
    const rows = shape.reduceRight<readonly Json[]>(
      (all, size) => Array.from({ length: all.length / size }, (_, i) => all.slice(i * size, (i + 1) * size)),
      Array.from(data),
    );
    return rows[0] ?? 0;
  };
  return { mean: nested('mean'), variance: nested('variance') };
}

/**
 * What is to be written.
 *
 * @throws RangeError that names the layer that the other program lacks
 */
export function writtenModel(model: Described, dialect: Dialect): WrittenModel {
  const network = networkOf(model.config);
  const taken = new Set<string>();
  const inputs = network.inputs.map(({ name, shape }) => ({ name: unused(name, taken), shape }));
  const layers = new Map<Layer, WrittenLayer>();
  for (const { layer, path } of network.leaves) {
    const name = unused(path, taken);
    const { className, config } = layer.toConfig() as Config;
    const calls = network.calls.flatMap(({ layer: called, inputs: [first = 0] }, i) =>
      called === layer
        ? [{ input: network.shapes[first] ?? [], output: network.shapes[network.inputs.length + i] ?? [] }]
        : [],
    );
    const given = className === 'normalization' ? statisticsOf(model, path) : undefined;
    const parts = written(name, { className, config: { ...config, ...given } }, dialect, calls);
    const weights = given === undefined ? layer.weights.map((one) => one.name) : [];
    layers.set(layer, { name, path, className, weights, parts });
  }
  const values: Reference[] = inputs.map(({ name }) => [name, 0, 0]);
  const counts = new Map<Written, number>();
  const calls: WrittenCall[] = [];
  for (const [i, { layer, inputs: numbers }] of network.calls.entries()) {
    let shapes = numbers.map((number) => network.shapes[number] ?? []);
    let from = numbers.map((number) => values[number] ?? (['', 0, 0] as const));
    for (const part of layers.get(layer)?.parts ?? []) {
      const call = counts.get(part) ?? 0;
      counts.set(part, call + 1);
      calls.push({ layer: part, call, inputs: from, shapes });
      shapes = [network.shapes[network.inputs.length + i] ?? []];
      from = [[String(part.config.name), call, 0]];
    }
    values.push(from[0] ?? ['', 0, 0]);
  }
  const { config, className } = model.config;
  const outputs = network.outputs.map((number) => values[number] ?? (['', 0, 0] as const));
  const names = className === 'functional' ? config.outputs : 0;
  const [only] = outputs;
  return {
    name: config.name,
    layers: [...layers.values()],
    inputs,
    stack: className === 'sequential',
    calls,
    outputs:
      typeof names === 'number' && only !== undefined
        ? only
        : Array.isArray(names)
          ? outputs
          : Object.fromEntries(Object.keys(names).map((key, i) => [key, outputs[i] ?? only ?? ['', 0, 0]])),
  };
}
