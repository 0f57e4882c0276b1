/** What a model has behind its public face: its weights, how it is trained, and the programs of its calls. */
import type { Scope } from '../engine/memory.ts';
import { type Engine, engineOf } from '../engine/runtime.ts';
import type { Layer, Shape } from '../layers/layer.ts';
import { namesOf } from '../layers/names.ts';
import { lossOf } from '../losses.ts';
import { metricsOf } from '../metrics.ts';
import { optimizerOf } from '../optimizers/index.ts';
import { type Seeds, seedsOf } from '../seeds.ts';
import { Tensor, type TensorLike, toArrayData } from '../tensor.ts';
import {
  checkBoolean,
  checkInteger,
  checkLabel,
  checkOptions,
  checkShape,
  checkSignal,
  sameShape,
  show,
  showShape,
} from '../validate.ts';
import { divided } from '../values.ts';
import { Boundary } from './boundary.ts';
import { compileConfigOf, type ModelConfig } from './config.ts';
import { planFit, runFit } from './fit.ts';
import { History } from './history.ts';
import type { FitOptions, Model } from './model.ts';
import { chainOf } from './network.ts';
import type {
  CheckedOptions,
  CompileOptions,
  EvaluateOptions,
  LayerOutput,
  PredictOptions,
  SaveOptions,
  SequentialOptions,
} from './options.ts';
import { collectOutputs } from './outputs.ts';
import { type Built, buildNetwork, releaseNetwork } from './parameters.ts';
import { runPass } from './passes.ts';
import type { Logs } from './progress.ts';
import { recordPrediction, recordStep } from './record.ts';
import { checkInputs, placeInputs, placeSamples, type Samples, sampleShape } from './samples.ts';
import { modelFile, type SavedState } from './save.ts';
import { fittingTo, prepareTraining, releaseTraining, type Training } from './training.ts';

interface RunOptions {
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
}

export class ModelState {
  readonly name: string;
  readonly seed: number;
  /** The seed, as two words. */
  readonly seeds: Seeds;
  readonly layers: readonly Layer[];
  readonly engine: Engine;
  /** Checked, with an optimizer and a loss instead of their names. */
  options: CheckedOptions | undefined;
  built: Built | undefined;
  /** Made when both the shape of the input and the options of `compile` are known. */
  training: Training | undefined;
  /** Training steps done since the weights were made, which dropout counts. */
  steps = 0;
  /** Epochs that the latest `fit` has finished. */
  epoch = 0;
  fitting = false;
  /** Set to end the training after the current run of steps. */
  stopTraining = false;
  /** Of the latest `fit`. */
  history: History | undefined;
  readonly boundary = new Boundary(() => this.check());
  disposed = false;

  constructor(layers: readonly Layer[], options: SequentialOptions) {
    checkOptions('sequential', options, ['seed', 'runtime', 'name']);
    const { seed = 0, name = 'sequential' } = options;
    checkInteger('seed', seed, 0);
    checkLabel('the name of a model', name);
    this.seed = seed;
    this.seeds = seedsOf(seed);
    this.name = name;
    const names = namesOf(layers);
    this.layers = Object.freeze([...layers]);
    this.engine = engineOf(options.runtime);
    const { inputShape } = layers[0] ?? {};
    const given = layers.map((layer) => layer.name);
    for (const [i, layer] of layers.entries()) layer.claim(names[i] ?? layer.name);
    try {
      if (inputShape !== undefined) this.build(inputShape);
    } catch (error) {
      for (const [i, layer] of layers.entries()) layer.claim(given[i] ?? '');
      throw error;
    }
  }

  build(inputShape: Shape): Built {
    this.check();
    checkShape('inputShape', inputShape);
    this.built ??= this.#make(inputShape);
    if (sameShape(this.built.inputShape, inputShape)) return this.built;
    const [expected, got] = [this.built.inputShape, inputShape].map((shape) => showShape(['..', ...shape]));
    throw new Error(`${this.name} has been built for input ${expected}, got ${got}`);
  }

  #make(inputShape: Shape): Built {
    try {
      return buildNetwork(this.engine, chainOf(this.layers, inputShape), this.seeds);
    } catch (error) {
      for (const layer of this.layers) layer.reset();
      throw error;
    }
  }

  compile(options: CompileOptions): void {
    this.check();
    if (this.fitting) throw new Error(`${this.name} cannot be compiled while it is being trained`);
    checkOptions('compile', options, ['optimizer', 'loss', 'metrics']);
    if (options.loss === undefined) throw new TypeError('compile needs a loss');
    const { metrics = [] } = options;
    if (!Array.isArray(metrics)) throw new TypeError(`metrics must be an array, got ${show(metrics)}`);
    const optimizer = optimizerOf(options.optimizer ?? 'rmsprop');
    const loss = lossOf(options.loss);
    loss.checkReduces('compile');
    const checked = { optimizer, loss, metrics: [...metrics] };
    optimizer.checkFree(this);
    // how wide the output is may not be known yet: two columns fit every accuracy
    metricsOf(metrics, 2, loss);
    if (this.built !== undefined) this.training = prepareTraining(this, this.built, checked, this.training);
    this.options = checked;
  }

  async fit(model: Model, x: TensorLike, y: TensorLike, options: FitOptions): Promise<History> {
    this.check();
    if (this.fitting) throw new Error(`${this.name} is being trained already`);
    const plan = planFit(x, y, options);
    const { epochs, initialEpoch, batchSize, signal, callbacks, validation: held } = plan;
    signal?.throwIfAborted();
    this.fitting = true;
    // now: a `stop()` right behind the call counts
    this.stopTraining = false;
    try {
      return await this.with(
        async (scope) => {
          const train = this.pass(scope, plan.train, batchSize, '', true);
          const validation = held && this.pass(scope, held, plan.validationBatchSize, 'validation ');
          const order = plan.shuffle ? scope.allocate(train.count * 4) : 0;
          const measured = ['loss', ...this.trained().metrics.map(({ key }) => key)];
          const keys = [...measured, ...(held === undefined ? [] : measured.map((key) => `val_${key}`))];
          const steps = Math.ceil(train.count / batchSize);
          const history = new History({ epochs, steps, batchSize, keys });
          for (const callback of callbacks) {
            await callback.setModel?.(model);
            await callback.setParams?.(history.params);
          }
          return { train: { ...train, order }, validation, history };
        },
        async ({ train, validation, history }) => {
          const { program } = train;
          const run = { signal, check: () => this.check(plan.train.x, held?.x) };
          const free = () => this.boundary.free();
          this.history = history;
          program.step = this.steps;
          this.boundary.running = program;
          this.epoch = initialEpoch;
          try {
            await runFit(plan, this, { ...run, ...train, free }, validation && { ...run, ...validation }, history);
          } finally {
            this.steps = program.step;
            this.boundary.running = undefined;
          }
          return history;
        },
      );
    } finally {
      this.fitting = false;
    }
  }

  async evaluate(x: TensorLike, y: TensorLike, options: EvaluateOptions): Promise<Logs> {
    const { batchSize, signal } = this.runOptions('evaluate', options, ['sampleWeight']);
    const run = { signal, check: () => this.check(x) };
    return this.with(
      (scope) => this.pass(scope, { x, y, sampleWeight: options.sampleWeight }, batchSize),
      async (pass) => (await this.boundary.hold(() => runPass({ ...run, ...pass }))).logs,
    );
  }

  /** Runs `x` through the model and collects what the layers at `indices` put out. */
  async outputs(x: TensorLike, { batchSize, signal }: RunOptions, indices: readonly number[]): Promise<LayerOutput[]> {
    const run = { signal, check: () => this.check(x) };
    return this.with(
      (scope) => {
        const built = this.modelFor(x);
        const input = checkInputs(built, 'x', x);
        const [count = 0] = input.shape;
        const size = Math.min(batchSize, count);
        const { layers, network } = built;
        const numbers = indices.map((index) => network.outputOf.get(layers[index] as Layer) ?? 0);
        const recorded = recordPrediction(built, scope, placeInputs(this.engine, scope, input), size, numbers);
        return { ...recorded, count, batchSize: size };
      },
      (pass) => this.boundary.hold(() => collectOutputs({ ...run, ...pass }, this.model(), indices)),
    );
  }

  /** Checks the options of a run over data. */
  runOptions(of: string, options: PredictOptions, own: readonly string[] = []): RunOptions {
    this.check();
    checkOptions(of, options, ['batchSize', 'signal', ...own]);
    const { batchSize = 32, signal } = options;
    checkInteger('batchSize', batchSize, 1);
    checkSignal(signal);
    return { batchSize, signal };
  }

  setWeights(arrays: readonly TensorLike[]): void {
    const { weights } = this.model();
    if (!Array.isArray(arrays)) throw new TypeError(`setWeights takes an array of arrays, got ${show(arrays)}`);
    if (arrays.length !== weights.length)
      throw new RangeError(`${this.name} has ${weights.length} weights, got ${arrays.length} arrays`);
    const given = weights.map(({ name, tensor: { shape, size } }, i) => {
      const values = toArrayData(name, arrays[i]);
      if (values.data.length !== size || (values.shape.length > 1 && !sameShape(values.shape, shape)))
        throw new RangeError(`${name} ${showShape(shape)} takes ${size} numbers, got ${showShape(values.shape)}`);
      return divided(values);
    });
    this.boundary.force();
    for (const [i, { tensor }] of weights.entries()) tensor.data.set(given[i] ?? []);
  }

  toConfig(): ModelConfig {
    this.check();
    const { name, seed } = this;
    const layers = this.layers.map((layer) => layer.toConfig());
    return {
      className: 'sequential',
      config: { name, seed, layers },
      ...(this.built !== undefined && { inputShape: [...this.built.inputShape] }),
      ...(this.options !== undefined && { compile: compileConfigOf(this.options) }),
    };
  }

  async save(options: SaveOptions, metadata: ReadonlyMap<string, string>): Promise<Uint8Array<ArrayBuffer>> {
    this.check();
    checkOptions('save', options, ['includeOptimizer']);
    const { includeOptimizer = true } = options;
    checkBoolean('includeOptimizer', includeOptimizer);
    if (this.boundary.ahead) await this.boundary.reach();
    const { compile, ...bare } = this.toConfig();
    const optimizer = includeOptimizer ? this.options?.optimizer : undefined;
    // makes the slots of a model that has been built since it was compiled
    const training = optimizer !== undefined && this.built !== undefined ? this.trained() : undefined;
    return modelFile({
      config: includeOptimizer && compile !== undefined ? { ...bare, compile } : bare,
      weights: this.built?.weights ?? [],
      slots: training?.slots ?? [],
      state: {
        epoch: this.epoch,
        steps: this.boundary.running?.step ?? this.steps,
        ...(optimizer !== undefined && {
          optimizer: {
            iterations: optimizer.iterations,
            momentumProduct: optimizer.momentumProduct,
            ...this.#frozen(training),
          },
        }),
      },
      metadata,
    });
  }

  /** The layers that were frozen when the model was compiled, where any is or was. */
  #frozen(training: Training | undefined): { readonly frozen?: readonly string[] } {
    if (training === undefined) return {};
    const own = this.layers.filter(({ weights }) => weights.length > 0);
    const frozen = own.filter(({ weights }) => !weights.some((weight) => training.gradientOf.has(weight)));
    if (frozen.length === 0 && own.every(({ trainable }) => trainable)) return {};
    return { frozen: frozen.map(({ name }) => name) };
  }

  /** Takes over the counters of a saved model. */
  restore({ epoch, steps, optimizer }: SavedState): void {
    this.epoch = epoch;
    this.steps = steps;
    if (optimizer === undefined) return;
    if (this.built !== undefined) this.trained();
    this.options?.optimizer.restore(optimizer.iterations, optimizer.momentumProduct);
  }

  /** Throws if the model has been disposed of, or data that a call reads where they lie. */
  check(...data: readonly (TensorLike | undefined)[]): void {
    if (this.disposed) throw new Error(`${this.name} has been disposed of`);
    // asks for the memory, which is gone if the runtime has been disposed of
    void this.engine.arena;
    for (const one of data) if (one instanceof Tensor) void one.address;
  }

  model(): Built {
    this.check();
    if (this.built === undefined)
      throw new Error(`${this.name} has not been built: give the first layer an inputShape, or call build()`);
    return this.built;
  }

  /** The same for samples like `x`, for whose shape the model is built if it has not been. */
  modelFor(x: TensorLike): Built {
    return this.built ?? this.build(sampleShape(x));
  }

  trained(): Training {
    const built = this.model();
    if (this.options === undefined)
      throw new Error(`${this.name} must be compiled first: model.compile({ optimizer, loss })`);
    this.training ??= prepareTraining(this, built, this.options, undefined);
    return this.training;
  }

  dispose(): void {
    this.disposed = true;
    this.unbuild();
  }

  /** Frees the weights and all that is made for training them. */
  unbuild(): void {
    if (this.training !== undefined) releaseTraining(this.training, this);
    if (this.built !== undefined) releaseNetwork(this.built);
    this.training = undefined;
    this.built = undefined;
  }

  /**
   * Runs a call over data: prepares it, which may build the model for the data at hand, and frees what it has placed. If preparing
   * throws, building is undone: the next data may have another shape.
   */
  async with<P, T>(prepare: (scope: Scope) => P | Promise<P>, run: (prepared: P) => Promise<T>): Promise<T> {
    const scope = this.engine.scope();
    let keep = this.built !== undefined;
    try {
      const prepared = await prepare(scope);
      keep = true;
      return await run(prepared);
    } finally {
      if (!keep) this.unbuild();
      scope.dispose();
    }
  }

  /** Places data and records a step over a batch of them, which trains or evaluates. `of` is what messages have before `x` and `y`. */
  pass(scope: Scope, samples: Samples, batchSize: number, of = '', trains = false) {
    const built = this.modelFor(samples.x);
    const training = this.trained();
    const fitting = fittingTo(built, training.options, toArrayData(`${of}y`, samples.y).shape);
    const placed = placeSamples(built, scope, fitting.loss, samples, of);
    const { count } = placed;
    const size = Math.min(batchSize, count);
    const compiled = { ...training, ...fitting };
    const program = recordStep(built, compiled, scope, placed, size, trains ? training.block : undefined);
    return { program, count, batchSize: size };
  }
}
