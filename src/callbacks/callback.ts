/** What `fit` tells those who listen. */
import type { FitParams } from '../model/history.ts';
import type { Sequential } from '../model/sequential.ts';

/** Running averages and results by name: `loss`, `accuracy`, `val_loss`, ... */
export type Logs = Record<string, number>;

/** Where a running `fit` is. */
export interface Progress {
  readonly phase: 'train' | 'validate';
  /** Counted from 0. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches done in this phase, and how many it has. */
  readonly step: number;
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
  /** Batches done in this epoch, and how many it has. */
  readonly step: number;
  readonly steps: number;
}

/**
 * Hooks of `fit`, all optional; they may return a promise, which is awaited. All hooks of an epoch's end get the same logs object: what
 * one adds to it, the history records. Set `model.stopTraining = true` to end the training after the current batch or epoch.
 *
 * `onTrainBatchBegin` and `onTrainBatchEnd` make training enter JavaScript for every batch. `onProgress` does not: it comes
 * between runs of steps, several times a second.
 */
export interface Callback {
  /** Before anything is trained: an Error here leaves the model as it was. */
  setModel?(model: Sequential): void;
  setParams?(params: FitParams): void;
  onTrainBegin?(logs: Logs): void | Promise<void>;
  onTrainEnd?(logs: Logs): void | Promise<void>;
  onEpochBegin?(epoch: number, logs: Logs): void | Promise<void>;
  onEpochEnd?(epoch: number, logs: Logs): void | Promise<void>;
  onTrainBatchBegin?(batch: number, logs: Logs): void | Promise<void>;
  onTrainBatchEnd?(batch: number, logs: Logs): void | Promise<void>;
  onTestBegin?(logs: Logs): void | Promise<void>;
  onTestEnd?(logs: Logs): void | Promise<void>;
  /**
   * Before every run of training steps, of which there are many in a second. What it returns is how many steps the run may take at
   * most, default as many as fit in some 10 ms; a promise is awaited, which makes a pause. However steps are divided into runs, no bit changes.
   */
  onStepsBegin?(place: StepsPlace): number | undefined | Promise<number | undefined>;
  onProgress?(progress: Progress): void;
}
