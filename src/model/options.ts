/** What the calls of a model take and give. */
import type { Runtime } from '../engine/runtime.ts';
import type { Shape } from '../layers/layer.ts';
import type { Loss, LossFunction, LossName } from '../losses.ts';
import type { Metric } from '../metrics.ts';
import type { OptimizerAlias, OptimizerName } from '../optimizers/index.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Tensor, TensorLike } from '../tensor.ts';

/** Data of a model: of one with several inputs (or outputs), an array of them in order, or an object of them by name. */
export type ModelData =
  | TensorLike
  | readonly TensorLike[]
  | (Readonly<Record<string, TensorLike>> & {
      /** An object with `data` is one array. */
      readonly data?: never;
    });

/** One for a model with one output; for several an array in order, or an object by the names of the outputs. */
export type PerOutput<T> = T | readonly T[] | Readonly<Record<string, T>>;

/** Options of every model. */
export interface ModelOptions {
  /** What initial weights, the order of samples and dropout are drawn from: an integer from 0 to 2^53 - 1. Default 0. */
  readonly seed?: number;
  /** Where the model lives. Default: the runtime that everything shares. */
  readonly runtime?: Runtime;
  /** At most 256 characters. Default `'sequential'`. */
  readonly name?: string;
}

/** Options of `sequential`. */
export type SequentialOptions = ModelOptions;

/** Options of `compile`. */
export interface CompileOptions {
  /** Default `'rmsprop'`, as in Keras. An optimizer object belongs to one model. */
  readonly optimizer?: OptimizerName | OptimizerAlias | Optimizer;
  /** What training makes small: a name, a loss with options of its own, or a function of your own; of a model with several outputs one for each. An output that an object leaves out is not trained. */
  readonly loss: PerOutput<LossName | Loss | LossFunction>;
  /** What the loss of each output is multiplied by in the total. Default 1 for all. */
  readonly lossWeights?: PerOutput<number>;
  /** What to report beside the loss; of a model with several outputs, a metric or a list of them for each. Default none. */
  readonly metrics?: readonly (Metric | readonly Metric[])[] | Readonly<Record<string, Metric | readonly Metric[]>>;
}

/** Options of `compile` with defaults, and objects instead of the names of an optimizer and a loss. @internal */
export interface CheckedOptions {
  readonly optimizer: Optimizer;
  readonly loss: PerOutput<Loss>;
  readonly lossWeights: PerOutput<number> | undefined;
  readonly metrics: PerOutput<Metric | readonly Metric[]>;
}

/** Options of `evaluate`. */
export interface EvaluateOptions {
  /** Default 32. */
  readonly batchSize?: number;
  /** Weight of the loss of each sample; a negative one turns its gradient around. Default 1 for all. */
  readonly sampleWeight?: ModelData;
  /** Stops between two batches: the call rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal;
}

/** Options of `trainOnBatch` and `testOnBatch`. */
export interface BatchOptions {
  /** Weight of the loss of each sample; a negative one turns its gradient around. Default 1 for all. */
  readonly sampleWeight?: ModelData;
  /** Weight of the loss of each class, 1 for those not named. Default none. */
  readonly classWeight?: ClassWeight;
}

/** Options of `predict`. */
export interface PredictOptions {
  /** Default 32. */
  readonly batchSize?: number;
  /** Stops between two batches: the call rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal;
}

/** Options of `save`. */
export interface SaveOptions {
  /** Default true. Without what the model was compiled with and its slots the file is smaller (a third with Adam), but for use only. */
  readonly includeOptimizer?: boolean;
}

/** What `predict` gives: [samples, ...output], a copy. */
export interface Predictions {
  /** The numbers, row-major. */
  readonly data: Float32Array;
  /** Sizes of the axes; the first one counts the samples. */
  readonly shape: readonly number[];
}

/** Options of `layerOutputs`. */
export interface LayerOutputsOptions extends PredictOptions {
  /** Names of the layers to look at. Default all. */
  readonly layers?: readonly string[];
}

/** What a layer puts out: [samples, ...its output], a copy. */
export interface LayerOutput extends Predictions {
  /** Name of the layer. */
  readonly name: string;
}

/** A weight of the model by its name, `dense/kernel`, its gradient, or a slot of it, `dense/kernel/velocity`: as a live tensor. */
export interface NamedWeight {
  /** Layer and weight, `dense/kernel`; a slot has its own name behind them. */
  readonly name: string;
  /** Its numbers: what is written to them changes the model. */
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
