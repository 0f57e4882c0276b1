import { inspect, Printed } from '../printed.ts';
import type { FitParams, Logs } from './progress.ts';

/** The result of `fit`, as Keras keeps it: one number an epoch for each key, keys in alphabetical order. @category Models */
export class History extends Printed {
  /** `loss`, and `accuracy`, `val_loss`, ...: one number for each finished epoch. */
  readonly history: Record<string, number[]> & {
    /** Of all outputs, with weights and penalties. */
    loss: number[];
  } = { loss: [] };
  /** Indices of the finished epochs, counted from 0. */
  readonly epoch: number[] = [];
  /** The parameters of the training. */
  readonly params: FitParams;
  /** Wall-clock seconds of each finished epoch, including validation and callbacks. */
  readonly seconds: number[] = [];
  /** Seconds of each finished epoch spent in training steps. */
  readonly trainSeconds: number[] = [];

  /** @internal */
  constructor(params: FitParams) {
    super();
    this.params = params;
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'History';
  }

  toString(): string {
    return `History ${JSON.stringify(this.history)}`;
  }

  /** The contents, as consoles show objects. @internal */
  override [inspect](_depth: number, options: object, show: (value: object, options: object) => string): string {
    return `History ${show({ ...this }, options)}`;
  }

  /** Records an epoch, including values that earlier callbacks have added to `logs`. */
  onEpochEnd(epoch: number, logs: Logs): void {
    const { history } = this;
    this.epoch.push(epoch);
    for (const key of Object.keys(logs).sort()) {
      const value = logs[key];
      if (value === undefined) continue;
      const values = history[key] ?? [];
      values.push(value);
      // behind the keys before it: `loss` has been there from the beginning
      delete history[key];
      history[key] = values;
    }
  }
}
