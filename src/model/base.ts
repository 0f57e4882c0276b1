/** A model of any kind as its users see it; what it has and how its calls are prepared is in state.ts. */

import { digestOf } from '../digest.ts';
import type { Layer, Leaf, Shape } from '../layers/layer.ts';
import type { SymbolicTensor } from '../layers/symbolic.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { Printed } from '../printed.ts';
import type { TensorLike } from '../tensor.ts';
import { checkBoolean, checkKind, checkName, show, sizeOf } from '../validate.ts';
import type { ModelConfig } from './config.ts';
import type { History } from './history.ts';
import type { FitOptions, Model } from './model.ts';
import type {
  BatchOptions,
  CompileOptions,
  EvaluateOptions,
  LayerOutput,
  LayerOutputsOptions,
  ModelData,
  ModelOptions,
  NamedWeight,
  Predictions,
  PredictOptions,
  SaveOptions,
} from './options.ts';
import type { Logs } from './progress.ts';
import type { SavedState } from './save.ts';
import { ModelState, type Structure } from './state.ts';
import { describe, summarize } from './summary.ts';

/** What every kind of model can do. */
export abstract class BaseModel<P> extends Printed implements Model<P> {
  /** Its name in messages and in `summary()`. */
  readonly name: string;
  /** What its weights, the order of samples and dropout are drawn from. */
  readonly seed: number;
  /** Its layers, in the order in which they compute. */
  readonly layers: readonly Layer[];
  /** Names of its inputs, by which data may be given; `'x'` for one without a name. */
  readonly inputNames: readonly string[];
  /** Names of its outputs, by which targets, losses and metrics may be given: those of their layers, if they were not given others. */
  readonly outputNames: readonly string[];
  /** Texts of your own that are saved with the model and come back with it. */
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

  toString(): string {
    return describe(this[Symbol.toStringTag], this.#state);
  }

  /**
   * Calls the model like a layer: it becomes a part of another model, which shares its weights.
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
    const outputs = first.feed(this.#state.asLayer(all.map(({ sample }: SymbolicTensor) => sample)), all);
    return (this.single ? outputs[0] : outputs) as P extends Predictions ? SymbolicTensor : SymbolicTensor[];
  }

  /** The layers that have weights of their own, those of models within included. @internal */
  get leaves(): readonly Leaf[] {
    const { built } = this.#state;
    return built?.network.leaves ?? Object.freeze(this.layers.map((layer) => ({ layer, path: layer.name })));
  }

  /** Shapes of one sample of the inputs, and of the outputs that have a loss, with whether it takes labels. @internal */
  ports() {
    return this.#state.shapes();
  }

  /** The names of the inputs, and of the outputs that have a loss. @internal */
  get portNames() {
    return this.#state.portNames;
  }

  /** Whether `predict` gives one array alone. @internal */
  protected get single(): boolean {
    return true;
  }

  /** The predictions of the outputs as `predict` gives them. @internal */
  protected abstract arrange(all: readonly Predictions[]): P;

  /** Set it to true in a callback, or call `stop()` anywhere, to end the training after the current batch or epoch. */
  get stopTraining(): boolean {
    return this.#state.stopTraining;
  }

  set stopTraining(value: boolean) {
    checkBoolean('stopTraining', value);
    this.#state.stopTraining = value;
  }

  /** What the latest `fit` has recorded so far; kept when it is aborted. */
  get history(): History | undefined {
    return this.#state.history;
  }

  /**
   * Whether training changes the weights of any layer. Setting it sets all layers, and counts from the next `compile`, as in Keras.
   */
  get trainable(): boolean {
    return this.layers.some((layer) => layer.trainable);
  }

  set trainable(value: boolean) {
    checkBoolean('trainable', value);
    for (const layer of this.layers) layer.trainable = value;
  }

  /** The optimizer that the model was compiled with. */
  get optimizer(): Optimizer | undefined {
    return this.#state.options?.optimizer;
  }

  /** Whether the weights have been made. */
  get built(): boolean {
    return this.#state.built !== undefined;
  }

  /** Epochs that the latest `fit` has finished, those before its `initialEpoch` included: the `initialEpoch` of one that goes on. */
  get epoch(): number {
    return this.#state.epoch;
  }

  /**
   * The weights in layer order, as live tensors: writing to their data changes the model. While a training with several threads is under
   * way, a timer or an event may find them in the middle of a step; `getWeights`, `setWeights` and what gives a promise never do.
   */
  get weights(): readonly NamedWeight[] {
    return this.#state.model().weights;
  }

  /**
   * Makes the weights, for samples of `inputShape`. Called by itself when the first layer has an `inputShape`, or when data comes.
   *
   * @throws RangeError if the layers do not fit each other; Error if the model has been built for another shape.
   */
  build(inputShape: Shape): void {
    this.#state.build([inputShape]);
  }

  /**
   * Says how the model is trained. Compiling again keeps the weights; the same optimizer object goes on, another one starts with fresh
   * slots at iteration 0.
   *
   * @throws RangeError for unknown names (the nearest right one is named) or metrics that do not fit the loss; Error if the
   * optimizer belongs to another model or memory is exhausted. The model then stays as it was.
   * @example
   * ```ts
   * import { layers, optimizers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
   * model.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: 'mse', metrics: ['mae'] });
   * ```
   */
  compile(options: CompileOptions): void {
    this.#state.compile(options);
  }

  /**
   * Trains the model.
   *
   * @param x samples [n, ...input]: a tensor, `{ data, shape }` or nested arrays. A tensor is read where it lies: if it is disposed of
   * before the end, that is an Error, here and in `evaluate` and `predict`
   * @param y targets: labels [n] for the sparse losses, else [n, ...output]
   * @returns the history: for each epoch the loss, the metrics and, with validation, `val_loss` and so on
   * @throws before anything is trained: TypeError or RangeError for data and options that do not fit, Error if the model has not
   * been compiled. Later only what a callback throws or the signal's reason; the weights are then those of the last step.
   * If a thread is lost, an Error that names the operation: that step is then half done, and the weights with it.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [1] })], { seed: 1 });
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const { history } = await model.fit([[0], [1], [2], [3]], [[1], [3], [5], [7]], { epochs: 20, batchSize: 2 });
   * ```
   */
  async fit(x: ModelData, y: ModelData, options: FitOptions = {}): Promise<History> {
    return this.#state.fit(this, x, y, options);
  }

  /**
   * Ends the training after the current batch or epoch, as setting `stopTraining` does: `fit` resolves with what it has. Does nothing
   * where nothing is trained.
   */
  stop(): void {
    this.#state.stopTraining = true;
  }

  /**
   * Sets the optimizer's learning rate, as setting `optimizer.learningRate` does, also while the model is trained.
   *
   * @throws Error if the model has not been compiled, or the rate follows a schedule; RangeError below 0.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * model.setLearningRate(0.1);
   * ```
   */
  setLearningRate(value: number): void {
    if (this.optimizer === undefined) throw new Error(`${this.name} must be compiled first: it has no optimizer`);
    this.optimizer.learningRate = value;
  }

  /**
   * The loss and the metrics over `x` and `y`, with the weights as they are. A training that is under way stands still meanwhile, between
   * two steps, as it does for `predict` and `layerOutputs`.
   *
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const { loss } = await model.evaluate([[1], [2]], [[3], [5]]);
   * ```
   */
  async evaluate(x: ModelData, y: ModelData, options: EvaluateOptions = {}): Promise<Logs> {
    return this.#state.evaluate(x, y, options);
  }

  /**
   * The output of the model for `x`, `[n, ...input]`: `[n, ...output]`.
   *
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [2] })]);
   * const { data, shape } = await model.predict([[0, 1], [1, 0]]); // shape [2, 3]
   * ```
   */
  async predict(x: ModelData, options: PredictOptions = {}): Promise<P> {
    const run = this.#state.runOptions('predict', options);
    const all = await this.#state.outputs(x, run, ({ outputs }) =>
      outputs.map((number, i) => ({ name: this.#state.structure.outputNames[i] ?? '', number })),
    );
    return this.arrange(all.map(({ data, shape }) => ({ data, shape })));
  }

  /**
   * The outputs for one batch, at once: without a promise, and from the second call with as many samples on without any memory but that of
   * the result. For games, control, and other programs that ask for a few samples thousands of times a second.
   *
   * @throws as {@link predict}.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [2] })]);
   * const { data } = model.predictOnBatch([[0, 1]]); // 3 probabilities
   * ```
   */
  predictOnBatch(x: ModelData): P {
    return this.arrange(this.#state.predictOnBatch(x));
  }

  /**
   * One training step on one batch, at once: the loss and the metrics, of the weights before the step. `fit` is for whole data sets; this is for
   * loops of your own. The two can take turns: both count the same steps.
   *
   * @throws as {@link fit}; Error while `fit` trains the model.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const { loss } = model.trainOnBatch([[1], [2]], [[3], [5]]);
   * ```
   */
  trainOnBatch(x: ModelData, y: ModelData, options: BatchOptions = {}): Logs {
    return this.#state.stepOnBatch(x, y, options, true);
  }

  /**
   * The loss and the metrics of one batch, at once.
   *
   * @throws as {@link evaluate}.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const { loss } = model.testOnBatch([[1], [2]], [[3], [5]]);
   * ```
   */
  testOnBatch(x: ModelData, y: ModelData, options: BatchOptions = {}): Logs {
    return this.#state.stepOnBatch(x, y, options, false);
  }

  /**
   * What each layer puts out for `x`, `[n, ...input]`: for layer after layer its name and `[n, ...its output]`. Dropout does nothing, as in `predict`.
   *
   * @throws RangeError for a layer that the model does not have.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 3, activation: 'relu', inputShape: [2] }), layers.dense({ units: 1 })]);
   * const [hidden] = await model.layerOutputs([[0, 1], [1, 0]], { layers: ['dense'] }); // shape [2, 3]
   * const dead = hidden?.data.every((value) => value === 0);
   * ```
   */
  async layerOutputs(x: ModelData, options: LayerOutputsOptions = {}): Promise<LayerOutput[]> {
    const run = this.#state.runOptions('layerOutputs', options, ['layers']);
    const names = this.layers.map(({ name }) => name);
    const { layers = names } = options;
    if (!Array.isArray(layers)) throw new TypeError(`layers must be an array of names, got ${show(layers)}`);
    const picked = layers.map((name) => this.#layerOf(name));
    return this.#state.outputs(x, run, ({ outputOf }) =>
      picked.map((layer) => ({ name: layer.name, number: outputOf.get(layer) ?? 0 })),
    );
  }

  /**
   * The layer of this name, or of this path: `encoder/dense` is the layer `dense` of the model `encoder` within this one.
   *
   * @throws RangeError if there is none; the nearest name is named.
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
    return within === undefined || own ? this.#layerOf(name) : within.layer;
  }

  #layerOf(name: string): Layer {
    const names = this.layers.map((layer) => layer.name);
    return this.layers[names.indexOf(checkName('layer', name, names))] as Layer;
  }

  /**
   * Copies of the weights in layer order, as they are between two steps: while other threads are in the middle of one, the caller is
   * held up until it is done, some milliseconds.
   *
   * @throws Error if the model has not been built, or if the threads do not finish within two seconds.
   */
  getWeights(): Float32Array[] {
    this.#state.boundary.force();
    return this.weights.map(({ tensor }) => tensor.data.slice());
  }

  /** Copies `arrays`, flat or in the shapes of the weights, into the weights in layer order; all or none, and between two steps, see `getWeights`. */
  setWeights(arrays: readonly TensorLike[]): void {
    this.#state.setWeights(arrays);
  }

  /**
   * The gradients of the latest training step, by the names of the weights, as live tensors, as the optimizer used them: of the whole
   * loss, penalties included, and clipped. Zeros before the first step.
   *
   * @throws Error if the model has not been built and compiled. Compiling with another optimizer disposes of these tensors.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
   * model.compile({ optimizer: 'adam', loss: 'mse' });
   * await model.fit([[1]], [[2]]);
   * model.gradients[0]?.name;           // 'dense/kernel'
   * model.gradients[0]?.tensor.data[0]; // dL/dw
   * ```
   */
  get gradients(): readonly NamedWeight[] {
    return this.#state.trained().gradients;
  }

  /**
   * What the optimizer keeps for each weight, as live tensors: slot after slot, each for all weights in layer order. The names say
   * which: `dense/kernel/momentum` and `dense/kernel/velocity` of Adam. Writing to them changes the coming steps.
   *
   * @throws Error if the model has not been built and compiled. Compiling with another optimizer disposes of these tensors.
   */
  get slots(): readonly NamedWeight[] {
    return this.#state.trained().slots;
  }

  /** The model as plain JSON, without its weights: `configs.modelFrom` makes another one of it. See {@link ModelConfig}. */
  toConfig(): ModelConfig {
    return this.#state.toConfig();
  }

  /**
   * The model as the bytes of one file, in the format safetensors: its layers, weights (as Keras lays them out, kernels [in, out]),
   * what it was compiled with, the optimizer's slots and counters, and `metadata`. {@link loadModel} reads it, `files.write` keeps
   * it, and `safetensors` in Python reads its arrays. To go on from it later is to the last bit what never stopping is; from a file
   * that was made while an epoch was under way, that epoch begins anew.
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
    return this.#state.save(options, this.metadata);
  }

  /** Takes over the counters of a saved model. @internal */
  restore(state: SavedState): void {
    this.#state.restore(state);
  }

  /** How many numbers the weights have, trained or not; those that layers share count once. */
  countParams(): number {
    return this.#state.model().all.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  /**
   * A table of the layers, their output shapes and sizes, as text, with which of them training changes if any is frozen, and below it how many numbers are trained, are not, and belong to the
   * optimizer, once the model is compiled: its slots, iterations and learning rate. The total is all of these, as in Keras.
   */
  summary(): string {
    return summarize(this.#state.model(), this.#state.training);
  }

  /**
   * SHA-256 of the weights, as they are at the call, in layer order as little-endian float32, in 64 hex digits: equal digests are equal weights,
   * to the last bit.
   */
  async digest(): Promise<string> {
    const { boundary } = this.#state;
    if (boundary.ahead) await boundary.reach();
    return digestOf(this.weights.map(({ tensor }) => tensor.data));
  }

  /** Frees the weights, gradients and slots. A training that is under way ends with an Error. Disposing again does nothing. */
  dispose(): void {
    this.#state.dispose();
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
