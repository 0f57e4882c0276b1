/** The block of a model's parameters: every weight on a cache line of its own, in layer order, the gaps zero. */
import type { Scope } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Stream } from '../initializers.ts';
import type { Layer, Shape } from '../layers/layer.ts';
import { Tensor } from '../tensor.ts';
import { sizeOf } from '../validate.ts';
import type { NamedWeight } from './options.ts';

/** What exists once a model knows the shape of its input. */
export interface Parameters {
  readonly inputShape: Shape;
  /** Where the block begins. */
  readonly parameters: number;
  /** Floats of the block. */
  readonly length: number;
  readonly weights: readonly NamedWeight[];
}

/** Weights begin on multiples of this many floats. */
const LINE = 16;
const aligned = (floats: number): number => Math.ceil(floats / LINE) * LINE;

/** Builds the layers for samples of `inputShape`, and makes and fills their weights. */
export function buildParameters(
  engine: Engine,
  scope: Scope,
  layers: readonly Layer[],
  inputShape: Shape,
  seeds: Omit<Stream, 'index'>,
): Parameters {
  let shape = inputShape;
  for (const layer of layers) {
    layer.checkInput(shape);
    shape = layer.build(shape);
    layer.outputShape = shape;
  }
  const all = layers.flatMap((layer) => layer.weights.map((weight) => ({ layer, weight, size: sizeOf(weight.shape) })));
  const length = all.reduce((sum, { size }) => sum + aligned(size), 0);
  const parameters = scope.allocate(length * 4);
  let address = parameters;
  const weights = all.map(({ layer, weight, size }, index) => {
    weight.address = address;
    weight.initializer.fill(engine, address, weight.shape, { ...seeds, index });
    address += aligned(size) * 4;
    const tensor = new Tensor(engine, 'float32', weight.shape, weight.address, false);
    return { name: `${layer.name}/${weight.name}`, tensor };
  });
  return { inputShape: [...inputShape], parameters, length, weights };
}
