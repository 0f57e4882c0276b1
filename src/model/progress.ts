/** Plain numbers that training reports: to callbacks, to a history, to a page across a worker. */

/** Running averages and results by name: `loss`, and `accuracy`, `val_loss`, ... */
export type Logs = Record<string, number> & {
  /** Of all outputs, with weights and penalties. */
  loss: number;
};

/** Progress of a running `fit`. */
export interface Progress {
  /** Training an epoch, or evaluating it on validation data. */
  readonly phase: 'train' | 'validate';
  /** Counted from 0. */
  readonly epoch: number;
  /** Where the training ends: `epochs` of `fit`. */
  readonly epochs: number;
  /** Batches done in this phase. */
  readonly step: number;
  /** Batches of this phase; undefined for a stream that does not say how many it has. */
  readonly steps: number | undefined;
  /** Samples done in this phase. */
  readonly rows: number;
  /** Seconds spent in this phase. */
  readonly seconds: number;
  /** Averages so far. */
  readonly logs: Readonly<Logs>;
}

/** The position of a running `fit` between two runs of steps. */
export interface StepsPlace {
  /** Counted from 0. */
  readonly epoch: number;
  /** Batches done in this epoch. */
  readonly step: number;
  /** Batches of this epoch; undefined for a stream that does not say how many it has. */
  readonly steps: number | undefined;
}

/** Parameters of one `fit`. */
export interface FitParams {
  /** Where the training ends: `epochs` of `fit`. */
  readonly epochs: number;
  /** Batches of an epoch; undefined for a stream that does not say how many it has. */
  readonly steps: number | undefined;
  /** Samples of a batch, of a stream's first one; the last batch of an epoch may have fewer. */
  readonly batchSize: number;
  /** Keys of an epoch's logs, except those that callbacks add: `loss`, `accuracy`, `val_loss`, ... */
  readonly keys: readonly string[];
}
