/** The inside of a model: its weights, the state of its training, and the programs of its calls. */

import type { JsonObject, Seen } from '../config.ts';
import type { Scope } from '../engine/memory.ts';
import { type Engine, engineOf } from '../engine/runtime.ts';
import type { Layer, Shape } from '../layers/layer.ts';
import { Loss } from '../losses.ts';
import { optimizerOf } from '../optimizers/named.ts';
import { type Seeds, seedsOf } from '../seeds.ts';
import { isSource } from '../stream.ts';
import { type Tensor, type TensorLike, toArrayData } from '../tensor.ts';
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
import { ArrayFeed } from './feed.ts';
import { type PortNames, planFit, runFit } from './fit.ts';
import { forwardOf } from './forward.ts';
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
  InputLike,
  LayerOutput,
  ModelData,
  ModelOptions,
  Predictions,
  PredictOptions,
  SaveOptions,
  StreamOptions,
} from './options.ts';
import { collectOutputs } from './outputs.ts';
import { type Built, buildNetwork, releaseNetwork } from './parameters.ts';
import { type PassOptions, runPass } from './passes.ts';
import type { Logs } from './progress.ts';
import { recordPrediction, recordStep } from './record.ts';
import {
  arraysOf,
  checkInputs,
  type Placed,
  placeInputs,
  placeSamples,
  type Samples,
  sampleShape,
  tensorsOf,
} from './samples.ts';
import { modelFile, type SavedState } from './save.ts';
import { hook } from './sparse-hook.ts';
import { type BatchSource, planStream, type StreamPlan } from './stream.ts';
import { type Sink, StreamFeed } from './stream-feed.ts';
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

/** How to feed a program. */
interface Feeding {
  readonly batchSize: number;
  readonly run: Pick<PassOptions, 'signal' | 'check'>;
  /** How many passes there will be, and the epoch of the first. */
  readonly passes: number;
  readonly epoch?: number;
  /** Precedes `x`, `y` and `batch` in messages. */
  readonly of?: string;
  readonly trains?: boolean;
  /** Default: a step with a loss. */
  readonly sinkFor?: (first: Samples) => Sink<Placed>;
  readonly stops?: () => boolean;
}

interface RunOptions {
  readonly batchSize: number;
  readonly signal: AbortSignal | undefined;
}

/** The inputs of a call over arrays, which it reads in place. */
const arraysIn = (data: Samples | StreamPlan): ModelData | undefined => ('source' in data ? undefined : data.x);

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
  #stopTraining = false;
  /** What ends the waits for streams. */
  readonly #wakes = new Set<() => void>();
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

  /** Set to end the training after the current run of steps. */
  get stopTraining(): boolean {
    return this.#stopTraining;
  }

  set stopTraining(value: boolean) {
    this.#stopTraining = value;
    for (const wake of this.#wakes) wake();
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

  async fit(
    model: Model,
    x: ModelData | BatchSource<unknown>,
    y: ModelData | undefined,
    options: FitOptions,
  ): Promise<History> {
    this.check();
    if (this.fitting) throw new Error(`${this.name} is being trained already`);
    this.compiled();
    const plan = planFit(x, y, options, this.portNames);
    const { epochs, initialEpoch, batchSize, signal, callbacks, validation: held } = plan;
    signal?.throwIfAborted();
    this.fitting = true;
    // now, so that a `stop()` right after the call counts
    this.stopTraining = false;
    const read = tensorsOf(arraysIn(plan.train), held && arraysIn(held));
    const run = { signal, check: () => this.check(read) };
    const passes = { passes: epochs - initialEpoch, epoch: initialEpoch, run };
    const stops = (): boolean => this.stopTraining;
    try {
      return await this.#streaming(signal, (streams) =>
        this.with(
          async (scope) => {
            const train = await this.#feed(scope, streams, plan.train, { ...passes, batchSize, trains: true, stops });
            const validated = { ...passes, batchSize: plan.validationBatchSize, of: 'validation ' };
            const validation = held && (await this.#feed(scope, streams, held, validated));
            if (plan.shuffle && train instanceof ArrayFeed) train.order = scope.allocate(train.count * 4);
            const measured = keysOf(this.trained().heads);
            const keys = [...measured, ...(held === undefined ? [] : measured.map((key) => `val_${key}`))];
            const size = 'source' in plan.train ? train.batchSize : batchSize;
            const history = new History({ epochs, steps: train.steps, batchSize: size, keys });
            for (const callback of callbacks) {
              await callback.setModel?.(model);
              await callback.setParams?.(history.params);
            }
            return { train, validation, history };
          },
          async ({ train, validation, history }) => {
            const free = () => this.boundary.free();
            this.history = history;
            train.program.step = this.steps;
            this.boundary.running = train;
            this.epoch = initialEpoch;
            try {
              const validate = validation && { ...run, feed: validation };
              await runFit(plan, this, { ...run, feed: train, free }, validate, history);
            } finally {
              this.steps = train.program.step;
              this.boundary.running = undefined;
            }
            return history;
          },
        ),
      );
    } finally {
      this.fitting = false;
      plan.line?.end();
    }
  }

  async evaluate(
    x: ModelData | BatchSource<unknown>,
    y: ModelData | undefined,
    options: EvaluateOptions & StreamOptions,
  ): Promise<Logs> {
    const data = this.#data('evaluate', x, y, options.sampleWeight, options);
    const { batchSize, signal } = this.runOptions('evaluate', options, ['sampleWeight', 'steps']);
    const read = tensorsOf(arraysIn(data));
    const run = { signal, check: () => this.check(read) };
    return this.#streaming(signal, (streams) =>
      this.with(
        (scope) => this.#feed(scope, streams, data, { passes: 1, batchSize, run }),
        async (feed) => (await this.boundary.hold(() => runPass({ ...run, feed }))).logs,
      ),
    );
  }

  /** Runs `x` through the model and collects the values whose numbers `pick` gives. */
  async outputs(
    of: string,
    x: ModelData | BatchSource<unknown>,
    options: StreamOptions,
    { batchSize, signal }: RunOptions,
    pick: (network: Network) => readonly Picked[],
  ): Promise<LayerOutput[]> {
    const data = this.#data(of, x, [], undefined, options);
    const read = tensorsOf(arraysIn(data));
    const run = { signal, check: () => this.check(read) };
    let addresses: readonly number[] = [];
    const sinkFor = (first: Samples): Sink<Placed> => {
      const built = this.modelFor(first.x);
      const numbers = pick(built.network).map(({ number }) => number);
      return {
        place(room, samples) {
          const inputs = checkInputs(built, '', samples.x);
          const [count = 0] = inputs[0]?.shape ?? [];
          return { count, inputs: inputs.map((input) => placeInputs(built.engine, room, input)), targets: [] };
        },
        record(scope, placed, size) {
          const { program, outputs } = recordPrediction(built, scope, placed.inputs, size, numbers);
          addresses = outputs;
          return program;
        },
      };
    };
    return this.#streaming(signal, (streams) =>
      this.with(
        async (scope) => {
          const feed = await this.#feed(scope, streams, data, { passes: 1, batchSize, run, sinkFor });
          const { network } = this.model();
          const values = pick(network).map(({ name, number }, i) => ({
            name,
            shape: network.shapes[number] ?? [],
            at: () => addresses[i] ?? 0,
          }));
          return { feed, values };
        },
        (pass) => this.boundary.hold(() => collectOutputs({ ...run, ...pass }, this.engine)),
      ),
    );
  }

  /** The arrays of a call, or its stream. */
  #data(
    of: string,
    x: ModelData | BatchSource<unknown>,
    y: ModelData | undefined,
    sampleWeight: ModelData | undefined,
    options: StreamOptions,
  ): Samples | StreamPlan {
    const { steps } = options;
    if (isSource(x)) return planStream(of, x, options, 'steps', 1, ['batchSize', 'sampleWeight']);
    if (steps !== undefined) throw new RangeError(`steps of ${of} is for streams; pass fewer samples`);
    if (y === undefined) throw new TypeError(`${of} needs targets, y`);
    return { x, y, sampleWeight };
  }

  /** Puts arrays into memory, or waits for the first batch of a stream, and records a step over them. */
  async #feed(scope: Scope, streams: StreamFeed<Placed>[], data: Samples | StreamPlan, how: Feeding) {
    const {
      batchSize,
      of = '',
      trains = false,
      run,
      sinkFor = (first) => this.#sink(first, of, trains),
      ...call
    } = how;
    if (!('source' in data)) {
      const sink = sinkFor(data);
      const placed = sink.place(scope, data);
      const size = Math.min(batchSize, placed.count);
      return new ArrayFeed(sink.record(scope, placed, size), placed.count, size);
    }
    const check = (): void => {
      run.check();
      run.signal?.throwIfAborted();
    };
    const ports = how.sinkFor === undefined ? this.portNames : { inputs: this.structure.inputNames, outputs: [] };
    const stream = new StreamFeed(data, { ...call, engine: this.engine, ports, name: `${of}batch`, sinkFor, check });
    streams.push(stream);
    await stream.first();
    return stream;
  }

  /** Calls `use`, which may open streams: whatever ends the call ends their waits, and they are closed afterwards. */
  async #streaming<T>(signal: AbortSignal | undefined, use: (streams: StreamFeed<Placed>[]) => Promise<T>): Promise<T> {
    const streams: StreamFeed<Placed>[] = [];
    const wake = (): void => {
      for (const stream of streams) stream.wake();
    };
    signal?.addEventListener('abort', wake);
    this.#wakes.add(wake);
    try {
      const result = await use(streams);
      for (const stream of streams) await stream.close();
      return result;
    } catch (error) {
      // the first Error counts
      for (const stream of streams) await stream.close().catch(() => undefined);
      throw error;
    } finally {
      signal?.removeEventListener('abort', wake);
      this.#wakes.delete(wake);
    }
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
        steps: this.boundary.running?.program.step ?? this.steps,
        ...(optimizer !== undefined && {
          optimizer: { ...optimizer.counters, ...this.#frozen(training) },
        }),
      },
      metadata,
      forward: this.built && forwardOf(this.built, this.structure.outputNames, bare),
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

  /** Throws if the model has been disposed of, or a tensor that a call reads in place. */
  check(read: readonly Tensor[] = []): void {
    if (this.disposed) throw new Error(`${this.name} has been disposed of`);
    // asks for the memory, which is gone if the runtime has been disposed of
    void this.engine.arena;
    for (const one of read) void one.address;
  }

  model(): Built {
    this.check();
    if (this.built === undefined)
      throw new Error(`${this.name} has not been built: give the first layer an inputShape, or call build()`);
    return this.built;
  }

  /** The same for samples like `x`; builds the model for their shape if necessary. */
  modelFor(x: ModelData): Built {
    return this.built ?? this.build([sampleShape(x as InputLike)]);
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

  /** The training with the gradients that a step over `x` needs, or any. */
  ready(x?: ModelData): Training {
    const [built, training] = [this.model(), this.trained()];
    const byRows = hook.sparse?.decide(built, training, x && arraysOf('x', x, this.structure.inputNames));
    if (byRows === undefined) return training;
    const { outputNames } = this.structure;
    this.training =
      byRows === training.byRows
        ? { ...training, decided: true }
        : prepareTraining(this, built, outputNames, training.options, training, byRows);
    // its programs write to the gradients that were there before
    this.#batches.dispose(['trainOnBatch']);
    return this.training;
  }

  dispose(): void {
    this.disposed = true;
    this.unbuild();
    for (const wake of this.#wakes) wake();
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
    const training = trains ? this.ready(x) : this.trained();
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

  /** Places samples like `first`, and records a step over batches of them, for training or evaluation. `of` precedes `x` and `y` in messages. */
  #sink(first: Samples, of: string, trains: boolean): Sink<Placed> {
    const built = this.modelFor(first.x);
    const training = trains ? this.ready(first.x) : this.trained();
    const { outputNames } = this.structure;
    const heads = fittingTo(built, outputNames, training, of, first.y);
    return {
      place: (room, samples) => placeSamples(built, room, heads, outputNames, samples, of),
      record: (scope, placed, size) => recordStep(built, { ...training, heads }, scope, placed, size, trains),
    };
  }
}
