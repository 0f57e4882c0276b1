/**
 * A model of any kind, as callbacks, the command line, the worker and the page see it; and the types of `fit`. They refer to each
 * other, so separate files would import in a circle.
 */
import type { Layer, Shape } from '../layers/layer.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { TensorLike } from '../tensor.ts';
import type { ModelConfig } from './config.ts';
import type { History } from './history.ts';
import type {
  ClassWeight,
  CompileOptions,
  EvaluateOptions,
  LayerOutput,
  LayerOutputsOptions,
  ModelData,
  NamedWeight,
  PredictOptions,
  SaveOptions,
  StreamOptions,
} from './options.ts';
import type { FitParams, Logs, Progress, StepsPlace } from './progress.ts';
import type { BatchSource, InputBatch } from './stream.ts';

/**
 * Hooks of `fit`, all optional; promises that they return are awaited. Misspelt hooks, like `onEpoch`, are
 * refused. All hooks of an epoch's end share one logs object: values added to it
 * become part of the history. Set `model.stopTraining = true` to end the training after the current batch or epoch.
 *
 * `onTrainBatchBegin` and `onTrainBatchEnd` make training enter JavaScript for every batch. `onProgress` does not: it is called
 * between runs of steps, several times a second.
 * @category Models
 */
export interface Callback {
  /** Before training: an Error here leaves the model as it was. */
  setModel?(model: Model): unknown;
  /** Gets the checked parameters of the training. */
  setParams?(params: FitParams): unknown;
  /** Before the first epoch; `logs` is empty. */
  onTrainBegin?(logs: Record<string, number>): unknown;
  /** After the last epoch, not after an Error or an abort; `logs` are those of the last epoch, if there was one. */
  onTrainEnd?(logs: Record<string, number>): unknown;
  /** Before an epoch, counted from 0; `logs` is empty. */
  onEpochBegin?(epoch: number, logs: Record<string, number>): unknown;
  /** After an epoch, counted from 0, and its validation: `{ loss, accuracy, val_loss, ... }`. */
  onEpochEnd?(epoch: number, logs: Logs): unknown;
  /** Before a batch, counted from 0 in each epoch; `logs` is empty. */
  onTrainBatchBegin?(batch: number, logs: Record<string, number>): unknown;
  /** After a batch, counted from 0 in each epoch; `logs` are the averages of the epoch so far. */
  onTrainBatchEnd?(batch: number, logs: Logs): unknown;
  /** Before validation data is evaluated; `logs` is empty. */
  onTestBegin?(logs: Record<string, number>): unknown;
  /** After validation data was evaluated; `logs` are its results, without `val_` before their names. */
  onTestEnd?(logs: Logs): unknown;
  /**
   * Before every run of training steps, many times a second. May return the most steps that the run may take, by default
   * as many as fit into some 10 ms; a promise pauses the training until it resolves. How steps are divided into runs changes no bit.
   */
  onStepsBegin?(place: StepsPlace): number | undefined | Promise<number | undefined>;
  /** Progress of training or validation, several times a second. */
  onProgress?(progress: Progress): unknown;
}

/** Options of `fit`; defaults are Keras'. */
export interface FitOptions {
  /** Index of the last epoch + 1. If it is not above `initialEpoch`, nothing is trained, and the history is empty. Default 1. */
  readonly epochs?: number;
  /** Epoch to begin with, to continue an earlier training. Default 0. */
  readonly initialEpoch?: number;
  /** Samples of a step; a smaller last batch counts by its size. Default 32. */
  readonly batchSize?: number;
  /** A new order in every epoch, from the model's seed and the epoch: two calls without `initialEpoch` use the same orders. Default true. */
  readonly shuffle?: boolean;
  /**
   * `[x, y]`, `[x, y, sampleWeight]` or a stream of batches, evaluated after every epoch as `val_loss`, `val_accuracy`, ... A stream begins at its
   * beginning each time. Wins over `validationSplit`. Default none.
   */
  readonly validationData?: readonly [x: ModelData, y: ModelData, sampleWeight?: ModelData] | BatchSource;
  /** Batches of a stream to evaluate. Default: all. */
  readonly validationSteps?: number;
  /** Share of the samples, from the end, to evaluate after every epoch instead of training on them. Default 0. */
  readonly validationSplit?: number;
  /** Default: `batchSize`. */
  readonly validationBatchSize?: number;
  /** Weight of each class in the loss, 1 for classes not named. Default none. */
  readonly classWeight?: ClassWeight;
  /** Weight of each sample's loss; a negative one reverses its gradient. Default 1 for all. */
  readonly sampleWeight?: ModelData;
  /** Called in this order. Default none. */
  readonly callbacks?: readonly Callback[];
  /** Like a callback's hook, after those of `callbacks`: before an epoch, counted from 0. Default none. */
  readonly onEpochBegin?: Callback['onEpochBegin'];
  /** Like a callback's hook, after those of `callbacks`: after an epoch, counted from 0: `{ loss, accuracy, val_loss, ... }`. Default none. */
  readonly onEpochEnd?: Callback['onEpochEnd'];
  /** Like a callback's hook, after those of `callbacks`: progress, several times a second. Default none. */
  readonly onProgress?: Callback['onProgress'];
  /**
   * 0 prints nothing; 1 a progress bar on a terminal, in Node, and in a pipe or on the console of a browser a line for each epoch; 2 such a
   * line everywhere. `callbacks.progress()` does it at a place of your choice among the callbacks. Default 0: Keras' is 1.
   */
  readonly verbose?: 0 | 1 | 2;
  /** Stops between two runs of steps: `fit` rejects with the signal's reason; the model keeps the weights of the last step. Default none. */
  readonly signal?: AbortSignal;
}

/** Options of `fit` for a stream of batches, which decides their size, their order and their weights. */
export interface FitStreamOptions
  extends Omit<FitOptions, 'batchSize' | 'validationSplit' | 'sampleWeight' | 'shuffle'> {
  /**
   * Batches of an epoch. With it a stream may be endless, and goes on from epoch to epoch; a function is still called for every epoch. Where
   * the stream ends early, so does the epoch, with a warning, and the next one begins the stream again. Default: all that the stream has.
   */
  readonly stepsPerEpoch?: number;
  /** The order is that of the stream. Default false. */
  readonly shuffle?: false;
}

/** Common interface of all models. {@link sequential} makes one, whose methods have examples. @category Models */
export interface Model<P = unknown> {
  /** Its name in messages and in `summary()`. */
  readonly name: string;
  /** Seed of its weights, the order of samples and dropout. */
  readonly seed: number;
  /** Its layers, in order of computation. */
  readonly layers: readonly Layer[];
  /** Names of its inputs, for data given by name; `'x'` for one without a name. */
  readonly inputNames: readonly string[];
  /** Names of its outputs, for targets, losses and metrics given by name. */
  readonly outputNames: readonly string[];
  /** The optimizer that the model was compiled with. */
  readonly optimizer: Optimizer | undefined;
  /** Whether the model has weights. */
  readonly built: boolean;
  /** Epochs that the latest `fit` has finished, including those before its `initialEpoch`. */
  readonly epoch: number;
  /** Set it to true in a callback, or call `stop()` anywhere, to end the training after the current batch or epoch. */
  stopTraining: boolean;
  /** Whether training changes the weights of any layer. Setting it sets all layers, and takes effect at the next `compile`. */
  trainable: boolean;
  /** The latest `fit`'s records so far; kept when it is aborted. */
  readonly history: History | undefined;
  /** Strings of your own that are saved and loaded with the model. */
  readonly metadata: Map<string, string>;
  /** The weights in layer order, as live tensors. */
  readonly weights: readonly NamedWeight[];
  /** The gradients of the latest training step, by the names of the weights, as live tensors. */
  readonly gradients: readonly NamedWeight[];
  /** The optimizer's slots of each weight, as live tensors: `dense/kernel/velocity`. */
  readonly slots: readonly NamedWeight[];

  /** Makes the weights, for samples of `inputShape`; if there are weights already, only checks the shape. */
  build(inputShape: Shape): void;
  /** Sets the optimizer, the loss and the metrics. Compiling again keeps the weights. */
  compile(options: CompileOptions): void;
  /** Trains the model on samples [n, ...input] and targets; returns the history. */
  fit(x: ModelData, y: ModelData, options?: FitOptions): Promise<History>;
  /** Trains the model on a stream of batches. */
  fit(source: BatchSource, options?: FitStreamOptions): Promise<History>;
  /** Ends a training after the current batch or epoch: `fit` resolves with its results so far. Does nothing without a training. */
  stop(): void;
  /** Sets the optimizer's learning rate, also during training. */
  setLearningRate(value: number): void;
  /** The loss and the metrics over `x` and `y`, with the current weights. */
  evaluate(x: ModelData, y: ModelData, options?: EvaluateOptions): Promise<Logs>;
  /** The loss and the metrics over a stream of batches. */
  evaluate(source: BatchSource, options?: StreamOptions): Promise<Logs>;
  /** The output of the model for `x`, [n, ...input], or for a stream of batches: [n, ...output]. */
  predict(x: ModelData | BatchSource<InputBatch>, options?: PredictOptions): Promise<P>;
  /** The output of each layer for `x`. */
  layerOutputs(x: ModelData, options?: LayerOutputsOptions): Promise<LayerOutput[]>;
  /** The layer of this name, or of this path, `encoder/dense`. @throws RangeError if there is none. */
  getLayer(name: string): Layer;
  /** Copies of the weights in layer order, between two steps. */
  getWeights(): Float32Array[];
  /** Copies `arrays` into the weights, in layer order; all or none. */
  setWeights(arrays: readonly TensorLike[]): void;
  /** The model as plain JSON, without its weights. */
  toConfig(): ModelConfig;
  /** The model as the bytes of one file, which `loadModel` reads. */
  save(options?: SaveOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** How many numbers the weights have, trained or not; shared ones count once. */
  countParams(): number;
  /** A table of the layers, their output shapes and sizes, as text. */
  summary(): string;
  /** SHA-256 of the weights in layer order as little-endian float32, as 64 hex digits. */
  digest(): Promise<string>;
  /** Frees the weights, gradients and slots. */
  dispose(): void;
  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void;
}
