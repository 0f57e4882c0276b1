/** The memory of a model's weights: each weight on separate cache lines, in layer order, with zeros in the gaps. */
import type { Engine } from '../engine/runtime.ts';
import type { InnerModel, Layer, Shape, Weight } from '../layers/layer.ts';
import { WeightMemory } from '../layers/weights.ts';
import type { Seeds } from '../seeds.ts';
import { Tensor } from '../tensor.ts';
import { sizeOf } from '../validate.ts';
import type { Network } from './network.ts';
import type { NamedWeight, WeightShape } from './options.ts';

/** A weight of the model: its name there, and its layer. */
export interface ModelWeight extends WeightShape {
  readonly layer: Layer;
  /** The names that lead to the layer: `encoder/dense`. */
  readonly path: string;
  readonly weight: Weight;
}

/** The state of a model that knows the shapes of its inputs. */
export interface Built {
  readonly engine: Engine;
  readonly seeds: Seeds;
  readonly network: Network;
  readonly layers: readonly Layer[];
  /** Shapes of one sample, for a model with one input and one output. */
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly all: readonly ModelWeight[];
  /** The same for users. */
  readonly weights: readonly NamedWeight[];
  readonly memories: readonly WeightMemory[];
}

/** Weights begin on multiples of this many floats. */
const LINE = 16;

/** Floats that a weight takes, with its gap. */
const spaceOf = ({ shape }: { readonly shape: Shape }): number => Math.ceil(sizeOf(shape) / LINE) * LINE;

/** The weights in layer order. */
export const weightsOf = ({ leaves }: InnerModel): readonly ModelWeight[] =>
  leaves.flatMap(({ layer, path }) =>
    layer.weights.map((weight) => ({ layer, path, weight, name: `${path}/${weight.name}`, shape: weight.shape })),
  );

/** Makes and fills the weights that no other model has made, in one block, with the untrainable ones last. */
function makeWeights(engine: Engine, layers: readonly Layer[], all: readonly ModelWeight[], seeds: Seeds): void {
  const fresh = layers.filter(({ memory, weights }) => memory === undefined && weights.length > 0);
  if (fresh.length === 0) return;
  const scope = engine.scope();
  const own = all.filter(({ layer }) => layer.memory === undefined);
  const ordered = [...own.filter(({ weight }) => weight.trainable), ...own.filter(({ weight }) => !weight.trainable)];
  let address = scope.allocate(own.reduce((sum, one) => sum + spaceOf(one), 0) * 4);
  for (const one of ordered) {
    one.weight.address = address;
    address += spaceOf(one) * 4;
  }
  for (const [index, { weight, layer }] of all.entries())
    if (layer.memory === undefined) weight.initializer.fill(engine, weight.address, weight.shape, [...seeds, index]);
  const memory = new WeightMemory(engine, scope, () => {
    for (const layer of fresh) {
      layer.setMemory(undefined);
      layer.reset();
    }
  });
  for (const layer of fresh) layer.setMemory(memory);
}

/**
 * The same for nested models first: a described one draws its weights from its own seed, as if it had been made separately before.
 */
function makeAll(engine: Engine, network: InnerModel, seeds: Seeds): void {
  for (const layer of network.layers)
    if (layer.seeds !== undefined && layer.inner !== undefined) makeAll(engine, layer.inner, layer.seeds);
  const layers = network.leaves.map(({ layer }) => layer);
  makeWeights(engine, layers, weightsOf(network), seeds);
}

const memoriesOf = (layers: readonly Layer[]): readonly WeightMemory[] => [
  ...new Set(layers.map(({ memory }) => memory).filter((memory) => memory !== undefined)),
];

/** Makes the missing weights of a network, and holds all of them. */
export function buildNetwork(engine: Engine, network: Network, seeds: Seeds): Built {
  const { shapes, outputs } = network;
  const layers = network.leaves.map(({ layer }) => layer);
  const foreign = layers.find(({ memory }) => memory !== undefined && memory.engine !== engine);
  if (foreign !== undefined) throw new Error(`the layer ${foreign.name} belongs to a model of another runtime`);
  const all = weightsOf(network);
  try {
    makeAll(engine, network, seeds);
  } catch (error) {
    // nobody holds yet what has been made so far
    for (const memory of memoriesOf(layers)) {
      memory.hold();
      memory.letGo();
    }
    throw error;
  }
  const memories = memoriesOf(layers);
  for (const memory of memories) memory.hold();
  const weights = Object.freeze(
    all.map(({ weight: { shape, address }, name }) =>
      Object.freeze({ name, tensor: new Tensor(engine, 'float32', shape, address, false) }),
    ),
  );
  const [inputShape = []] = shapes;
  const outputShape = shapes[outputs[0] ?? 0] ?? [];
  return { engine, seeds, network, layers: network.layers, inputShape, outputShape, all, weights, memories };
}

/** Releases the weights. */
export function releaseNetwork({ weights, memories }: Built): void {
  for (const { tensor } of weights) tensor.release();
  for (const memory of memories) memory.letGo();
}
