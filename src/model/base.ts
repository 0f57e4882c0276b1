/** The public face of every model: what it does with data. state.ts has its contents. */
import type { Optimizer } from '../optimizers/optimizer.ts';
import { argumentsOf } from '../stream.ts';
import { checkBoolean, show } from '../validate.ts';
import { evaluate, outputsOf } from './calls.ts';
import { runOptions } from './feeding.ts';
import { fit } from './fit.ts';
import type { History } from './history.ts';
import { LayeredModel } from './layered-model.ts';
import type { FitOptions, FitStreamOptions, Model } from './model.ts';
import { predictOnBatch, stepOnBatch } from './on-batch.ts';
import type {
  BatchOptions,
  CompileOptions,
  EvaluateOptions,
  LayerOutput,
  LayerOutputsOptions,
  ModelData,
  NamedWeight,
  Predictions,
  PredictOptions,
  StreamOptions,
} from './options.ts';
import type { Logs } from './progress.ts';
import type { BatchSource, InputBatch } from './stream.ts';

/** Common methods of all models. */
export abstract class BaseModel<P> extends LayeredModel<P> implements Model<P> {
  /** Shapes of one sample of the inputs, and of the outputs that have a loss, with whether it takes labels. @internal */
  ports() {
    return this.state.shapes();
  }

  /** The names of the inputs, and of the outputs that have a loss. @internal */
  portNames() {
    return this.state.portNames;
  }

  /** The predictions in the form that `predict` returns. @internal */
  protected abstract arrange(all: readonly Predictions[]): P;

  /** Set it to true in a callback, or call `stop()` anywhere, to end the training after the current batch or epoch. */
  get stopTraining(): boolean {
    return this.state.stopTraining;
  }

  set stopTraining(value: boolean) {
    checkBoolean('stopTraining', value);
    this.state.stopTraining = value;
  }

  /** The latest `fit`'s records so far; kept when it is aborted. */
  get history(): History | undefined {
    return this.state.history;
  }

  /** The optimizer that the model was compiled with. */
  get optimizer(): Optimizer | undefined {
    return this.state.options?.optimizer;
  }

  /** Epochs that the latest `fit` has finished, including those before its `initialEpoch`: pass it as `initialEpoch` to continue. */
  get epoch(): number {
    return this.state.epoch;
  }

  /**
   * Sets the optimizer, the loss and the metrics. Compiling again keeps the weights; the same optimizer object continues, another one starts with new
   * slots at iteration 0.
   *
   * @throws RangeError for unknown names (it suggests the nearest) or metrics that do not fit the loss; Error if the
   * optimizer belongs to another model or memory is exhausted. The model then stays as it was.
   * @example
   * ```ts
   * import { layers, optimizers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
   * model.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: 'mse', metrics: ['mae'] });
   * ```
   */
  compile(options: CompileOptions): void {
    this.state.compile(options);
  }

  /**
   * Trains the model.
   *
   * Arrays lie in memory as a whole. A stream of batches, `fit(source, options)`, may be larger than memory: batches `{ x, y, sampleWeight? }` or `[x, y]` are copied as
   * they arrive, up to eight ahead, and forgotten when they have been used. The same batches in the same order give the same bits either way. A stream that is
   * not read to its end is told so (`return`); an Error of the stream, or of a batch that does not fit, names the batch, after those before it have been used.
   *
   * @param x samples [n, ...input]: a tensor, `{ data, shape }`, nested arrays or, where the first layer is dense, sparse rows `{ indices, values, offsets, shape }` (see `sparse`).
   * A tensor is read in place: disposing of it
   * before the end is an Error, here and in `evaluate` and `predict`
   * @param y targets: labels [n] for the sparse losses, else [n, ...output]
   * @returns the history: for each epoch the loss, the metrics and, with validation, `val_loss` and so on
   * @throws before training: TypeError or RangeError for data and options that do not fit, Error if the model has not
   * been compiled. During training only errors of callbacks or the signal's reason; the weights are then those of the last step.
   * If a thread is lost, an Error that names the operation; that step, and with it the weights, is then half done.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [1] })], { seed: 1 });
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const { history } = await model.fit([[0], [1], [2], [3]], [[1], [3], [5], [7]], { epochs: 20, batchSize: 2 });
   *
   * async function* batches() {
   *   for (let i = 0; i < 4; i += 2) yield { x: [[i], [i + 1]], y: [[2 * i + 1], [2 * i + 3]] };
   * }
   * await model.fit(batches, { epochs: 20 }); // the function is called for every epoch
   * ```
   */
  fit(x: ModelData, y: ModelData, options?: FitOptions): Promise<History>;
  /** Trains the model on a stream of batches. */
  fit(source: BatchSource, options?: FitStreamOptions): Promise<History>;
  async fit(
    given: ModelData | BatchSource,
    second?: ModelData | FitStreamOptions,
    third?: FitOptions,
  ): Promise<History> {
    const { x, y, options } = argumentsOf<ModelData | BatchSource, ModelData, FitOptions>(
      'fit',
      given,
      second as ModelData,
      third,
    );
    return fit(this.state, this, x, y, options);
  }

  /**
   * Ends the training after the current batch or epoch, like setting `stopTraining`: `fit` resolves with its results so far. Does nothing
   * without a training.
   */
  stop(): void {
    this.state.stopTraining = true;
  }

  /**
   * Sets the optimizer's learning rate, like setting `optimizer.learningRate`, also during training.
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
   * The loss and the metrics over `x` and `y`, with the current weights. A running training waits meanwhile, between
   * two steps, as it does for `predict` and `layerOutputs`.
   *
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const { loss } = await model.evaluate([[1], [2]], [[3], [5]]);
   * await model.evaluate(() => [{ x: [[1], [2]], y: [[3], [5]] }]); // a stream of batches, as for fit
   * ```
   */
  evaluate(x: ModelData, y: ModelData, options?: EvaluateOptions): Promise<Logs>;
  /** The loss and the metrics over a stream of batches. */
  evaluate(source: BatchSource, options?: StreamOptions): Promise<Logs>;
  async evaluate(
    given: ModelData | BatchSource,
    second?: ModelData | StreamOptions,
    third?: EvaluateOptions,
  ): Promise<Logs> {
    const { x, y, options } = argumentsOf<ModelData | BatchSource, ModelData, EvaluateOptions>(
      'evaluate',
      given,
      second as ModelData,
      third,
    );
    return evaluate(this.state, x, y, options);
  }

  /**
   * The output of the model for `x`, `[n, ...input]`: `[n, ...output]`.
   *
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [2] })]);
   * const { data, shape } = await model.predict([[0, 1], [1, 0]]); // shape [2, 3]
   * await model.predict(() => [{ x: [[0, 1]] }, { x: [[1, 0]] }]); // a stream of batches: shape [2, 3] too
   * ```
   */
  async predict(x: ModelData | BatchSource<InputBatch>, options: PredictOptions = {}): Promise<P> {
    const run = runOptions(this.state, 'predict', options, ['steps']);
    const all = await outputsOf(this.state, 'predict', x, options, run, ({ outputs }) =>
      outputs.map((number, i) => ({ name: this.state.structure.outputNames[i] ?? '', number })),
    );
    return this.arrange(all.map(({ data, shape }) => ({ data, shape })));
  }

  /**
   * The outputs for one batch, at once: without a promise, and from the second call with the same number of samples on without allocating more than
   * the result. For games, control, and other programs that need a few samples thousands of times a second.
   *
   * @throws like {@link predict}.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [2] })]);
   * const { data } = model.predictOnBatch([[0, 1]]); // 3 probabilities
   * ```
   */
  predictOnBatch(x: ModelData): P {
    return this.arrange(predictOnBatch(this.state, x));
  }

  /**
   * One training step on one batch, at once; returns the loss and the metrics, of the weights before the step. `fit` is for whole data sets; this is for
   * your own loops. The two can take turns: both count the same steps.
   *
   * @throws like {@link fit}; Error while `fit` trains the model.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const { loss } = model.trainOnBatch([[1], [2]], [[3], [5]]);
   * ```
   */
  trainOnBatch(x: ModelData, y: ModelData, options: BatchOptions = {}): Logs {
    return stepOnBatch(this.state, x, y, options, true);
  }

  /**
   * The loss and the metrics of one batch, at once.
   *
   * @throws like {@link evaluate}.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const { loss } = model.testOnBatch([[1], [2]], [[3], [5]]);
   * ```
   */
  testOnBatch(x: ModelData, y: ModelData, options: BatchOptions = {}): Logs {
    return stepOnBatch(this.state, x, y, options, false);
  }

  /**
   * The output of each layer for `x`, `[n, ...input]`: its name and `[n, ...its output]`, layer by layer. Dropout does nothing, as in `predict`.
   *
   * @throws RangeError for a layer that is not in the model.
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 3, activation: 'relu', inputShape: [2] }), layers.dense({ units: 1 })]);
   * const [hidden] = await model.layerOutputs([[0, 1], [1, 0]], { layers: ['dense'] }); // shape [2, 3]
   * const dead = hidden?.data.every((value) => value === 0);
   * ```
   */
  async layerOutputs(x: ModelData, options: LayerOutputsOptions = {}): Promise<LayerOutput[]> {
    const run = runOptions(this.state, 'layerOutputs', options, ['layers']);
    const names = this.layers.map(({ name }) => name);
    const { layers = names } = options;
    if (!Array.isArray(layers)) throw new TypeError(`layers must be an array of names, got ${show(layers)}`);
    const picked = layers.map((name) => ({ name, layer: this.getLayer(name) }));
    return outputsOf(this.state, 'layerOutputs', x, {}, run, ({ outputOf }) =>
      picked.map(({ name, layer }) => ({ name, number: outputOf.get(layer) ?? 0 })),
    );
  }

  /**
   * The gradients of the latest training step, by the names of the weights, as live tensors, as the optimizer used them: of the whole
   * loss, including penalties, and clipped. Zeros before the first step. A kernel that is updated row by row, on `sparse` rows, has none.
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
    return this.state.ready().gradients;
  }

  /**
   * The optimizer's slots for each weight, as live tensors: slot by slot, each for all weights in layer order. Their names are
   * `dense/kernel/momentum` and `dense/kernel/velocity` with Adam. Writing to them changes the coming steps.
   *
   * @throws Error if the model has not been built and compiled. Compiling with another optimizer disposes of these tensors.
   */
  get slots(): readonly NamedWeight[] {
    return this.state.trained().slots;
  }
}
