/** The data of a report, plain, so that it can be written as JSON, drawn, and made up in a test. */

/** One optimizer's training. */
export interface RunRecord {
  readonly optimizer: string;
  /** The options that differ from the optimizer's defaults, and the learning rate. */
  readonly options: Readonly<Record<string, number | boolean | string | readonly string[]>>;
  /** Numbers of the finished epochs, from 0, and their values by Keras' names. */
  readonly epoch: readonly number[];
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** Seconds of each finished epoch, and of its training steps alone. */
  readonly seconds: readonly number[];
  readonly trainSeconds: readonly number[];
  /** Training steps of one epoch. */
  readonly stepsPerEpoch: number;
  /** Of the weights at the end; empty when the run was stopped on the way. */
  readonly digest: string;
  readonly finished: boolean;
}

export interface ReportRecord {
  readonly title: string;
  /** The command line that does it again. */
  readonly command: string;
  /** Everything that decides the numbers, in the order it is shown. */
  readonly settings: Readonly<Record<string, string | number | boolean | null>>;
  /** The machine and versions: times depend on them, numbers do not. */
  readonly machine: Readonly<Record<string, string | number>>;
  /** ISO 8601. */
  readonly date: string;
  /** Epochs asked for. */
  readonly epochs: number;
  readonly runs: readonly RunRecord[];
  /** Whether it was stopped before all was done. */
  readonly stopped: boolean;
}

/** The numbers of one run that are compared: those of its last finished epoch, and its time. */
export interface Summary {
  readonly optimizer: string;
  readonly epochs: number;
  readonly steps: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly val_loss: number;
  readonly val_accuracy: number;
  readonly seconds: number;
  /** Training steps alone, without validation. */
  readonly msPerStep: number;
  readonly digest: string;
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

export function summary(run: RunRecord): Summary {
  const last = (key: string) => run.history[key]?.at(-1) ?? Number.NaN;
  const steps = run.epoch.length * run.stepsPerEpoch;
  return {
    optimizer: run.optimizer,
    epochs: run.epoch.length,
    steps,
    loss: last('loss'),
    accuracy: last('accuracy'),
    val_loss: last('val_loss'),
    val_accuracy: last('val_accuracy'),
    seconds: total(run.seconds),
    msPerStep: (1000 * total(run.trainSeconds)) / steps,
    digest: run.digest,
  };
}

/** The first epoch, counted from 1, in which a value was not a finite number. */
export function brokenEpoch(run: RunRecord, keys = Object.keys(run.history)): number | undefined {
  const at = run.epoch.findIndex((_, i) => keys.some((key) => !Number.isFinite(run.history[key]?.[i])));
  return at < 0 ? undefined : (run.epoch[at] ?? at) + 1;
}
