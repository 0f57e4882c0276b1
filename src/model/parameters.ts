/** The block of a model's parameters: every weight on a cache line of its own, in layer order, the gaps zero. */
import type { Scope } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import type { Layer, Shape, Weight } from '../layers/layer.ts';
import type { Seeds } from '../seeds.ts';
import { Tensor } from '../tensor.ts';
import { sizeOf } from '../validate.ts';
import type { NamedWeight, WeightShape } from './options.ts';

/** What exists once a model knows the shape of its input. */
export interface Built {
  readonly engine: Engine;
  readonly layers: readonly Layer[];
  readonly seeds: Seeds;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Where the block begins. */
  readonly parameters: number;
  /** Floats of the block. */
  readonly length: number;
  readonly weights: readonly NamedWeight[];
}

/** Weights begin on multiples of this many floats. */
const LINE = 16;
const aligned = (floats: number): number => Math.ceil(floats / LINE) * LINE;

/** A weight and where in its block it is, in floats. */
interface Placing extends WeightShape {
  readonly weight: Weight;
  readonly at: number;
  readonly size: number;
}

/** Builds the layers for samples of `inputShape` and says where their weights will be. Allocates nothing. */
export function layOut(layers: readonly Layer[], inputShape: Shape): readonly Placing[] {
  let shape = inputShape;
  let at = 0;
  return layers.flatMap((layer) => {
    layer.checkInput(shape);
    shape = layer.build(shape);
    layer.setOutputShape(shape);
    return layer.weights.map((weight) => {
      const placing = {
        weight,
        name: `${layer.name}/${weight.name}`,
        shape: weight.shape,
        at,
        size: sizeOf(weight.shape),
      };
      at += aligned(placing.size);
      return placing;
    });
  });
}

/** Builds the layers for samples of `inputShape`, and makes and fills their weights. */
export function buildLayers(
  engine: Engine,
  scope: Scope,
  layers: readonly Layer[],
  inputShape: Shape,
  seeds: Seeds,
): Built {
  const placings = layOut(layers, inputShape);
  const last = placings.at(-1);
  const length = last === undefined ? 0 : last.at + aligned(last.size);
  const parameters = scope.allocate(length * 4);
  const weights = placings.map(({ weight, name, at }, index) => {
    weight.address = parameters + at * 4;
    weight.initializer.fill(engine, weight.address, weight.shape, [...seeds, index]);
    return Object.freeze({ name, tensor: new Tensor(engine, 'float32', weight.shape, weight.address, false) });
  });
  Object.freeze(weights);
  const { outputShape = [] } = layers.at(-1) ?? {};
  return { engine, layers, seeds, inputShape: [...inputShape], outputShape, parameters, length, weights };
}
