/** A layer recorded by itself: its output, gradients by the input and the weights, and weights after a call, by the kernels or in float64. */
import { Engine } from '../../src/engine/runtime.ts';
import { differentiate } from '../../src/graph/differentiate.ts';
import { evaluate, type Numbers64 } from '../../src/graph/evaluate.ts';
import { Graph, type Value } from '../../src/graph/graph.ts';
import { lower } from '../../src/graph/lower.ts';
import { gather } from '../../src/graph/operations/gather.ts';
import { copy } from '../../src/graph/operations/sum.ts';
import type { Layer } from '../../src/layers/layer.ts';

export interface Call {
  readonly layer: Layer;
  readonly shape: readonly number[];
  readonly rows: number;
  readonly x: ArrayLike<number>;
  /** The numbers of each weight. */
  readonly weights: readonly ArrayLike<number>[];
  readonly training: boolean;
  /** What the output is multiplied by for the sum that is differentiated. */
  readonly dy: (size: number) => ArrayLike<number>;
  readonly threads?: number;
  /** The layer's place in its model. Default 3. */
  readonly index?: number;
  /** Rows of a full batch, of which this one may be a shorter last one. */
  readonly batchSize?: number;
}

export interface Result {
  readonly outputShape: readonly number[];
  readonly y: readonly number[];
  readonly dx: readonly number[];
  /** By the weights that are trained. */
  readonly dweights: readonly (readonly number[])[];
  /** All weights, after the call. */
  readonly after: readonly (readonly number[])[];
}

/** Records the layer and its way back. */
function record(engine: Engine, call: Call) {
  const { layer, shape, rows, x, weights, training, dy, index = 3, batchSize = rows } = call;
  layer.connect([shape]);
  layer.claim(layer.name || layer.kind);
  const scope = engine.scope();
  const place = (numbers: ArrayLike<number>): number => {
    const address = scope.allocate(numbers.length * 4);
    engine.f32(address, numbers.length).set(numbers);
    return address;
  };
  for (const [i, weight] of layer.weights.entries()) weight.address = place(weights[i] ?? []);
  const graph = new Graph(engine, scope, batchSize);
  const input = gather(graph, 'input', place(x), shape);
  const mode = { training, frozen: false, seeds: [7, 8] as const, index };
  const y = layer.record([input], mode);
  const upstream = dy(y.size * rows);
  const seed = gather(graph, 'dy', place(upstream), y.shape);
  const trained = layer.weights.filter((weight) => weight.trainable).map((weight) => graph.weight(weight));
  const found = differentiate(graph, new Map([[y, seed]]), [input, ...trained]);
  const gradients = [input, ...trained].map((value) => found.get(value));
  return { graph, input, y, seed, upstream, trained, gradients };
}

/** By the kernels. */
export function run(call: Call): Result {
  const { layer, rows, threads = 1 } = call;
  const engine = new Engine(2 ** 27, threads);
  const { graph, y, gradients } = record(engine, call);
  const kept = [y, ...gradients].map((value) => value && copy(graph, 'kept', value));
  for (const value of kept) if (value !== undefined) graph.kept.add(value);
  const program = lower(graph);
  program.begin(rows);
  program.run(1);
  program.finish();
  const read = (value: Value | undefined): number[] =>
    value === undefined ? [] : [...engine.f32(value.address ?? 0, value.size * (value.rows ? rows : 1))];
  const [out, dx, ...dweights] = kept;
  return {
    outputShape: y.shape,
    y: read(out),
    dx: read(dx),
    dweights: dweights.map(read),
    after: layer.weights.map(({ address, shape }) => [
      ...engine.f32(
        address,
        shape.reduce((a, b) => a * b, 1),
      ),
    ]),
  };
}

/** Gradients of the recorded operations in float64, and central differences of Σ y dy, which know of no gradient. */
export function differences(call: Call): { readonly exact: number[][]; readonly near: number[][] } {
  const engine = new Engine(2 ** 27, 1);
  const { graph, input, y, seed, upstream, trained, gradients } = record(engine, call);
  const { rows, x, weights, layer } = call;
  const variables = [input, ...trained];
  const given = [
    Float64Array.from(x),
    ...layer.weights.flatMap(({ trainable }, i) => (trainable ? [Float64Array.from(weights[i] ?? [])] : [])),
  ];
  const numbers = (variable = -1, place = 0, step = 0): Numbers64 => {
    const known: Numbers64 = new Map([[seed, Float64Array.from(upstream)]]);
    for (const [i, value] of variables.entries()) {
      const own = Float64Array.from(given[i] ?? []);
      if (i === variable) own[place] = (own[place] ?? 0) + step;
      known.set(value, own);
    }
    return evaluate(graph, known, rows);
  };
  const total = (all: Numbers64): number =>
    (all.get(y) ?? new Float64Array(0)).reduce((sum, value, i) => sum + value * (upstream[i] ?? 0), 0);
  const all = numbers();
  const h = 1e-5;
  return {
    exact: gradients.map((value, i) => [...(value ? (all.get(value) ?? []) : new Float64Array(given[i]?.length ?? 0))]),
    near: given.map((own, i) =>
      Array.from(own, (_, place) => (total(numbers(i, place, h)) - total(numbers(i, place, -h))) / (2 * h)),
    ),
  };
}
