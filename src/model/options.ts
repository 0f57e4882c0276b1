/** Arguments and results of a model's calls. */
import type { Runtime } from '../engine/runtime.ts';
import type { Shape } from '../layers/layer.ts';
import type { Loss, LossFunction } from '../loss.ts';
import type { LossName } from '../losses.ts';
import type { Metric } from '../metrics.ts';
import type { CompiledName, OptimizerAlias } from '../optimizers/index.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Tensor, TensorLike } from '../tensor.ts';
import type { SparseData } from '../values.ts';

/** One array of a model's data: sparse rows only as an input. */
export type InputLike = TensorLike | SparseData;

/** Data of a model; for several inputs (or outputs) an array in order, or an object by name. */
export type ModelData =
  | TensorLike
  | SparseData
  | readonly (TensorLike | SparseData)[]
  | (Readonly<Record<string, TensorLike | SparseData>> & {
      /** An object with `data` is one array. */
      readonly data?: never;
    });

/** One for a model with one output; for several an array in order, or an object by the names of the outputs. */
export type PerOutput<T> = T | readonly T[] | Readonly<Record<string, T>>;

/** Options of every model. */
export interface ModelOptions {
  /** Seed of initial weights, the order of samples and dropout: an integer from 0 to 2^53 - 1. Default 0. */
  readonly seed?: number;
  /** Where the model lives. Default: the shared runtime. */
  readonly runtime?: Runtime;
  /** At most 256 characters. Default `'sequential'`. */
  readonly name?: string;
}

/** Options of `sequential`. */
export type SequentialOptions = ModelOptions;

/** Options of `compile`. */
export interface CompileOptions {
  /** Default `'rmsprop'`, as in Keras. An optimizer object belongs to one model; those beyond the first eight have no name here. */
  readonly optimizer?: CompiledName | OptimizerAlias | Optimizer;
  /** The loss to minimize: a name, a loss object, or a function of your own; for several outputs one for each, or one for all. An output that an object leaves out is not trained. */
  readonly loss: PerOutput<LossName | Loss | LossFunction>;
  /** Factor of each output's loss in the total. Default 1 for all. */
  readonly lossWeights?: PerOutput<number>;
  /** Metrics to report beside the loss; for several outputs a metric or a list of them for each. Default none. */
  readonly metrics?: readonly (Metric | readonly Metric[])[] | Readonly<Record<string, Metric | readonly Metric[]>>;
  /** The same, but sample and class weights count: a sample of weight 2 counts twice. A key that `metrics` has too becomes `weighted_accuracy`. Default none. */
  readonly weightedMetrics?:
    | readonly (Metric | readonly Metric[])[]
    | Readonly<Record<string, Metric | readonly Metric[]>>;
}

/** Options of `compile` with defaults, and with objects instead of the names of an optimizer and a loss. @internal */
export interface CheckedOptions {
  readonly optimizer: Optimizer;
  readonly loss: PerOutput<Loss>;
  readonly lossWeights: PerOutput<number> | undefined;
  readonly metrics: PerOutput<Metric | readonly Metric[]>;
  readonly weightedMetrics: PerOutput<Metric | readonly Metric[]> | undefined;
}

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Default 32. */
  readonly batchSize?: number;
  /** Weight of each sample's loss; a negative one reverses its gradient. Default 1 for all. */
  readonly sampleWeight?: ModelData;
  /** Stops between two batches: the call rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal;
}

/** Options of `trainOnBatch` and `testOnBatch`. */
export interface BatchOptions {
  /** Weight of each sample's loss; a negative one reverses its gradient. Default 1 for all. */
  readonly sampleWeight?: ModelData;
  /** Weight of each class in the loss, 1 for classes not named. Default none. */
  readonly classWeight?: ClassWeight;
}

/** Options of `predict`. */
export interface PredictOptions {
  /** Samples that are computed at once; a stream decides it itself. Default 32. */
  readonly batchSize?: number;
  /** Batches of a stream to use. Default: all that the stream has. */
  readonly steps?: number;
  /** Stops between two batches: the call rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal;
}

/** Options of `evaluate` for a stream of batches. */
export interface StreamOptions {
  /** Batches to use. Default: all that the stream has. */
  readonly steps?: number;
  /** Stops between two batches, or while it waits for one: the call rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal;
}

/** Options of `save`. */
export interface SaveOptions {
  /** Default true. Without the options of `compile` and the slots the file is smaller (a third with Adam), but only for inference. */
  readonly includeOptimizer?: boolean;
}

/** The result of `predict`: [samples, ...output], a copy. */
export interface Predictions {
  /** The numbers, row-major. */
  readonly data: Float32Array;
  /** Sizes of the axes; the first one counts the samples. */
  readonly shape: readonly number[];
}

/** Options of `layerOutputs`. */
export interface LayerOutputsOptions extends Omit<PredictOptions, 'steps'> {
  /** Names of the layers, or paths of layers within models, `encoder/dense`. Default all of the model's own. */
  readonly layers?: readonly string[];
}

/** The output of a layer: [samples, ...its output], a copy. */
export interface LayerOutput extends Predictions {
  /** Name of the layer. */
  readonly name: string;
}

/** A weight of the model by its name, `dense/kernel`, its gradient, or a slot of it, `dense/kernel/velocity`: as a live tensor. */
export interface NamedWeight {
  /** Layer and weight, `dense/kernel`; a slot adds its own name. */
  readonly name: string;
  /** Its numbers: writing to them changes the model. */
  readonly tensor: Tensor<'float32'>;
}

/** Name and shape of a weight: `dense/kernel`, [784, 300]. */
export interface WeightShape {
  /** Layer and weight: `dense/kernel`. */
  readonly name: string;
  /** Sizes of its axes. */
  readonly shape: Shape;
}

/** Weight of each class by its number, 1 for those not named. */
export type ClassWeight = Readonly<Record<number, number>>;
