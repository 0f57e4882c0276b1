/** A remote `fit`: its options on their way to the worker, and what comes back while it trains. */
import type { BuiltInCallback, FitOptions, FitParams, Logs, Progress } from '../index.ts';
import type { RemoteArray, TransferOptions } from './data.ts';
import type { FitRequest } from './host.ts';
import { SentCallbacks } from './sent-callbacks.ts';

/** Options of a remote `fit`: those of `fit`, with functions that are called here, several times a second, while the worker trains. */
export interface RemoteFitOptions
  extends Omit<FitOptions, 'callbacks' | 'validationData' | 'sampleWeight'>,
    TransferOptions {
  /** See `FitOptions.validationData`; placed data serves too. Default none. */
  readonly validationData?: readonly [x: RemoteArray, y: RemoteArray, sampleWeight?: RemoteArray];
  /** See `FitOptions.sampleWeight`. Default 1 for all. */
  readonly sampleWeight?: RemoteArray;
  /**
   * Callbacks that the functions of `callbacks` gave. The worker makes the same ones and calls them there; a function that one was made of, like
   * that of `learningRateScheduler` or a `modelCheckpoint` that is given the bytes, is called here, and the training waits for it. Others
   * cannot be sent: there are `onProgress`, `onEpochBegin` and `onEpochEnd`. Default none.
   */
  readonly callbacks?: readonly BuiltInCallback[];
  /** Begins paused, before the first step. Default false. */
  readonly paused?: boolean;
  /** Where the training is, some ten times a second and after every pause and every step that `step` asked for. Default none. */
  readonly onProgress?: (progress: Progress) => void;
  /** Before an epoch, counted from 0. Default none. */
  readonly onEpochBegin?: (epoch: number) => void;
  /** After an epoch, counted from 0: `{ loss, accuracy, val_loss, ... }`. Default none. */
  readonly onEpochEnd?: (epoch: number, logs: Logs) => void;
}

/** What a remote `fit` gives; see `History`. */
export interface RemoteHistory {
  /** `loss`, `accuracy`, `val_loss`, ...: one number for each finished epoch. */
  readonly history: Readonly<Record<string, number[]>>;
  /** Indices of the finished epochs, counted from 0. */
  readonly epoch: readonly number[];
  /** What the training was asked to do. */
  readonly params: FitParams;
  /** Wall-clock seconds of each finished epoch. */
  readonly seconds: readonly number[];
  /** Seconds of each finished epoch that went into training steps. */
  readonly trainSeconds: readonly number[];
}

/** What comes back of an epoch. */
interface EpochEvent {
  readonly epoch: number;
  readonly logs: Logs;
  readonly states: readonly object[];
}

/** What `fit` sends, the arrays apart, which are placed first: x, y, sampleWeight and those of the validation. */
interface RemoteFit {
  readonly signal: AbortSignal | undefined;
  readonly transfer: boolean | undefined;
  readonly request: FitRequest;
  readonly arrays: readonly (RemoteArray | undefined)[];
  readonly onEvent: (event: string, value: unknown) => unknown;
}

/** Checks the options; `finished` is told how many epochs are done. */
export function prepareFit(
  x: RemoteArray,
  y: RemoteArray,
  options: RemoteFitOptions,
  finished: (epochs: number) => void,
): RemoteFit {
  const { signal, onProgress, onEpochBegin, onEpochEnd, validationData, sampleWeight, transfer, ...others } = options;
  const { paused = false, callbacks: given = [], ...rest } = others;
  if (
    validationData !== undefined &&
    (!Array.isArray(validationData) || validationData.length < 2 || validationData.length > 3)
  )
    throw new TypeError('validationData must be [x, y] or [x, y, sampleWeight]');
  for (const [key, value] of Object.entries(rest))
    if (typeof value === 'function' && key.startsWith('on'))
      throw new RangeError(`unknown option of fit '${key}'; its functions are onProgress, onEpochBegin and onEpochEnd`);
  const callbacks = new SentCallbacks(given);
  const events: Readonly<Record<string, (value: never) => unknown>> = {
    progress: (progress: Progress) => onProgress?.(progress),
    epochBegin({ epoch, states }: EpochEvent) {
      callbacks.take(states);
      onEpochBegin?.(epoch);
    },
    epochEnd({ epoch, logs, states }: EpochEvent) {
      callbacks.take(states);
      finished(epoch + 1);
      onEpochEnd?.(epoch, logs);
    },
    ask: (question: Parameters<SentCallbacks['answer']>[0]) => callbacks.answer(question),
  };
  return {
    signal,
    transfer,
    request: { ...rest, paused, progress: onProgress !== undefined, callbacks: callbacks.sent },
    arrays: [x, y, sampleWeight, ...(validationData ?? [])],
    onEvent: (event, value) => events[event]?.(value as never),
  };
}
