/**
 * A model as callbacks, the command line, the worker and the page see it, whatever kind it is; and the types of `fit`, which name
 * the model as it names them: they stand in one file because types that need each other would make files import in a circle.
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
} from './options.ts';
import type { FitParams, Logs, Progress, StepsPlace } from './progress.ts';

/**
 * Hooks of `fit`, all optional; they may return a promise, which is awaited. Other names that begin like a hook's, as in `onEpoch`, are
 * refused. All hooks of an epoch's end get the same logs object: what
 * one adds to it, the history records. Set `model.stopTraining = true` to end the training after the current batch or epoch.
 *
 * `onTrainBatchBegin` and `onTrainBatchEnd` make training enter JavaScript for every batch. `onProgress` does not: it comes
 * between runs of steps, several times a second.
 * @category Models
 */
export interface Callback {
  /** Before anything is trained: an Error here leaves the model as it was. */
  setModel?(model: Model): unknown;
  /** Told what is going to be done, once it has been checked. */
  setParams?(params: FitParams): unknown;
  /** Before the first epoch; `logs` is empty. */
  onTrainBegin?(logs: Logs): unknown;
  /** After the last epoch, not after an Error or an abort; `logs` are those of the last epoch. */
  onTrainEnd?(logs: Logs): unknown;
  /** Before an epoch, counted from 0; `logs` is empty. */
  onEpochBegin?(epoch: number, logs: Logs): unknown;
  /** After an epoch, counted from 0, and its validation: `{ loss, accuracy, val_loss, ... }`. */
  onEpochEnd?(epoch: number, logs: Logs): unknown;
  /** Before a batch, counted from 0 in each epoch; `logs` is empty. */
  onTrainBatchBegin?(batch: number, logs: Logs): unknown;
  /** After a batch, counted from 0 in each epoch; `logs` are the averages of the epoch so far. */
  onTrainBatchEnd?(batch: number, logs: Logs): unknown;
  /** Before validation data is evaluated; `logs` is empty. */
  onTestBegin?(logs: Logs): unknown;
  /** After validation data was evaluated; `logs` are its results, without `val_` before their names. */
  onTestEnd?(logs: Logs): unknown;
  /**
   * Before every run of training steps, of which there are many in a second. What it returns is how many steps the run may take at
   * most, default as many as fit in some 10 ms; a promise is awaited, which makes a pause. However steps are divided into runs, no bit changes.
   */
  onStepsBegin?(place: StepsPlace): number | undefined | Promise<number | undefined>;
  /** Where training or validation is, several times a second. */
  onProgress?(progress: Progress): unknown;
}

/** Options of `fit`; defaults are Keras'. */
export interface FitOptions {
  /** Index of the last epoch + 1. Not above `initialEpoch` it trains nothing, and the history is empty. Default 1. */
  readonly epochs?: number;
  /** Epoch to begin with, when going on with an earlier training. Default 0. */
  readonly initialEpoch?: number;
  /** Samples of a step; a last smaller batch counts by its size. Default 32. */
  readonly batchSize?: number;
  /** A new order in every epoch, from the model's seed and the epoch: two calls without `initialEpoch` take the same orders. Default true. */
  readonly shuffle?: boolean;
  /** `[x, y]` or `[x, y, sampleWeight]`, evaluated after every epoch as `val_loss`, `val_accuracy`, ... Wins over `validationSplit`. Default none. */
  readonly validationData?: readonly [x: ModelData, y: ModelData, sampleWeight?: ModelData];
  /** Share of the samples, from the end, that is not trained on but evaluated after every epoch. Default 0. */
  readonly validationSplit?: number;
  /** Default: `batchSize`. */
  readonly validationBatchSize?: number;
  /** Weight of the loss of each class, 1 for those not named. Default none. */
  readonly classWeight?: ClassWeight;
  /** Weight of the loss of each sample; a negative one turns its gradient around. Default 1 for all. */
  readonly sampleWeight?: ModelData;
  /** Told what happens, in this order. Default none. */
  readonly callbacks?: readonly Callback[];
  /** As of a callback, after those of `callbacks`: before an epoch, counted from 0. Default none. */
  readonly onEpochBegin?: Callback['onEpochBegin'];
  /** As of a callback, after those of `callbacks`: after an epoch, counted from 0: `{ loss, accuracy, val_loss, ... }`. Default none. */
  readonly onEpochEnd?: Callback['onEpochEnd'];
  /** As of a callback, after those of `callbacks`: where the training is, several times a second. Default none. */
  readonly onProgress?: Callback['onProgress'];
  /**
   * 0 prints nothing; 1 a progress bar on a terminal, in Node, and in a pipe or on the console of a browser a line for each epoch; 2 such a
   * line everywhere. `callbacks.progress()` does it at a place of your choice among the callbacks. Default 0: Keras' is 1.
   */
  readonly verbose?: 0 | 1 | 2;
  /** Stops between two runs of steps: `fit` rejects with the signal's reason; the model keeps the weights of the last step. Default none. */
  readonly signal?: AbortSignal;
}

/** What every kind of model can do. {@link sequential} makes one, whose methods have examples. @category Models */
export interface Model<P = unknown> {
  /** Its name in messages and in `summary()`. */
  readonly name: string;
  /** The number that its weights, the order of samples and dropout are drawn from. */
  readonly seed: number;
  /** Its layers, in the order in which they compute. */
  readonly layers: readonly Layer[];
  /** Names of its inputs, by which data may be given; `'x'` for one without a name. */
  readonly inputNames: readonly string[];
  /** Names of its outputs, by which targets, losses and metrics may be given. */
  readonly outputNames: readonly string[];
  /** The optimizer that the model was compiled with. */
  readonly optimizer: Optimizer | undefined;
  /** Whether the weights have been made. */
  readonly built: boolean;
  /** Epochs that the latest `fit` has finished, those before its `initialEpoch` included. */
  readonly epoch: number;
  /** Set it to true in a callback, or call `stop()` anywhere, to end the training after the current batch or epoch. */
  stopTraining: boolean;
  /** Whether training changes the weights of any layer. Setting it sets all layers, and counts from the next `compile`. */
  trainable: boolean;
  /** What the latest `fit` has recorded so far; kept when it is aborted. */
  readonly history: History | undefined;
  /** Texts of your own that are saved with the model and come back with it. */
  readonly metadata: Map<string, string>;
  /** The weights in layer order, as live tensors. */
  readonly weights: readonly NamedWeight[];
  /** The gradients of the latest training step, by the names of the weights, as live tensors. */
  readonly gradients: readonly NamedWeight[];
  /** The optimizer's slots of each weight, as live tensors: `dense/kernel/velocity`. */
  readonly slots: readonly NamedWeight[];

  /** Makes the weights, for samples of `inputShape`; where they have been made, only checks the shape. */
  build(inputShape: Shape): void;
  /** Sets the optimizer, the loss and the metrics. Compiling again keeps the weights. */
  compile(options: CompileOptions): void;
  /** Trains the model on samples [n, ...input] and targets; gives the history. */
  fit(x: ModelData, y: ModelData, options?: FitOptions): Promise<History>;
  /** Ends a training after the current batch or epoch: `fit` resolves with what it has. Does nothing where nothing is trained. */
  stop(): void;
  /** Sets the optimizer's learning rate, also while the model is trained. */
  setLearningRate(value: number): void;
  /** The loss and the metrics over `x` and `y`, with the weights as they are. */
  evaluate(x: ModelData, y: ModelData, options?: EvaluateOptions): Promise<Logs>;
  /** The output of the model for `x`, [n, ...input]: [n, ...output]. */
  predict(x: ModelData, options?: PredictOptions): Promise<P>;
  /** The output of each layer for `x`. */
  layerOutputs(x: ModelData, options?: LayerOutputsOptions): Promise<LayerOutput[]>;
  /** The layer of this name, or of this path, `encoder/dense`. @throws RangeError if there is none. */
  getLayer(name: string): Layer;
  /** Copies of the weights in layer order, as they are between two steps. */
  getWeights(): Float32Array[];
  /** Copies `arrays` into the weights, in layer order; all or none. */
  setWeights(arrays: readonly TensorLike[]): void;
  /** The model as plain JSON, without its weights. */
  toConfig(): ModelConfig;
  /** The model as the bytes of one file, which `loadModel` reads. */
  save(options?: SaveOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** How many numbers the weights have, trained or not; those that layers share count once. */
  countParams(): number;
  /** A table of the layers, their output shapes and sizes, as text. */
  summary(): string;
  /** SHA-256 of the weights in layer order as little-endian float32, in 64 hex digits. */
  digest(): Promise<string>;
  /** Frees the weights, gradients and slots. */
  dispose(): void;
  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void;
}
