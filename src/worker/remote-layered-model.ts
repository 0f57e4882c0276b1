/** A model in the worker as a thing: layers with weights under one name, its description and its file. remote-model.ts adds what it does with data. */
import type { ModelConfig, SaveOptions, Shape } from '../index.ts';
import { Printed } from '../printed.ts';
import { checkKind, checkName } from '../validate.ts';
import { type ArrayData, type NestedArray, valuesOf } from '../values.ts';
import type { Connection, Methods } from './connection.ts';
import { RemoteHandle } from './remote-handle.ts';
import { layersOf, type RemoteLayer } from './remote-layers.ts';

/** What the worker says of a new model. */
export type Made = ReturnType<Methods['modelFrom']>;

/** What all models in a worker are. */
export abstract class RemoteLayeredModel extends Printed {
  /** Its name in messages and in `summary()`. */
  readonly name: string;
  /** What its weights, the order of samples and dropout are drawn from. */
  readonly seed: number;
  /** Its layers, first to last. */
  readonly layers: readonly RemoteLayer[];
  /** Names of its inputs, by which data may be given; `'x'` for one without a name. */
  readonly inputNames: readonly string[];
  /** Names of its outputs, by which targets, losses and metrics may be given: those of their layers, if they were not given others. */
  readonly outputNames: readonly string[];
  /** By their paths. */
  readonly #leaves: ReadonlyMap<string, RemoteLayer>;
  readonly #handle: RemoteHandle;

  /** @internal */
  constructor(connection: Connection, made: Made) {
    super();
    const { number, name, seed, inputNames, outputNames } = made;
    this.#handle = new RemoteHandle(connection, number, name);
    this.name = name;
    this.seed = seed;
    this.inputNames = Object.freeze([...inputNames]);
    this.outputNames = Object.freeze([...outputNames]);
    const { layers, leaves } = layersOf(made, (paths, value) => {
      // what comes after it finds out if the worker has ended
      this.#handle.call('setTrainable', [paths, value]).catch(() => undefined);
    });
    this.layers = layers;
    this.#leaves = leaves;
  }

  /** Calls on it. @internal */
  protected get handle(): RemoteHandle {
    return this.#handle;
  }

  toString(): string {
    const layers = this.layers.map(({ name }) => name).join(', ');
    return `RemoteModel '${this.name}' (${layers})${this.#handle.disposed ? ', disposed of' : ''}`;
  }

  /** Whether training changes the weights of any layer. Setting it sets all layers, and counts from the next `compile`, as in Keras. */
  get trainable(): boolean {
    return this.layers.some((layer) => layer.trainable);
  }

  /** Sets all layers, from the next `compile` on. */
  set trainable(value: boolean) {
    for (const layer of this.layers) layer.trainable = value;
  }

  /**
   * The layer of this name, or of this path: `encoder/dense` is the layer `dense` of the model `encoder` within this one.
   *
   * @throws RangeError if there is none; the nearest name is named.
   */
  getLayer(name: string): RemoteLayer {
    const names = this.layers.map((layer) => layer.name);
    const within = names.includes(name) ? undefined : this.#leaves.get(name);
    return within ?? (this.layers[names.indexOf(checkName('layer', name, names))] as RemoteLayer);
  }

  /** See `Sequential.getWeights`. */
  async getWeights(): Promise<Float32Array[]> {
    return this.#handle.call('getWeights', []);
  }

  /** See `Sequential.setWeights`. */
  async setWeights(arrays: readonly (ArrayData | NestedArray)[]): Promise<void> {
    checkKind(Array.isArray(arrays), 'arrays', 'an array of arrays', arrays);
    const copies = arrays.map((array, i) => {
      const { data, ...rest } = valuesOf(`arrays[${i}]`, array);
      return { ...rest, data: data.slice() };
    });
    const transfer = copies.map(({ data }) => data.buffer);
    await this.#handle.call('setWeights', [copies], { transfer });
  }

  /**
   * The model as the bytes of one file, see `Sequential.save`; `client.loadModel` or `loadModel` reads it.
   *
   * @example
   * ```ts
   * import { files, layers } from 'simdescent';
   * import { connect } from 'simdescent/client';
   * const client = await connect();
   * const model = await client.sequential([layers.dense({ units: 1, inputShape: [2] })]);
   * await files.write('model.safetensors', await model.save());
   * client.dispose();
   * ```
   */
  async save(options: SaveOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return this.#handle.call('save', [options]);
  }

  /** See `Sequential.digest`. */
  async digest(): Promise<string> {
    return this.#handle.call('digest', []);
  }

  /** See `Sequential.summary`. */
  async summary(): Promise<string> {
    return this.#handle.call('summary', []);
  }

  /** See `Sequential.countParams`. */
  async countParams(): Promise<number> {
    return this.#handle.call('countParams', []);
  }

  /** See `Sequential.toConfig`. */
  async toConfig(): Promise<ModelConfig> {
    return this.#handle.call('toConfig', []);
  }

  /** See `Sequential.build`. */
  async build(inputShape: Shape): Promise<void> {
    await this.#handle.call('build', [inputShape]);
  }

  /** Frees the model. A training that is under way ends with an Error. Disposing again does nothing. */
  dispose(): void {
    this.#handle.dispose();
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
