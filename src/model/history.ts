import type { Callback, Logs } from '../callbacks/callback.ts';

/** What one `fit` was asked to do. */
export interface FitParams {
  /** Where the training ends: `epochs` of `fit`. */
  readonly epochs: number;
  /** Batches of an epoch. */
  readonly steps: number;
  /** Samples of a batch; the last one of an epoch may have fewer. */
  readonly batchSize: number;
  /** What the logs of an epoch will hold, beside what callbacks add: `loss`, `accuracy`, `val_loss`, ... */
  readonly keys: readonly string[];
}

/** The result of `fit`, as Keras keeps it: one number an epoch for each key, keys in alphabetical order. */
export class History implements Callback {
  /** `loss`, `accuracy`, `val_loss`, ...: one number for each finished epoch. */
  readonly history: Record<string, number[]> = {};
  /** Indices of the finished epochs, counted from 0. */
  readonly epoch: number[] = [];
  /** What the training was asked to do. */
  readonly params: FitParams;
  /** Wall-clock seconds of each finished epoch, validation and callbacks included. */
  readonly seconds: number[] = [];
  /** Seconds of each finished epoch that went into training steps. */
  readonly trainSeconds: number[] = [];

  /** @internal */
  constructor(params: FitParams) {
    this.params = params;
  }

  /** Records an epoch: what `logs` holds by then, that of other callbacks included. */
  onEpochEnd(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const key of Object.keys(logs).sort()) {
      const value = logs[key];
      if (value === undefined) continue;
      this.history[key] ??= [];
      this.history[key].push(value);
    }
  }
}
