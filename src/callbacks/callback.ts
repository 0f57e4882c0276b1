/** What `fit` tells those who listen. */
import type { FitParams } from '../model/history.ts';
import type { Sequential } from '../model/sequential.ts';

/** Running averages and results by name: `loss`, `accuracy`, `val_loss`, ... */
export type Logs = Record<string, number>;

/** Where a running `fit` is. */
export interface Progress {
  /** Training an epoch, or evaluating it on validation data. */
  readonly phase: 'train' | 'validate';
  /** Counted from 0. */
  readonly epoch: number;
  /** Where the training ends: `epochs` of `fit`. */
  readonly epochs: number;
  /** Batches done in this phase. */
  readonly step: number;
  /** Batches of this phase. */
  readonly steps: number;
  /** Samples done in this phase. */
  readonly rows: number;
  /** Seconds spent in this phase. */
  readonly seconds: number;
  /** Averages so far. */
  readonly logs: Readonly<Logs>;
}

/** Where a running `fit` is between two runs of steps. */
export interface StepsPlace {
  /** Counted from 0. */
  readonly epoch: number;
  /** Batches done in this epoch. */
  readonly step: number;
  /** Batches of this epoch. */
  readonly steps: number;
}

/**
 * Hooks of `fit`, all optional; they may return a promise, which is awaited. Other names that begin like a hook's, as in `onEpoch`, are
 * refused. All hooks of an epoch's end get the same logs object: what
 * one adds to it, the history records. Set `model.stopTraining = true` to end the training after the current batch or epoch.
 *
 * `onTrainBatchBegin` and `onTrainBatchEnd` make training enter JavaScript for every batch. `onProgress` does not: it comes
 * between runs of steps, several times a second.
 */
export interface Callback {
  /** Before anything is trained: an Error here leaves the model as it was. */
  setModel?(model: Sequential): void;
  /** Told what is going to be done, once it has been checked. */
  setParams?(params: FitParams): void;
  /** Before the first epoch; `logs` is empty. */
  onTrainBegin?(logs: Logs): void | Promise<void>;
  /** After the last epoch, not after an Error or an abort; `logs` are those of the last epoch. */
  onTrainEnd?(logs: Logs): void | Promise<void>;
  /** Before an epoch, counted from 0; `logs` is empty. */
  onEpochBegin?(epoch: number, logs: Logs): void | Promise<void>;
  /** After an epoch, counted from 0, and its validation: `{ loss, accuracy, val_loss, ... }`. */
  onEpochEnd?(epoch: number, logs: Logs): void | Promise<void>;
  /** Before a batch, counted from 0 in each epoch; `logs` is empty. */
  onTrainBatchBegin?(batch: number, logs: Logs): void | Promise<void>;
  /** After a batch, counted from 0 in each epoch; `logs` are the averages of the epoch so far. */
  onTrainBatchEnd?(batch: number, logs: Logs): void | Promise<void>;
  /** Before validation data is evaluated; `logs` is empty. */
  onTestBegin?(logs: Logs): void | Promise<void>;
  /** After validation data was evaluated; `logs` are its results, without `val_` before their names. */
  onTestEnd?(logs: Logs): void | Promise<void>;
  /**
   * Before every run of training steps, of which there are many in a second. What it returns is how many steps the run may take at
   * most, default as many as fit in some 10 ms; a promise is awaited, which makes a pause. However steps are divided into runs, no bit changes.
   */
  onStepsBegin?(place: StepsPlace): number | undefined | Promise<number | undefined>;
  /** Where training or validation is, several times a second. Not awaited. */
  onProgress?(progress: Progress): void;
}

/** A callback of `callbacks`. It can be sent to a worker, see `simdescent/client`: the same one is made there. */
export interface BuiltInCallback extends Callback {
  /** The function that it was made by, and what that was given. */
  readonly made: readonly [name: string, ...args: unknown[]];
}
