/** The inside of a model: its weights, the state of its training, and the programs of its calls. */

import type { JsonObject, Seen } from '../config.ts';
import type { Scope } from '../engine/memory.ts';
import { type Engine, engineOf } from '../engine/runtime.ts';
import type { Layer, Shape } from '../layers/layer.ts';
import { Loss } from '../losses.ts';
import { optimizerOf } from '../optimizers/named.ts';
import { type Seeds, seedsOf } from '../seeds.ts';
import { type TensorLike, toArrayData } from '../tensor.ts';
import {
  checkBoolean,
  checkInteger,
  checkKind,
  checkLabel,
  checkOptions,
  checkShape,
  checkSignal,
  isObject,
  sameShape,
  show,
  showShape,
  sizeOf,
} from '../validate.ts';
import { divided } from '../values.ts';
import { BatchCalls } from './batch-calls.ts';
import { Boundary } from './boundary.ts';
import { compileConfigOf, type ModelConfig } from './config.ts';
import { type PortNames, planFit, runFit } from './fit.ts';
import { headsOf, keysOf, lossesOf } from './heads.ts';
import { History } from './history.ts';
import type { FitOptions, Model } from './model.ts';
import { ModelLayer } from './nested.ts';
import type { Network } from './network.ts';
import type {
  BatchOptions,
  CheckedOptions,
  CompileOptions,
  EvaluateOptions,
  LayerOutput,
  ModelData,
  ModelOptions,
  Predictions,
  PredictOptions,
  SaveOptions,
} from './options.ts';
import { collectOutputs } from './outputs.ts';
import { type Built, buildNetwork, releaseNetwork } from './parameters.ts';
import { runPass } from './passes.ts';
import type { Logs } from './progress.ts';
import { recordPrediction, recordStep } from './record.ts';
import { checkInputs, placeInputs, placeSamples, type Samples, sampleShape, tensorsOf } from './samples.ts';
import { modelFile, type SavedState } from './save.ts';
import { fittingTo, prepareTraining, releaseTraining, type Training } from './training.ts';

/** A model's parts, before there are weights. */
export interface Structure {
  readonly kind: 'sequential' | 'functional';
  readonly layers: readonly Layer[];
  /** Names of the inputs, for data. */
  readonly inputNames: readonly string[];
  /** Names of the outputs, for losses and metrics. */
  readonly outputNames: readonly string[];
  /** Connects the layers for one sample of each input. */
  readonly network: (shapes: readonly Shape[]) => Network;
  /** The shapes of the inputs, if known from the start. */
  readonly inputShapes: readonly Shape[] | undefined;
  /** As plain JSON. */
  readonly describe: (seen: Seen) => JsonObject;
}

/** A value of the network, and its public name. */
export interface Picked {
  readonly name: string;
  readonly number: number;
}

const copyOf = (metrics: object): CheckedOptions['metrics'] =>
  (Array.isArray(metrics) ? [...metrics] : { ...metrics }) as CheckedOptions['metrics'];

interface RunOptions {
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
}

export class ModelState {
  readonly name: string;
  readonly seed: number;
  /** The seed, as two words. */
  readonly seeds: Seeds;
  readonly structure: Structure;
  readonly layers: readonly Layer[];
  readonly engine: Engine;
  /** Checked, with an optimizer and a loss object instead of their names. */
  options: CheckedOptions | undefined;
  built: Built | undefined;
  /** Made once both the shape of the input and the options of `compile` are known. */
  training: Training | undefined;
  /** Training steps since the weights were made; dropout counts by it. */
  steps = 0;
  /** Epochs that the latest `fit` has finished. */
  epoch = 0;
  fitting = false;
  /** Set to end the training after the current run of steps. */
  stopTraining = false;
  /** Belongs to the latest `fit`. */
  history: History | undefined;
  readonly boundary = new Boundary(() => this.check());
  disposed = false;
  #layer: ModelLayer | undefined;
  readonly #batches: BatchCalls;

  constructor(structure: Structure, options: ModelOptions) {
    const { kind, layers } = structure;
    checkOptions(kind, options, ['seed', 'runtime', 'name']);
    const { seed = 0, name = kind } = options;
    checkInteger('seed', seed, 0);
    checkLabel('the name of a model', name);
    this.structure = structure;
    this.seed = seed;
    this.seeds = seedsOf(seed);
    this.name = name;
    this.layers = Object.freeze([...layers]);
    this.engine = engineOf(options.runtime);
    this.#batches = new BatchCalls(this.engine);
    if (structure.inputShapes !== undefined) this.build(structure.inputShapes);
  }

  /** Makes the weights, for one sample of each input. */
  build(shapes: readonly Shape[]): Built {
    this.check();
    for (const shape of shapes) checkShape('inputShape', shape);
    this.built ??= this.#make(shapes);
    const { inputs } = this.built.network;
    if (inputs.length === shapes.length && inputs.every(({ shape }, i) => sameShape(shape, shapes[i] ?? [])))
      return this.built;
    const [expected, got] = [inputs.map(({ shape }) => shape), shapes].map((all) =>
      all.map((shape) => showShape(['..', ...shape])).join(', '),
    );
    throw new Error(`${this.name} has been built for input ${expected}, got ${got}`);
  }

  #make(shapes: readonly Shape[]): Built {
    try {
      return buildNetwork(this.engine, this.structure.network(shapes), this.seeds);
    } catch (error) {
      for (const layer of this.layers) layer.reset();
      throw error;
    }
  }

  /** The layer that stands for the model in others; builds the model for these input shapes. */
  asLayer(shapes: readonly Shape[]): ModelLayer {
    if (this.built === undefined) this.build(shapes);
    this.#layer ??= new ModelLayer(
      this.name,
      () => this.model().network,
      (seen) => this.toConfig(seen),
    );
    return this.#layer;
  }

  compile(options: CompileOptions): void {
    this.check();
    if (this.fitting) throw new Error(`${this.name} cannot be compiled while it is being trained`);
    checkOptions('compile', options, ['optimizer', 'loss', 'lossWeights', 'metrics', 'weightedMetrics']);
    if (options.loss === undefined) throw new TypeError('compile needs a loss');
    const { lossWeights, metrics = [], weightedMetrics } = options;
    checkKind(isObject(metrics), 'metrics', 'an array', metrics);
    checkKind(
      weightedMetrics === undefined || isObject(weightedMetrics),
      'weightedMetrics',
      'an array',
      weightedMetrics,
    );
    const optimizer = optimizerOf(options.optimizer ?? 'rmsprop');
    const loss = lossesOf(options.loss);
    for (const one of [loss instanceof Loss ? loss : Object.values(loss)].flat()) one.checkReduces('compile');
    const own = weightedMetrics && copyOf(weightedMetrics);
    const checked = { optimizer, loss, lossWeights, metrics: copyOf(metrics), weightedMetrics: own };
    optimizer.checkFree(this);
    const { outputNames } = this.structure;
    // the width of an output may be unknown yet
    headsOf(checked, outputNames, []);
    // their programs belong to the previous compile
    this.#batches.dispose(['trainOnBatch', 'testOnBatch']);
    if (this.built !== undefined)
      this.training = prepareTraining(this, this.built, outputNames, checked, this.training);
    this.options = checked;
  }

  /** The names of the inputs, and of the outputs that have a loss. */
  get portNames(): PortNames {
    const { inputNames: inputs, outputNames } = this.structure;
    const heads = this.options === undefined ? [] : headsOf(this.options, outputNames, []);
    return { inputs, outputs: heads.map(({ index }) => outputNames[index] ?? '') };
  }

  async fit(model: Model, x: ModelData, y: ModelData, options: FitOptions): Promise<History> {
    this.check();
    if (this.fitting) throw new Error(`${this.name} is being trained already`);
    this.compiled();
    const plan = planFit(x, y, options, this.portNames);
    const { epochs, initialEpoch, batchSize, signal, callbacks, validation: held } = plan;
    signal?.throwIfAborted();
    this.fitting = true;
    // now, so that a `stop()` right after the call counts
    this.stopTraining = false;
    try {
      return await this.with(
        async (scope) => {
          const train = this.pass(scope, plan.train, batchSize, '', true);
          const validation = held && this.pass(scope, held, plan.validationBatchSize, 'validation ');
          const order = plan.shuffle ? scope.allocate(train.count * 4) : 0;
          const measured = keysOf(this.trained().heads);
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
      plan.line?.end();
    }
  }

  async evaluate(x: ModelData, y: ModelData, options: EvaluateOptions): Promise<Logs> {
    const { batchSize, signal } = this.runOptions('evaluate', options, ['sampleWeight']);
    const run = { signal, check: () => this.check(x) };
    return this.with(
      (scope) => this.pass(scope, { x, y, sampleWeight: options.sampleWeight }, batchSize),
      async (pass) => (await this.boundary.hold(() => runPass({ ...run, ...pass }))).logs,
    );
  }

  /** Runs `x` through the model and collects the values whose numbers `pick` gives. */
  async outputs(
    x: ModelData,
    { batchSize, signal }: RunOptions,
    pick: (network: Network) => readonly Picked[],
  ): Promise<LayerOutput[]> {
    const run = { signal, check: () => this.check(x) };
    return this.with(
      (scope) => {
        const built = this.modelFor(x);
        const picked = pick(built.network);
        const inputs = checkInputs(built, '', x);
        const [count = 0] = inputs[0]?.shape ?? [];
        const size = Math.min(batchSize, count);
        const placed = inputs.map((input) => placeInputs(this.engine, scope, input));
        const numbers = picked.map(({ number }) => number);
        const { program, outputs } = recordPrediction(built, scope, placed, size, numbers);
        const values = picked.map(({ name, number }, i) => ({
          name,
          shape: built.network.shapes[number] ?? [],
          address: outputs[i] ?? 0,
        }));
        return { program, values, count, batchSize: size };
      },
      (pass) => this.boundary.hold(() => collectOutputs({ ...run, ...pass }, this.engine)),
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

  /** `seen` are the layers already described in a model that contains this one. */
  toConfig(seen: Seen = new Map()): ModelConfig {
    this.check();
    const { name, seed, structure, built, options } = this;
    const { kind } = structure;
    return {
      className: kind,
      config: { name, seed, ...structure.describe(seen) },
      ...(kind === 'sequential' && built !== undefined && { inputShape: [...built.inputShape] }),
      ...(options !== undefined && { compile: compileConfigOf(options) }),
    } as ModelConfig;
  }

  async save(options: SaveOptions, metadata: ReadonlyMap<string, string>): Promise<Uint8Array<ArrayBuffer>> {
    this.check();
    checkOptions('save', options, ['includeOptimizer']);
    const { includeOptimizer = true } = options;
    checkBoolean('includeOptimizer', includeOptimizer);
    if (this.boundary.ahead) await this.boundary.reach();
    const { compile, ...bare } = this.toConfig();
    const optimizer = includeOptimizer ? this.options?.optimizer : undefined;
    // makes the slots of a model that was built after it was compiled
    const training = optimizer !== undefined && this.built !== undefined ? this.trained() : undefined;
    return modelFile({
      config: includeOptimizer && compile !== undefined ? { ...bare, compile } : bare,
      weights: this.built?.weights ?? [],
      slots: training?.slots ?? [],
      state: {
        epoch: this.epoch,
        steps: this.boundary.running?.step ?? this.steps,
        ...(optimizer !== undefined && {
          optimizer: { ...optimizer.counters, ...this.#frozen(training) },
        }),
      },
      metadata,
    });
  }

  /** The layers that were frozen when the model was compiled, if any is or was. */
  #frozen(training: Training | undefined): { readonly frozen?: readonly string[] } {
    if (training === undefined) return {};
    const own = this.model().network.leaves.filter(({ layer }) => layer.weights.length > 0);
    const frozen = own.filter(({ layer }) => training.frozen.has(layer));
    if (frozen.length === 0 && own.every(({ layer }) => layer.trainable)) return {};
    return { frozen: frozen.map(({ path }) => path) };
  }

  /** Restores the counters of a saved model. */
  restore({ epoch, steps, optimizer }: SavedState): void {
    this.epoch = epoch;
    this.steps = steps;
    if (optimizer === undefined) return;
    if (this.built !== undefined) this.trained();
    this.options?.optimizer.restore(optimizer);
  }

  /** Throws if the model has been disposed of, or data that a call reads in place. */
  check(...data: readonly (ModelData | undefined)[]): void {
    if (this.disposed) throw new Error(`${this.name} has been disposed of`);
    // asks for the memory, which is gone if the runtime has been disposed of
    void this.engine.arena;
    for (const one of tensorsOf(...data)) void one.address;
  }

  model(): Built {
    this.check();
    if (this.built === undefined)
      throw new Error(`${this.name} has not been built: give the first layer an inputShape, or call build()`);
    return this.built;
  }

  /** The same for samples like `x`; builds the model for their shape if necessary. */
  modelFor(x: ModelData): Built {
    return this.built ?? this.build([sampleShape(x as TensorLike)]);
  }

  /** The options of `compile`. */
  compiled(): CheckedOptions {
    if (this.options === undefined)
      throw new Error(`${this.name} must be compiled first: model.compile({ optimizer, loss })`);
    return this.options;
  }

  trained(): Training {
    const built = this.model();
    const options = this.compiled();
    this.training ??= prepareTraining(this, built, this.structure.outputNames, options, undefined);
    return this.training;
  }

  dispose(): void {
    this.disposed = true;
    this.unbuild();
  }

  /** Frees the weights and everything for training them. */
  unbuild(): void {
    this.#batches.dispose();
    if (this.training !== undefined) releaseTraining(this.training, this);
    if (this.built !== undefined) releaseNetwork(this.built);
    this.training = undefined;
    this.built = undefined;
  }

  /**
   * Runs a call over data: prepares it, which may build the model for this data, and frees the memory it used. If preparing
   * throws, building is undone, because the next data may have another shape.
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

  /** Shapes of one sample of the inputs, and of the outputs that have a loss. */
  shapes() {
    const { network } = this.model();
    const heads = this.options === undefined ? [] : this.trained().heads;
    const outputs = heads.map(({ index, loss }) => ({
      shape: network.shapes[network.outputs[index] ?? 0] ?? [],
      sparse: loss.sparse === true,
    }));
    return { inputs: network.inputs.map(({ shape }) => shape), outputs };
  }

  /** The outputs for one batch, at once. */
  predictOnBatch(x: ModelData): readonly Predictions[] {
    this.boundary.force();
    const built = this.modelFor(x);
    const { network } = built;
    const ports = { inputs: this.structure.inputNames, outputs: [] };
    let count = 0;
    const { views } = this.#batches.run(
      'predict',
      { x },
      ports,
      (room, samples) => {
        const inputs = checkInputs(built, '', samples.x);
        count = inputs[0]?.shape[0] ?? 0;
        return { count, inputs: inputs.map((input) => placeInputs(this.engine, room, input)) };
      },
      (scope, placed) => {
        const { program, outputs } = recordPrediction(built, scope, placed.inputs, placed.count, network.outputs);
        const sizes = network.outputs.map((number) => sizeOf(network.shapes[number] ?? []) * placed.count);
        return { program, views: outputs.map((address, i) => this.engine.f32(address, sizes[i] ?? 0)) };
      },
    );
    return views.map((view, i) => {
      const shape = network.shapes[network.outputs[i] ?? 0] ?? [];
      return { data: view.slice(), shape: [count, ...shape] };
    });
  }

  /** Loss and metrics of one batch, at once; updates the weights if it `trains`. */
  stepOnBatch(x: ModelData, y: ModelData, options: BatchOptions, trains: boolean): Logs {
    const of = trains ? 'trainOnBatch' : 'testOnBatch';
    checkOptions(of, options, ['sampleWeight', 'classWeight']);
    this.check();
    if (this.fitting && trains) throw new Error(`${this.name} is being trained already`);
    this.boundary.force();
    const built = this.modelFor(x);
    const training = this.trained();
    const { outputNames } = this.structure;
    const heads = fittingTo(built, outputNames, training, '', y);
    const { program } = this.#batches.run(
      of,
      { x, y, ...options },
      {
        inputs: built.network.inputs.map(({ name }) => name),
        outputs: heads.map(({ index }) => outputNames[index] ?? ''),
      },
      (room, samples) => placeSamples(built, room, heads, outputNames, samples),
      (scope, placed) => ({
        program: recordStep(built, { ...training, heads }, scope, placed, placed.count, trains),
      }),
      (step) => {
        step.step = this.steps;
      },
    );
    if (trains) this.steps = program.step;
    return program.logs();
  }

  /** Places data and records a step over a batch, for training or evaluation. `of` precedes `x` and `y` in messages. */
  pass(scope: Scope, samples: Samples, batchSize: number, of = '', trains = false) {
    const built = this.modelFor(samples.x);
    const training = this.trained();
    const { outputNames } = this.structure;
    const heads = fittingTo(built, outputNames, training, of, samples.y);
    const placed = placeSamples(built, scope, heads, outputNames, samples, of);
    const { count } = placed;
    const size = Math.min(batchSize, count);
    const compiled = { ...training, heads };
    const program = recordStep(built, compiled, scope, placed, size, trains);
    return { program, count, batchSize: size };
  }
}
