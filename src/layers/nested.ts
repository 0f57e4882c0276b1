/** A model that is called like a layer, and so becomes part of another one. */
import type { Config, JsonObject, Seen } from '../config.ts';
import type { Seeds } from '../seeds.ts';
import { sameShape, showShape } from '../validate.ts';
import { type InnerModel, Layer, type Shape } from './layer.ts';

/** The model as plain JSON, without its weights. */
type Describe = (seen: Seen) => { readonly compile?: unknown };

/** Stands for the model in the models that call it; src/model/network.ts replaces it by its layers. */
export class ModelLayer extends Layer {
  readonly #inner: () => InnerModel;
  readonly #describe: Describe;
  readonly #seeds: Seeds | undefined;

  /**
   * `inner` is called when the layer is called, because a stack of layers may not be built before. A described model
   * has `seeds` from which to draw its weights.
   *
   * @internal
   */
  constructor(name: string, inner: () => InnerModel, describe: Describe, seeds?: Seeds) {
    super('model', { name }, []);
    this.#seeds = seeds;
    this.#inner = inner;
    this.#describe = describe;
  }

  override get inner(): InnerModel {
    return this.#inner();
  }

  override get seeds(): Seeds | undefined {
    return this.#seeds;
  }

  override get trainable(): boolean {
    return this.inner.leaves.some(({ layer }) => layer.trainable);
  }

  override set trainable(value: boolean) {
    for (const { layer } of this.inner.leaves) layer.trainable = value;
  }

  override countParams(): number {
    return this.inner.leaves.reduce((sum, { layer }) => sum + layer.countParams(), 0);
  }

  override get outputShape(): Shape {
    const { shapes, outputs } = this.#inner();
    return shapes[outputs[0] ?? 0] ?? [];
  }

  override toConfig(): Config {
    return this.configIn(new Map());
  }

  override configIn(seen: Seen): Config {
    const { compile: _, ...model } = this.#describe(seen);
    return { className: this.kind, config: { model: model as unknown as JsonObject } };
  }

  override connectAll(inputs: readonly Shape[]): readonly Shape[] {
    const { inputs: ports, shapes, outputs } = this.#inner();
    if (ports.length !== inputs.length)
      throw new RangeError(`${this.name} takes ${ports.length} inputs, got ${inputs.length}`);
    for (const [i, { name, shape }] of ports.entries()) {
      const given = inputs[i] ?? [];
      if (sameShape(shape, given)) continue;
      const [expected, got] = [shape, given].map((one) => showShape(['..', ...one]));
      throw new RangeError(`${this.name}: expected ${expected} as its input ${name}, got ${got}`);
    }
    return outputs.map((number) => shapes[number] ?? []);
  }

  protected ownOptions(): Record<string, never> {
    return {};
  }

  protected shapeOf(): Shape {
    return this.outputShape;
  }

  protected compute(): never {
    throw new Error(`${this.name} is taken apart where it is called`);
  }
}
