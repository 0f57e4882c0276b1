/** The inside of a model: its weights, and the state of its training. Calls over data (calls.ts, on-batch.ts) run on it. */
import type { Seen } from '../config.ts';
import { type Engine, engineOf } from '../engine/runtime.ts';
import type { Layer, Shape } from '../layers/layer.ts';
import { ModelLayer } from '../layers/nested.ts';
import { Loss } from '../loss.ts';
import { optimizerOf } from '../optimizers/named.ts';
import { type Seeds, seedsOf } from '../seeds.ts';
import { type Tensor, type TensorLike, toArrayData } from '../tensor.ts';
import {
  checkInteger,
  checkKind,
  checkLabel,
  checkOptions,
  checkShape,
  isObject,
  sameShape,
  show,
  showShape,
} from '../validate.ts';
import { divided } from '../values.ts';
import { BatchCalls } from './batch-calls.ts';
import { Boundary } from './boundary.ts';
import { compileConfigOf, type ModelConfig } from './config.ts';
import { headsOf, lossesOf } from './heads.ts';
import type { History } from './history.ts';
import type { CheckedOptions, CompileOptions, InputLike, ModelData, ModelOptions } from './options.ts';
import { type Built, buildNetwork, releaseNetwork } from './parameters.ts';
import { arraysOf, sampleShape } from './samples.ts';
import { hook } from './sparse-hook.ts';
import type { PortNames, Structure } from './structure.ts';
import { prepareTraining, releaseTraining, type Training } from './training.ts';

const copyOf = (metrics: object): CheckedOptions['metrics'] =>
  (Array.isArray(metrics) ? [...metrics] : { ...metrics }) as CheckedOptions['metrics'];

export class ModelState {
  readonly name: string;
  /** '' without one. */
  readonly #givenName: string;
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
  readonly wakes = new Set<() => void>();
  /** Belongs to the latest `fit`. */
  history: History | undefined;
  readonly boundary = new Boundary(() => this.check());
  disposed = false;
  #layer: ModelLayer | undefined;
  /** Programs of calls on one batch. */
  readonly batches: BatchCalls;

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
    this.#givenName = options.name ?? '';
    this.layers = Object.freeze([...layers]);
    this.engine = engineOf(options.runtime);
    this.batches = new BatchCalls(this.engine);
    if (structure.inputShapes !== undefined) this.build(structure.inputShapes);
  }

  /** Set to end the training after the current run of steps. */
  get stopTraining(): boolean {
    return this.#stopTraining;
  }

  set stopTraining(value: boolean) {
    this.#stopTraining = value;
    for (const wake of this.wakes) wake();
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

  /** The layer that stands for the model in others. */
  get layer(): ModelLayer {
    this.check();
    const { layers, structure } = this;
    this.#layer ??= new ModelLayer(this.#givenName, {
      kind: structure.kind,
      layers,
      network: (shapes) => (shapes === undefined ? this.built : this.build(shapes))?.network,
      describe: (seen) => this.#describe(seen),
    });
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
    this.batches.dispose(['trainOnBatch', 'testOnBatch']);
    if (this.built !== undefined)
      this.training = prepareTraining(this, this.built, outputNames, checked, this.training);
    this.options = checked;
  }

  /** The names of the inputs, and of the outputs that have a loss. */
  get portNames(): PortNames {
    const { inputNames: inputs, outputNames } = this.structure;
    const heads = this.training?.heads ?? (this.options === undefined ? [] : headsOf(this.options, outputNames, []));
    return { inputs, outputs: heads.map(({ index }) => outputNames[index] ?? '') };
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
    return this.#describe(new Map());
  }

  /** `seen` are the layers already described in a model that contains this one. */
  #describe(seen: Seen): ModelConfig {
    const { name, seed, structure, built, options } = this;
    const { kind } = structure;
    return {
      className: kind,
      config: { name, seed, ...structure.describe(seen) },
      ...(kind === 'sequential' && built !== undefined && { inputShape: [...built.inputShape] }),
      ...(options !== undefined && { compile: compileConfigOf(options) }),
    } as ModelConfig;
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
    this.batches.dispose(['trainOnBatch']);
    return this.training;
  }

  dispose(): void {
    this.disposed = true;
    this.unbuild();
    for (const wake of this.wakes) wake();
  }

  /** Frees the weights and everything for training them. */
  unbuild(): void {
    this.batches.dispose();
    if (this.training !== undefined) releaseTraining(this.training, this);
    if (this.built !== undefined) releaseNetwork(this.built);
    this.training = undefined;
    this.built = undefined;
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
}
