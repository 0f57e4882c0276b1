/** The model: layers one after the other, their parameters in one block, and what can be done with them. */
import type { Logs } from '../callbacks/callback.ts';
import type { Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import { type Engine, engineOf } from '../engine/runtime.ts';
import { nextTask } from '../engine/task.ts';
import type { Layer, Shape } from '../layers/layer.ts';
import { namesOf } from '../layers/names.ts';
import { type Loss, lossOf } from '../losses.ts';
import { metricOf } from '../metrics.ts';
import { optimizerOf } from '../optimizers/index.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { type TensorLike, toArrayData } from '../tensor.ts';
import {
  checkBoolean,
  checkInteger,
  checkName,
  checkNumbers,
  checkOptions,
  checkShape,
  checkSignal,
  show,
  showShape,
} from '../validate.ts';
import { compileConfigOf, type ModelConfig } from './config.ts';
import { digestOf } from './digest.ts';
import { type FitOptions, type FitPlan, type Pass, planFit, runFit } from './fit.ts';
import { History } from './history.ts';
import type {
  CheckedOptions,
  CompileOptions,
  EvaluateOptions,
  LayerOutput,
  LayerOutputsOptions,
  NamedWeight,
  Predictions,
  PredictOptions,
  SaveOptions,
  SequentialOptions,
} from './options.ts';
import { collectOutputs } from './outputs.ts';
import { buildParameters, type Parameters } from './parameters.ts';
import { runPass } from './passes.ts';
import { type Plan, recordPrediction, recordStep } from './record.ts';
import { checkInputs, placeInputs, placeSamples } from './samples.ts';
import { modelFile, type SavedState } from './save.ts';
import { summarize } from './summary.ts';
import { prepareTraining, releaseTraining, type Training } from './training.ts';

/** A stack of layers. Made by {@link sequential}. */
export class Sequential {
  readonly name: string;
  readonly seed: number;
  readonly layers: readonly Layer[];
  /** Set to true by a callback to end the training after the current batch or epoch. */
  stopTraining = false;
  /** What the latest `fit` has recorded so far; kept when it is aborted. */
  history: History | undefined;
  /** Texts of your own that are saved with the model and come back with it. */
  readonly metadata: Map<string, string> = new Map();
  readonly #engine: Engine;
  readonly #scope: Scope;
  /** Checked, with an optimizer and a loss instead of their names. */
  #options: CheckedOptions | undefined;
  #built: Parameters | undefined;
  /** Made when both the shape of the input and the options of `compile` are known. */
  #training: Training | undefined;
  #steps = 0;
  #epoch = 0;
  #fitting = false;
  /** The program of a `fit` that is under way. */
  #running: Program | undefined;
  #disposed = false;

  /** @internal */
  constructor(layers: readonly Layer[], options: SequentialOptions) {
    checkOptions('sequential', options, ['seed', 'runtime', 'name']);
    const { seed = 0, name = 'sequential' } = options;
    checkInteger('seed', seed, 0);
    if (typeof name !== 'string') throw new TypeError(`the name of a model must be a string, got ${show(name)}`);
    this.seed = seed;
    this.name = name;
    const names = namesOf(layers);
    this.layers = [...layers];
    this.#engine = engineOf(options.runtime);
    this.#scope = this.#engine.scope();
    const { inputShape } = layers[0] ?? {};
    const given = layers.map((layer) => layer.name);
    for (const [i, layer] of layers.entries()) {
      layer.owner = this;
      layer.name = names[i] ?? layer.name;
    }
    try {
      if (inputShape !== undefined) this.build(inputShape);
    } catch (error) {
      for (const [i, layer] of layers.entries()) {
        layer.owner = undefined;
        layer.name = given[i] ?? '';
      }
      throw error;
    }
  }

  /** The optimizer that the model was compiled with. */
  get optimizer(): Optimizer | undefined {
    return this.#options?.optimizer;
  }

  /** Whether the weights have been made. */
  get built(): boolean {
    return this.#built !== undefined;
  }

  /** Epochs that the latest `fit` has finished, those before its `initialEpoch` included: the `initialEpoch` of one that goes on. */
  get epoch(): number {
    return this.#epoch;
  }

  /** The weights in layer order, as live tensors: writing to their data changes the model. */
  get weights(): readonly NamedWeight[] {
    return this.#model().weights;
  }

  /**
   * Makes the weights, for samples of `inputShape`. Called by itself when the first layer has an `inputShape`, or when data comes.
   *
   * @throws RangeError if the layers do not fit each other; Error if the model has been built for another shape.
   */
  build(inputShape: Shape): void {
    this.#check();
    checkShape('inputShape', inputShape);
    if (this.#built !== undefined) {
      if (showShape(this.#built.inputShape) === showShape(inputShape)) return;
      throw new Error(
        `${this.name} has been built for input ${showShape(['..', ...this.#built.inputShape])}, got ${showShape(['..', ...inputShape])}`,
      );
    }
    this.#built = buildParameters(this.#engine, this.#scope, this.layers, inputShape, this.#seeds());
  }

  /**
   * Says how the model is trained. Compiling again keeps the weights and starts with fresh slots, at iteration 0.
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
    this.#check();
    if (this.#fitting) throw new Error(`${this.name} cannot be compiled while it is being trained`);
    checkOptions('compile', options, ['optimizer', 'loss', 'metrics']);
    if (options.loss === undefined) throw new TypeError('compile needs a loss');
    const { metrics = [] } = options;
    if (!Array.isArray(metrics)) throw new TypeError(`metrics must be an array, got ${show(metrics)}`);
    const checked = {
      optimizer: optimizerOf(options.optimizer ?? 'rmsprop'),
      loss: lossOf(options.loss),
      metrics,
    };
    checked.optimizer.checkFree(this);
    for (const metric of metrics) metricOf(metric, 1, true);
    if (this.#built !== undefined) {
      this.#training = prepareTraining(this, this.#engine, this.layers, this.#built, checked, this.#training);
    }
    this.#options = checked;
  }

  /**
   * Trains the model.
   *
   * @param x samples [n, ...input]: a tensor, `{ data, shape }` or nested arrays
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
  async fit(x: TensorLike, y: TensorLike, options: FitOptions = {}): Promise<History> {
    this.#check();
    if (this.#fitting) throw new Error(`${this.name} is being trained already`);
    const plan = planFit(x, y, options);
    plan.signal?.throwIfAborted();
    const scope = this.#engine.scope();
    this.#fitting = true;
    try {
      const { train, validation, order } = this.#preparing(() => this.#prepareFit(plan, scope));
      const { program, count } = train;
      const { epochs, batchSize } = plan;
      const measured = ['loss', ...(this.#training?.metrics ?? []).map(({ key }) => key)];
      const keys = [...measured, ...(validation === undefined ? [] : measured.map((key) => `val_${key}`))];
      const history = new History({ epochs, steps: Math.ceil(count / batchSize), batchSize, keys });
      for (const callback of plan.callbacks) {
        callback.setModel?.(this);
        callback.setParams?.(history.params);
      }
      this.stopTraining = false;
      this.history = history;
      const trainee = {
        engine: this.#engine,
        ...this.#seeds(),
        stopped: () => this.stopTraining,
        check: () => this.#check(),
        finished: (epoch: number) => {
          this.#epoch = epoch;
        },
      };
      program.step = this.#steps;
      this.#running = program;
      this.#epoch = plan.initialEpoch;
      try {
        await runFit(plan, trainee, train, validation, order, history);
      } finally {
        this.#steps = program.step;
        this.#running = undefined;
      }
      return history;
    } finally {
      this.#fitting = false;
      scope.dispose();
    }
  }

  /**
   * The loss and the metrics over `x` and `y`, with the weights as they are.
   *
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const { loss } = await model.evaluate([[1], [2]], [[3], [5]]);
   * ```
   */
  async evaluate(x: TensorLike, y: TensorLike, options: EvaluateOptions = {}): Promise<Logs> {
    this.#check();
    checkOptions('evaluate', options, ['batchSize', 'sampleWeight', 'signal']);
    const { batchSize = 32, sampleWeight, signal } = options;
    checkInteger('batchSize', batchSize, 1);
    checkSignal(signal);
    const scope = this.#engine.scope();
    try {
      const pass = this.#preparing(() => {
        const training = this.#compiled(x);
        const placed = this.#place(scope, training.loss, x, y, sampleWeight, 'x', 'y');
        const size = Math.min(batchSize, placed.count);
        return { program: recordStep(this.#plan(), training, scope, placed, size), count: placed.count };
      });
      const result = await runPass({ ...pass, batchSize, signal, check: () => this.#check() });
      return result.logs;
    } finally {
      scope.dispose();
    }
  }

  /**
   * The output of the model for `x` [n, ...input]: [n, ...output].
   *
   * @example
   * ```ts
   * import { layers, sequential } from 'simdescent';
   * const model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [2] })]);
   * const { data, shape } = await model.predict([[0, 1], [1, 0]]); // shape [2, 3]
   * ```
   */
  async predict(x: TensorLike, options: PredictOptions = {}): Promise<Predictions> {
    this.#check();
    checkOptions('predict', options, ['batchSize', 'signal']);
    const [last] = await this.#outputs(x, options, [this.layers.length - 1]);
    return { data: last?.data ?? new Float32Array(0), shape: last?.shape ?? [] };
  }

  /**
   * What each layer puts out for `x` [n, ...input]: for layer after layer its name and [n, ...its output]. Dropout does nothing, as in `predict`.
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
  async layerOutputs(x: TensorLike, options: LayerOutputsOptions = {}): Promise<LayerOutput[]> {
    this.#check();
    checkOptions('layerOutputs', options, ['batchSize', 'signal', 'layers']);
    const names = this.layers.map(({ name }) => name);
    const { layers = names } = options;
    if (!Array.isArray(layers)) throw new TypeError(`layers must be an array of names, got ${show(layers)}`);
    return this.#outputs(
      x,
      options,
      layers.map((name) => names.indexOf(checkName('layer', name, names))),
    );
  }

  /** Copies of the weights in layer order. */
  getWeights(): Float32Array[] {
    return this.weights.map(({ tensor }) => tensor.data.slice());
  }

  /** Copies `arrays` into the weights, in layer order; all or none. */
  setWeights(arrays: readonly ArrayLike<number>[]): void {
    const { weights } = this;
    if (!Array.isArray(arrays)) throw new TypeError(`setWeights takes an array of arrays, got ${show(arrays)}`);
    if (arrays.length !== weights.length)
      throw new RangeError(`${this.name} has ${weights.length} weights, got ${arrays.length} arrays`);
    for (const [i, { name, tensor }] of weights.entries()) {
      checkNumbers(name, arrays[i]);
      const given = arrays[i]?.length;
      if (given !== tensor.size)
        throw new RangeError(`${name} ${showShape(tensor.shape)} takes ${tensor.size} numbers, got ${given}`);
    }
    for (const [i, { tensor }] of weights.entries()) tensor.data.set(arrays[i] ?? []);
  }

  /**
   * The gradients of the latest training step, by the names of the weights, as live tensors, as the optimizer used them: of the whole
   * loss, penalties included, and clipped. Zeros before the first step.
   *
   * @throws Error if the model has not been built and compiled. Compiling again disposes of these tensors.
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
    return this.#trained().gradients;
  }

  /**
   * What the optimizer keeps for each weight, as live tensors: slot after slot, each for all weights in layer order. The names say
   * which: `dense/kernel/momentum` and `dense/kernel/velocity` of Adam. Writing to them changes the coming steps.
   *
   * @throws Error if the model has not been built and compiled. Compiling again disposes of these tensors.
   */
  get slots(): readonly NamedWeight[] {
    return this.#trained().slots;
  }

  /** The model as plain JSON, without its weights: `configs.modelFrom` makes another one of it. See {@link ModelConfig}. */
  toConfig(): ModelConfig {
    this.#check();
    const { name, seed } = this;
    const layers = this.layers.map((layer) => layer.toConfig());
    return {
      className: 'sequential',
      config: { name, seed, layers },
      ...(this.#built !== undefined && { inputShape: [...this.#built.inputShape] }),
      ...(this.#options !== undefined && { compile: compileConfigOf(this.#options) }),
    };
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
    this.#check();
    checkOptions('save', options, ['includeOptimizer']);
    const { includeOptimizer = true } = options;
    checkBoolean('includeOptimizer', includeOptimizer);
    // threads may be in the middle of a step
    while (this.#running?.busy) {
      await nextTask();
      this.#check();
    }
    const { compile, ...bare } = this.toConfig();
    const training = includeOptimizer ? this.#training : undefined;
    const { iterations = 0, momentumProduct = 1 } = training?.optimizer ?? {};
    return modelFile({
      config: includeOptimizer && compile !== undefined ? { ...bare, compile } : bare,
      weights: this.#built?.weights ?? [],
      slots: training?.slots ?? [],
      state: {
        epoch: this.#epoch,
        steps: this.#running?.step ?? this.#steps,
        ...(training !== undefined && { optimizer: { iterations, momentumProduct } }),
      },
      metadata: this.metadata,
    });
  }

  /** Takes over the counters of a saved model. @internal */
  restore({ epoch, steps, optimizer }: SavedState): void {
    this.#epoch = epoch;
    this.#steps = steps;
    if (optimizer !== undefined) this.#trained().optimizer.restore(optimizer.iterations, optimizer.momentumProduct);
  }

  /** Number of trainable numbers. */
  countParams(): number {
    this.#model();
    return this.layers.reduce((sum, layer) => sum + layer.countParams(), 0);
  }

  /** A table of the layers, their output shapes and sizes, as text. */
  summary(): string {
    this.#model();
    return summarize(this.layers);
  }

  /** SHA-256 of the weights in layer order as little-endian float32, in 64 hex digits: equal digests are equal weights, to the last bit. */
  async digest(): Promise<string> {
    return digestOf(this.weights.map(({ tensor }) => tensor.data));
  }

  /** Frees the weights, gradients and slots. A training that is under way ends with an Error. Disposing again does nothing. */
  dispose(): void {
    this.#disposed = true;
    this.#unbuild();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #check(): void {
    if (this.#disposed) throw new Error(`${this.name} has been disposed of`);
    // asks for the memory, which is gone if the runtime has been disposed of
    void this.#engine.arena;
  }

  #model(): Parameters {
    this.#check();
    if (this.#built === undefined)
      throw new Error(`${this.name} has not been built: give the first layer an inputShape, or call build()`);
    return this.#built;
  }

  #first(): Layer {
    const [first] = this.layers;
    if (first === undefined) throw new Error('the model has no layers');
    return first;
  }

  #trained(): Training {
    this.#model();
    if (this.#training === undefined)
      throw new Error(`${this.name} must be compiled first: model.compile({ optimizer, loss })`);
    return this.#training;
  }

  /** Runs `x` through the model and collects what the layers at `indices` put out. */
  async #outputs(x: TensorLike, options: PredictOptions, indices: readonly number[]): Promise<LayerOutput[]> {
    const { batchSize = 32, signal } = options;
    checkInteger('batchSize', batchSize, 1);
    checkSignal(signal);
    const scope = this.#engine.scope();
    try {
      const pass = this.#preparing(() => {
        if (this.#built === undefined) this.build(toArrayData('x', x).shape.slice(1));
        const input = checkInputs(this.#first().name, 'x', x, this.#model().inputShape);
        const count = input.shape[0] ?? 0;
        const size = Math.min(batchSize, count);
        const placed = placeInputs(this.#engine, scope, input);
        return { ...recordPrediction(this.#plan(), scope, placed, size), count, size };
      });
      return await collectOutputs(
        { ...pass, batchSize, signal, check: () => this.#check() },
        this.#engine,
        this.layers,
        indices,
      );
    } finally {
      scope.dispose();
    }
  }

  /** Frees the weights and all that is made for training them. */
  #unbuild(): void {
    for (const { tensor } of this.#built?.weights ?? []) tensor.dispose();
    if (this.#training !== undefined) releaseTraining(this.#training, this);
    this.#scope.dispose();
    this.#training = undefined;
    this.#built = undefined;
  }

  /** Runs `prepare`, which may build the model for the data at hand. If it throws, that is undone: the next data may have another shape. */
  #preparing<T>(prepare: () => T): T {
    const built = this.#built !== undefined;
    try {
      return prepare();
    } catch (error) {
      if (!built) this.#unbuild();
      throw error;
    }
  }

  /** Checks and places the data of `fit` and records its programs. */
  #prepareFit(plan: FitPlan, scope: Scope): { train: Pass; validation: Pass | undefined; order: number } {
    const training = this.#compiled(plan.x);
    const modelPlan = this.#plan();
    const placed = this.#place(scope, training.loss, plan.x, plan.y, plan.sampleWeight, 'x', 'y');
    const size = Math.min(plan.batchSize, placed.count);
    const program = recordStep(modelPlan, training, scope, placed, size, training.block);
    const order = plan.shuffle ? scope.allocate(placed.count * 4) : 0;
    const train = { program, count: placed.count };
    if (plan.validation === undefined) return { train, validation: undefined, order };
    const [x, y, weight] = plan.validation;
    const held = this.#place(scope, training.loss, x, y, weight, 'validation x', 'validation y');
    const heldSize = Math.min(plan.validationBatchSize, held.count);
    const validation = { program: recordStep(modelPlan, training, scope, held, heldSize), count: held.count };
    return { train, validation, order };
  }

  /** The training setup; builds the model from the shape of `x` if need be. */
  #compiled(x: TensorLike): Training {
    if (this.#options === undefined)
      throw new Error(`${this.name} must be compiled first: model.compile({ optimizer, loss })`);
    if (this.#built === undefined) this.build(toArrayData('x', x).shape.slice(1));
    this.#training ??= prepareTraining(this, this.#engine, this.layers, this.#model(), this.#options, undefined);
    return this.#training;
  }

  #place(
    scope: Scope,
    loss: Loss,
    x: TensorLike,
    y: TensorLike,
    weight: TensorLike | undefined,
    xName: string,
    yName: string,
  ) {
    const { inputShape } = this.#model();
    const outputShape = this.layers.at(-1)?.outputShape ?? inputShape;
    const names = { label: this.#first().name, x: xName, y: yName };
    return placeSamples(this.#engine, scope, names, inputShape, outputShape, loss, x, y, weight);
  }

  #seeds(): { seedLow: number; seedHigh: number } {
    return { seedLow: this.seed >>> 0, seedHigh: Math.floor(this.seed / 4294967296) };
  }

  #plan(): Plan {
    return { engine: this.#engine, layers: this.layers, inputShape: this.#model().inputShape, ...this.#seeds() };
  }
}

/**
 * Makes a model of layers, one after the other.
 *
 * @param stack the layers, first to last; the first one may give the `inputShape`
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
 */
export function sequential(stack: readonly Layer[], options: SequentialOptions = {}): Sequential {
  return new Sequential(stack, options);
}
