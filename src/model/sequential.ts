/** Models that are a stack of layers. */
import { configsOf } from '../config.ts';
import { Layer, type Shape } from '../layers/layer.ts';
import { namesOf } from '../layers/names.ts';
import { BaseModel } from './base.ts';
import { LayeredModel } from './layered-model.ts';
import type { Model } from './model.ts';
import { chainOf } from './network.ts';
import type { Predictions, SequentialOptions } from './options.ts';
import type { Structure } from './structure.ts';

/** Names the layers, and describes the model. */
function structureOf(stack: readonly Layer[]): Structure {
  const names = namesOf(stack);
  for (const [i, layer] of stack.entries()) layer.claim(names[i] ?? layer.name);
  const { inputShape } = stack[0] ?? {};
  return {
    kind: 'sequential',
    layers: stack,
    inputNames: ['x'],
    outputNames: [names.at(-1) ?? ''],
    network: ([shape = []]: readonly Shape[]) => chainOf(stack, shape),
    inputShapes: inputShape && [inputShape],
    describe: (seen) => ({ layers: configsOf(stack, seen) }),
  };
}

/** A stack of layers. Made by {@link sequential}. @category Models */
export class Sequential extends BaseModel<Predictions> {
  /** @internal */
  constructor(stack: readonly Layer[], options: SequentialOptions) {
    super(structureOf(stack), options);
    Object.freeze(this);
  }

  /** @internal */
  override get [Symbol.toStringTag](): string {
    return 'Sequential';
  }

  /** @internal */
  protected override arrange([only]: readonly Predictions[]): Predictions {
    return only ?? { data: new Float32Array(0), shape: [] };
  }
}

/**
 * Makes a model from a stack of layers.
 *
 * @param stack the layers, first to last; the first one may give the `inputShape`. A model of one input and one output serves as a layer, which shares its weights
 * @throws RangeError if layers do not fit each other or names repeat; Error if a layer is used twice.
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * const model = sequential([
 *   layers.flatten({ inputShape: [28, 28] }),
 *   layers.dense({ units: 300, activation: 'relu' }),
 *   layers.dense({ units: 10, activation: 'softmax' }),
 * ], { seed: 42 });
 * console.log(model.summary());
 * ```
 * @category Models
 */
export function sequential(stack: readonly (Layer | Model)[], options: SequentialOptions = {}): Sequential {
  // what is no list of layers is refused by its name
  const layers = (
    Array.isArray(stack) ? stack.map((one: unknown) => (one instanceof LayeredModel ? one.asLayer : one)) : stack
  ) as readonly Layer[];
  const given = Array.isArray(layers) ? layers.map((layer: Layer) => layer?.name) : [];
  try {
    return new Sequential(layers, options);
  } catch (error) {
    // layers that do not fit each other may be used again
    for (const [i, name] of given.entries()) if (layers[i] instanceof Layer) layers[i].claim(name ?? '');
    throw error;
  }
}
