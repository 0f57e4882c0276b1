/** What a model has behind its public face: its weights, how it is trained, and the programs of its calls. */
import type { Logs } from '../callbacks/callback.ts';
import type { Scope } from '../engine/memory.ts';
import { type Engine, engineOf } from '../engine/runtime.ts';
import type { Layer, Shape } from '../layers/layer.ts';
import { namesOf } from '../layers/names.ts';
import { type Loss, lossOf } from '../losses.ts';
import { metricOf } from '../metrics.ts';
import { optimizerOf } from '../optimizers/index.ts';
import { Tensor, type TensorLike, toArrayData } from '../tensor.ts';
import {
  checkBoolean,
  checkInteger,
  checkNumbers,
  checkOptions,
  checkShape,
  checkSignal,
  sameShape,
  show,
  showShape,
} from '../validate.ts';
import { Boundary } from './boundary.ts';
import { compileConfigOf, type ModelConfig } from './config.ts';
import type { FitPlan, Pass } from './fit.ts';
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
import { buildParameters, type Parameters } from './parameters.ts';
import { runPass } from './passes.ts';
import { type Plan, recordPrediction, recordStep } from './record.ts';
import { type ClassWeight, checkInputs, placeInputs, placeSamples } from './samples.ts';
import { modelFile, type SavedState } from './save.ts';
import { prepareTraining, releaseTraining, type Training } from './training.ts';

export class ModelState {
  readonly name: string;
  readonly seed: number;
  readonly layers: readonly Layer[];
  readonly engine: Engine;
  readonly scope: Scope;
  /** Checked, with an optimizer and a loss instead of their names. */
  options: CheckedOptions | undefined;
  built: Parameters | undefined;
  /** Made when both the shape of the input and the options of `compile` are known. */
  training: Training | undefined;
  /** Training steps done since the weights were made, which dropout counts. */
  steps = 0;
  /** Epochs that the latest `fit` has finished. */
  epoch = 0;
  fitting = false;
  readonly boundary = new Boundary(() => this.check());
  disposed = false;

  constructor(layers: readonly Layer[], options: SequentialOptions) {
    checkOptions('sequential', options, ['seed', 'runtime', 'name']);
    const { seed = 0, name = 'sequential' } = options;
    checkInteger('seed', seed, 0);
    if (typeof name !== 'string') throw new TypeError(`the name of a model must be a string, got ${show(name)}`);
    this.seed = seed;
    this.name = name;
    const names = namesOf(layers);
    this.layers = [...layers];
    this.engine = engineOf(options.runtime);
    this.scope = this.engine.scope();
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

  build(inputShape: Shape): void {
    this.check();
    checkShape('inputShape', inputShape);
    if (this.built !== undefined) {
      if (sameShape(this.built.inputShape, inputShape)) return;
      throw new Error(
        `${this.name} has been built for input ${showShape(['..', ...this.built.inputShape])}, got ${showShape(['..', ...inputShape])}`,
      );
    }
    this.built = buildParameters(this.engine, this.scope, this.layers, inputShape, this.seeds());
  }

  compile(options: CompileOptions): void {
    this.check();
    if (this.fitting) throw new Error(`${this.name} cannot be compiled while it is being trained`);
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
    if (this.built !== undefined) {
      this.training = prepareTraining(this, this.engine, this.layers, this.built, checked, this.training);
    }
    this.options = checked;
  }

  async evaluate(x: TensorLike, y: TensorLike, options: EvaluateOptions): Promise<Logs> {
    this.check();
    checkOptions('evaluate', options, ['batchSize', 'sampleWeight', 'signal']);
    const { batchSize = 32, sampleWeight, signal } = options;
    checkInteger('batchSize', batchSize, 1);
    checkSignal(signal);
    const scope = this.engine.scope();
    try {
      const pass = this.preparing(() => {
        const training = this.compiled(x);
        const placed = this.place(scope, training.loss, x, y, sampleWeight, 'x', 'y');
        const size = Math.min(batchSize, placed.count);
        return { program: recordStep(this.plan(), training, scope, placed, size), count: placed.count };
      });
      const run = { ...pass, batchSize, signal, check: () => this.check(x) };
      return (await this.boundary.hold(() => runPass(run))).logs;
    } finally {
      scope.dispose();
    }
  }

  setWeights(arrays: readonly ArrayLike<number>[]): void {
    const { weights } = this.model();
    if (!Array.isArray(arrays)) throw new TypeError(`setWeights takes an array of arrays, got ${show(arrays)}`);
    if (arrays.length !== weights.length)
      throw new RangeError(`${this.name} has ${weights.length} weights, got ${arrays.length} arrays`);
    for (const [i, { name, tensor }] of weights.entries()) {
      checkNumbers(name, arrays[i]);
      const given = arrays[i]?.length;
      if (given !== tensor.size)
        throw new RangeError(`${name} ${showShape(tensor.shape)} takes ${tensor.size} numbers, got ${given}`);
    }
    this.boundary.force();
    for (const [i, { tensor }] of weights.entries()) tensor.data.set(arrays[i] ?? []);
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
    const training = includeOptimizer ? this.training : undefined;
    const { iterations = 0, momentumProduct = 1 } = training?.optimizer ?? {};
    return modelFile({
      config: includeOptimizer && compile !== undefined ? { ...bare, compile } : bare,
      weights: this.built?.weights ?? [],
      slots: training?.slots ?? [],
      state: {
        epoch: this.epoch,
        steps: this.boundary.running?.step ?? this.steps,
        ...(training !== undefined && { optimizer: { iterations, momentumProduct } }),
      },
      metadata,
    });
  }

  /** Takes over the counters of a saved model. */
  restore({ epoch, steps, optimizer }: SavedState): void {
    this.epoch = epoch;
    this.steps = steps;
    if (optimizer !== undefined) this.trained().optimizer.restore(optimizer.iterations, optimizer.momentumProduct);
  }

  /** Throws if the model has been disposed of, or data that a call reads where they lie. */
  check(...data: readonly (TensorLike | undefined)[]): void {
    if (this.disposed) throw new Error(`${this.name} has been disposed of`);
    // asks for the memory, which is gone if the runtime has been disposed of
    void this.engine.arena;
    for (const one of data) if (one instanceof Tensor) void one.address;
  }

  model(): Parameters {
    this.check();
    if (this.built === undefined)
      throw new Error(`${this.name} has not been built: give the first layer an inputShape, or call build()`);
    return this.built;
  }

  first(): Layer {
    const [first] = this.layers;
    if (first === undefined) throw new Error('the model has no layers');
    return first;
  }

  trained(): Training {
    this.model();
    if (this.training === undefined)
      throw new Error(`${this.name} must be compiled first: model.compile({ optimizer, loss })`);
    return this.training;
  }

  /** Runs `x` through the model and collects what the layers at `indices` put out. */
  async outputs(x: TensorLike, options: PredictOptions, indices: readonly number[]): Promise<LayerOutput[]> {
    const { batchSize = 32, signal } = options;
    checkInteger('batchSize', batchSize, 1);
    checkSignal(signal);
    const scope = this.engine.scope();
    try {
      const pass = this.preparing(() => {
        if (this.built === undefined) this.build(toArrayData('x', x).shape.slice(1));
        const input = checkInputs(this.first().name, 'x', x, this.model().inputShape);
        const count = input.shape[0] ?? 0;
        const size = Math.min(batchSize, count);
        const placed = placeInputs(this.engine, scope, input);
        return { ...recordPrediction(this.plan(), scope, placed, size), count, size };
      });
      const run = { ...pass, batchSize, signal, check: () => this.check(x) };
      return await this.boundary.hold(() => collectOutputs(run, this.engine, this.layers, indices));
    } finally {
      scope.dispose();
    }
  }

  dispose(): void {
    this.disposed = true;
    this.unbuild();
  }

  /** Frees the weights and all that is made for training them. */
  unbuild(): void {
    for (const { tensor } of this.built?.weights ?? []) tensor.dispose();
    if (this.training !== undefined) releaseTraining(this.training, this);
    this.scope.dispose();
    this.training = undefined;
    this.built = undefined;
  }

  /** Runs `prepare`, which may build the model for the data at hand. If it throws, that is undone: the next data may have another shape. */
  preparing<T>(prepare: () => T): T {
    const built = this.built !== undefined;
    try {
      return prepare();
    } catch (error) {
      if (!built) this.unbuild();
      throw error;
    }
  }

  /** Checks and places the data of `fit` and records its programs. */
  prepareFit(plan: FitPlan, scope: Scope): { train: Pass; validation: Pass | undefined; order: number } {
    const training = this.compiled(plan.x);
    const modelPlan = this.plan();
    const placed = this.place(scope, training.loss, plan.x, plan.y, plan.sampleWeight, 'x', 'y', plan.classWeight);
    const size = Math.min(plan.batchSize, placed.count);
    const program = recordStep(modelPlan, training, scope, placed, size, training.block);
    const order = plan.shuffle ? scope.allocate(placed.count * 4) : 0;
    const train = { program, count: placed.count };
    if (plan.validation === undefined) return { train, validation: undefined, order };
    const [x, y, weight] = plan.validation;
    const held = this.place(scope, training.loss, x, y, weight, 'validation x', 'validation y');
    const heldSize = Math.min(plan.validationBatchSize, held.count);
    const validation = { program: recordStep(modelPlan, training, scope, held, heldSize), count: held.count };
    return { train, validation, order };
  }

  /** The training setup; builds the model from the shape of `x` if need be. */
  compiled(x: TensorLike): Training {
    if (this.options === undefined)
      throw new Error(`${this.name} must be compiled first: model.compile({ optimizer, loss })`);
    if (this.built === undefined) this.build(toArrayData('x', x).shape.slice(1));
    this.training ??= prepareTraining(this, this.engine, this.layers, this.model(), this.options, undefined);
    return this.training;
  }

  place(
    scope: Scope,
    loss: Loss,
    x: TensorLike,
    y: TensorLike,
    weight: TensorLike | undefined,
    xName: string,
    yName: string,
    classWeight?: ClassWeight,
  ) {
    const { inputShape } = this.model();
    const outputShape = this.layers.at(-1)?.outputShape ?? inputShape;
    const names = { label: this.first().name, x: xName, y: yName };
    return placeSamples(this.engine, scope, names, inputShape, outputShape, loss, x, y, weight, classWeight);
  }

  seeds(): { seedLow: number; seedHigh: number } {
    return { seedLow: this.seed >>> 0, seedHigh: Math.floor(this.seed / 4294967296) };
  }

  plan(): Plan {
    return { engine: this.engine, layers: this.layers, inputShape: this.model().inputShape, ...this.seeds() };
  }
}
