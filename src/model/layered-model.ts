/** A model as a thing: layers with weights under one name, its description and its file. base.ts adds what a model does with data. */
import { digestOf } from '../digest.ts';
import type { Runtime } from '../engine/runtime.ts';
import type { Layer, Leaf, Shape } from '../layers/layer.ts';
import type { SymbolicTensor } from '../layers/symbolic.ts';
import { Printed } from '../printed.ts';
import type { TensorLike } from '../tensor.ts';
import { checkBoolean, checkKind, checkName, sizeOf } from '../validate.ts';
import type { ModelConfig } from './config.ts';
import type { ModelOptions, NamedWeight, Predictions, SaveOptions } from './options.ts';
import type { SavedState } from './save.ts';
import { restoreModel, saveModel } from './saving.ts';
import { ModelState } from './state.ts';
import type { Structure } from './structure.ts';
import { describe, summarize } from './summary.ts';

/** What all models are. */
export abstract class LayeredModel<P> extends Printed {
  /** Its name in messages and in `summary()`. */
  readonly name: string;
  /** Seed of its weights, the order of samples and dropout. */
  readonly seed: number;
  /** Its layers, in order of computation. */
  readonly layers: readonly Layer[];
  /** Names of its inputs, for data given by name; `'x'` for one without a name. */
  readonly inputNames: readonly string[];
  /** Names of its outputs, for targets, losses and metrics given by name: those of their layers by default. */
  readonly outputNames: readonly string[];
  /** Strings of your own that are saved and loaded with the model. */
  readonly metadata: Map<string, string> = new Map();
  readonly #state: ModelState;

  /** @internal */
  constructor(structure: Structure, options: ModelOptions) {
    super();
    this.#state = new ModelState(structure, options);
    const { name, seed, layers: own } = this.#state;
    this.inputNames = Object.freeze([...structure.inputNames]);
    this.outputNames = Object.freeze([...structure.outputNames]);
    this.name = name;
    this.seed = seed;
    this.layers = own;
  }

  /** What is behind it. @internal */
  protected get state(): ModelState {
    return this.#state;
  }

  toString(): string {
    return describe(this[Symbol.toStringTag], this.#state);
  }

  /**
   * Calls the model like a layer: it becomes part of another model, which shares its weights.
   *
   * @throws RangeError if inputs do not fit.
   * @example
   * ```ts
   * import { input, layers, model, sequential } from 'simdescent';
   * const encoder = sequential([layers.dense({ units: 2, inputShape: [4] })], { name: 'encoder' });
   * const x = input({ shape: [4] });
   * const code = encoder.apply(x);
   * const autoencoder = model({ inputs: x, outputs: layers.dense({ units: 4 }).apply(code) });
   * ```
   */
  apply(inputs: SymbolicTensor | readonly SymbolicTensor[]): P extends Predictions ? SymbolicTensor : SymbolicTensor[] {
    const all = Array.isArray(inputs) ? inputs : [inputs];
    const [first] = all;
    checkKind(typeof first?.feed === 'function', `the input of ${this.name}`, 'a symbolic tensor', first);
    const outputs = first.feed(this.#state.layer, all);
    return (this.single ? outputs[0] : outputs) as P extends Predictions ? SymbolicTensor : SymbolicTensor[];
  }

  /** The layer that stands for it in a stack. @internal */
  get asLayer(): Layer {
    const [inputs, outputs] = [this.inputNames.length, this.outputNames.length];
    if (inputs !== 1 || outputs !== 1)
      throw new RangeError(
        `a stack takes models of one input and one output; ${this.name} has ${inputs} and ${outputs}: call it in model({ inputs, outputs })`,
      );
    return this.#state.layer;
  }

  /** The layers with weights, including those of models within. @internal */
  get leaves(): readonly Leaf[] {
    const { built } = this.#state;
    return built?.network.leaves ?? Object.freeze(this.layers.map((layer) => ({ layer, path: layer.name })));
  }

  /** Where it lives. @internal */
  get runtime(): Runtime {
    return this.#state.engine;
  }

  /** Whether `predict` returns one array. @internal */
  protected get single(): boolean {
    return true;
  }

  /**
   * Whether training changes the weights of any layer. Setting it sets all layers, and takes effect at the next `compile`, as in Keras.
   */
  get trainable(): boolean {
    return this.layers.some((layer) => layer.trainable);
  }

  /** Sets all layers, from the next `compile` on. @throws TypeError for anything but a truth value. */
  set trainable(value: boolean) {
    checkBoolean('trainable', value);
    for (const layer of this.layers) layer.trainable = value;
  }

  /** Whether the model has weights. */
  get built(): boolean {
    return this.#state.built !== undefined;
  }

  /**
   * The weights in layer order, as live tensors: writing to their data changes the model. During a training with several threads, a timer
   * or an event may find them in the middle of a step; `getWeights`, `setWeights` and methods that return a promise never do.
   */
  get weights(): readonly NamedWeight[] {
    return this.#state.model().weights;
  }

  /**
   * Makes the weights, for samples of `inputShape`. Called automatically when the first layer has an `inputShape`, or when data arrives.
   *
   * @throws RangeError if the layers do not fit each other; Error if the model has been built for another shape.
   */
  build(inputShape: Shape): void {
    this.#state.build([inputShape]);
  }

  /**
   * The layer of this name, or of this path: `encoder/dense` is the layer `dense` of the model `encoder` within this one.
   *
   * @throws RangeError if there is none; it suggests the nearest name.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 3, name: 'hidden', inputShape: [2] }), layers.dense({ units: 1 })]);
   * model.getLayer('hidden').outputShape; // [3]
   * ```
   */
  getLayer(name: string): Layer {
    const within = this.leaves.find(({ path }) => path === name);
    const own = this.layers.some((layer) => layer.name === name);
    return within === undefined || own ? this.layerOf(name) : within.layer;
  }

  /** The layer of this name. @internal */
  protected layerOf(name: string): Layer {
    const names = this.layers.map((layer) => layer.name);
    return this.layers[names.indexOf(checkName('layer', name, names))] as Layer;
  }

  /**
   * Copies of the weights in layer order, between two steps: while other threads are in the middle of one, the call blocks
   * until it is done, some milliseconds.
   *
   * @throws Error if the model has not been built, or if the threads do not finish within two seconds.
   */
  getWeights(): Float32Array[] {
    this.#state.boundary.force();
    return this.weights.map(({ tensor }) => tensor.data.slice());
  }

  /** Copies `arrays`, flat or in the shapes of the weights, into the weights in layer order; all or none, and between two steps as in `getWeights`. */
  setWeights(arrays: readonly TensorLike[]): void {
    this.#state.setWeights(arrays);
  }

  /** The model as plain JSON, without its weights: `configs.modelFrom` makes another model from it. See {@link ModelConfig}. */
  toConfig(): ModelConfig {
    return this.#state.toConfig();
  }

  /**
   * The model as the bytes of one safetensors file: its layers, weights (in Keras' layout, kernels [in, out]), the options of
   * `compile`, the optimizer's slots and counters, and `metadata`. {@link loadModel} reads it, `files.write` stores
   * it, and `safetensors` in Python reads its arrays. Resuming from it gives the same bits as never stopping; a file saved in the
   * middle of an epoch resumes at the beginning of that epoch.
   *
   * @throws Error if the model has been disposed of; TypeError or RangeError for metadata that cannot be saved.
   * @example
   * ```ts
   * import { layers, loadModel, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 3, inputShape: [2] })], { seed: 1 });
   * const bytes = await model.save();
   * const twin = await loadModel(bytes);
   * ```
   */
  async save(options: SaveOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return saveModel(this.#state, options, this.metadata);
  }

  /** Restores the counters of a saved model. @internal */
  restore(state: SavedState): void {
    restoreModel(this.#state, state);
  }

  /** How many numbers the weights have, trained or not; shared ones count once. */
  countParams(): number {
    return this.#state.model().all.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  /**
   * A table of the layers, their output shapes and sizes, as text; if any is frozen, it shows which layers training changes. Below the table, how many numbers are trained, are not, and belong to the
   * optimizer, once the model is compiled: its slots, iterations and learning rate. The total is all of these, as in Keras.
   */
  summary(): string {
    return summarize(this.#state.model(), this.#state.training);
  }

  /**
   * SHA-256 of the weights at the time of the call, in layer order as little-endian float32, as 64 hex digits: equal digests mean equal weights,
   * to the last bit.
   */
  async digest(): Promise<string> {
    const { boundary } = this.#state;
    if (boundary.ahead) await boundary.reach();
    return digestOf(this.weights.map(({ tensor }) => tensor.data));
  }

  /** Frees the weights, gradients and slots. A running training ends with an Error. Disposing again does nothing. */
  dispose(): void {
    this.#state.dispose();
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
