/** A model that is called like a layer, and so becomes part of another one. */
import type { Config, JsonObject, Seen } from '../config.ts';
import type { Seeds } from '../seeds.ts';
import { sameShape, showShape } from '../validate.ts';
import { type InnerModel, Layer, labelOf, type Shape } from './layer.ts';

/** What the layer knows of its model. */
interface Within {
  /** The kind of model, by which a layer without a name is numbered: sequential, sequential_1. */
  readonly kind: string;
  /** The calls inside. Given shapes, it builds the model for samples like these; without them it is undefined while the model is not built. */
  readonly network: (inputs?: readonly Shape[]) => InnerModel | undefined;
  readonly layers: readonly Layer[];
  /** The model as plain JSON, without its weights. */
  readonly describe: (seen: Seen) => { readonly config: object; readonly compile?: unknown };
  /** From which a described model draws its weights. */
  readonly seeds?: Seeds;
}

/** Stands for the model in the models that call it; src/model/network.ts replaces it by its layers. */
export class ModelLayer extends Layer {
  readonly #of: Within;

  /** @internal */
  constructor(name: string, of: Within) {
    super('model', { name }, []);
    this.#of = of;
  }

  override get nameStem(): string {
    return this.#of.kind;
  }

  override get inner(): InnerModel | undefined {
    return this.#of.network();
  }

  override get seeds(): Seeds | undefined {
    return this.#of.seeds;
  }

  get #leaves(): readonly Layer[] {
    return this.inner?.leaves.map(({ layer }) => layer) ?? this.#of.layers;
  }

  override get trainable(): boolean {
    return this.#leaves.some((layer) => layer.trainable);
  }

  override set trainable(value: boolean) {
    for (const layer of this.#leaves) layer.trainable = value;
  }

  override countParams(): number {
    return this.#leaves.reduce((sum, layer) => sum + layer.countParams(), 0);
  }

  override get inputShape(): Shape | undefined {
    return this.inner?.inputs[0]?.shape;
  }

  override get outputShape(): Shape {
    const { shapes = [], outputs = [] } = this.inner ?? {};
    return shapes[outputs[0] ?? 0] ?? [];
  }

  override toConfig(): Config {
    return this.configIn(new Map());
  }

  override configIn(seen: Seen): Config {
    const { compile: _, config, ...model } = this.#of.describe(seen);
    // without a name it is numbered where it is read
    const named = { ...model, config: { ...config, name: this.name } };
    return { className: this.kind, config: { model: named as unknown as JsonObject } };
  }

  override innerFor(inputs: readonly Shape[]): InnerModel {
    const label = labelOf(this);
    const { inputs: ports } = this.inner ?? {};
    if (ports !== undefined && ports.length !== inputs.length)
      throw new RangeError(`${label} takes ${ports.length} inputs, got ${inputs.length}`);
    for (const [i, { name, shape }] of (ports ?? []).entries()) {
      const given = inputs[i] ?? [];
      if (sameShape(shape, given)) continue;
      const [expected, got] = [shape, given].map((one) => showShape(['..', ...one]));
      throw new RangeError(`${label}: expected ${expected} as its input ${name}, got ${got}`);
    }
    const network = this.#of.network(inputs);
    if (network === undefined) throw new Error(`${label} has not been built`);
    return network;
  }

  override connectAll(inputs: readonly Shape[]): readonly Shape[] {
    const { shapes, outputs } = this.innerFor(inputs);
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
