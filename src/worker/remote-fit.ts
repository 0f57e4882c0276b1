/** A remote `fit`: its options on their way to the worker, and what comes back while it trains. */
import type {
  BatchSource,
  BuiltInCallback,
  Callback,
  FitOptions,
  FitParams,
  FitStreamOptions,
  History,
  Logs,
  Progress,
} from '../index.ts';
import { progressLine } from '../progress-line.ts';
import { isSource, type Source } from '../stream.ts';
import { checkInteger, checkSignal } from '../validate.ts';
import type { Given, RemoteModelData, TransferOptions } from './data.ts';
import type { FitRequest } from './host.ts';
import type { StreamQuestion } from './protocol.ts';
import { pageCallbacks, SentCallbacks } from './sent-callbacks.ts';
import { SentStreams } from './sent-streams.ts';

/** A callback of the page's own: with these three hooks alone, since the model of the others is in the worker. */
export type PageCallback = Pick<Callback, 'onEpochBegin' | 'onEpochEnd' | 'onProgress'>;

/**
 * Options of a remote `fit`: those of `fit`. Functions are called here, while the worker trains. It waits for `onEpochBegin` and `onEpochEnd`,
 * and for their promises, so that what they change is changed between two epochs; it does not wait for `onProgress`, but `fit` does, for all its promises.
 */
export interface RemoteFitOptions
  extends Omit<FitOptions, 'callbacks' | 'validationData' | 'sampleWeight'>,
    TransferOptions {
  /** See `FitOptions.validationData`; placed data serves too. A stream is read here. Default none. */
  readonly validationData?:
    | readonly [x: RemoteModelData, y: RemoteModelData, sampleWeight?: RemoteModelData]
    | BatchSource;
  /** See `FitOptions.sampleWeight`. Default 1 for all. */
  readonly sampleWeight?: RemoteModelData;
  /**
   * Callbacks that the functions of `callbacks` gave, and of your own with the hooks `onEpochBegin`, `onEpochEnd` and `onProgress`. Of the former
   * the worker makes the same ones and calls them there, before all of the latter; a function that one was made of, like
   * that of `learningRateScheduler` or a `modelCheckpoint` that is given the bytes, is called here, and the training waits for it. Default none.
   */
  readonly callbacks?: readonly (BuiltInCallback | PageCallback)[];
  /** Begins paused, before the first step. Default false. */
  readonly paused?: boolean;
}

/** Options of a remote `fit` for a stream of batches, which is read here. */
export type RemoteFitStreamOptions = Omit<
  RemoteFitOptions,
  'batchSize' | 'validationSplit' | 'sampleWeight' | 'shuffle'
> &
  Pick<FitStreamOptions, 'stepsPerEpoch' | 'shuffle'>;

/** What a remote `fit` gives; see `History`. */
export interface RemoteHistory {
  /** `loss`, and `accuracy`, `val_loss`, ...: one number for each finished epoch. */
  readonly history: Readonly<History['history']>;
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

/** What `fit` sends, the data apart, which are placed first. */
interface RemoteFit {
  readonly signal: AbortSignal | undefined;
  readonly transfer: boolean | undefined;
  readonly request: FitRequest;
  readonly data: Readonly<Record<string, Given | undefined>>;
  readonly streams: SentStreams;
  readonly onEvent: (event: string, value: unknown) => unknown;
  /** Once it is over, however it has ended. */
  readonly end: () => void;
}

/** Checks the options. `ports` are the names of the inputs and of the outputs that have a loss; `finished` is told how many epochs are done. */
export function prepareFit(
  x: RemoteModelData | Source,
  y: RemoteModelData | undefined,
  options: RemoteFitOptions & Pick<FitStreamOptions, 'stepsPerEpoch'>,
  ports: { readonly inputs: readonly string[]; readonly outputs: readonly string[] },
  finished: (epochs: number) => void,
): RemoteFit {
  const {
    signal,
    onProgress,
    onEpochBegin,
    onEpochEnd,
    validationData: held,
    sampleWeight,
    transfer,
    ...others
  } = options;
  const { paused = false, callbacks: given = [], verbose = 0, ...rest } = others;
  checkSignal(signal);
  checkInteger('verbose', verbose, 0, 2);
  const validationData = isSource(held) ? undefined : (held as readonly RemoteModelData[] | undefined);
  if (
    validationData !== undefined &&
    (!Array.isArray(validationData) || validationData.length < 2 || validationData.length > 3)
  )
    throw new TypeError('validationData must be [x, y], [x, y, sampleWeight] or a stream of batches');
  const { epochs = 1, initialEpoch = 0, stepsPerEpoch, validationSteps } = rest;
  const passes = typeof x === 'function' ? 1 : epochs - initialEpoch;
  const most = stepsPerEpoch && stepsPerEpoch * passes;
  const streams = new SentStreams({
    x: isSource(x) ? { source: x, ...ports, most, transfer } : undefined,
    validation: isSource(held) ? { source: held, ...ports, most: validationSteps, transfer } : undefined,
  });
  for (const [key, value] of Object.entries(rest))
    if (typeof value === 'function' && key.startsWith('on'))
      throw new RangeError(`unknown option of fit '${key}'; its functions are onEpochBegin, onEpochEnd and onProgress`);
  const callbacks = new SentCallbacks(given);
  const line = verbose === 0 ? undefined : progressLine(verbose);
  const hooks = { onEpochBegin, onEpochEnd, onProgress };
  const own = pageCallbacks([...callbacks.own, hooks, ...(line === undefined ? [] : [line])]);
  const [validX, validY, validWeight] = validationData ?? [];
  const of = (value: RemoteModelData | undefined, names: readonly string[], weights = false): Given | undefined =>
    value === undefined ? undefined : { value, names, weights };
  const events: Readonly<Record<string, (value: never) => unknown>> = {
    progress: (progress: Progress) => own.call('onProgress', progress),
    async epochBegin({ epoch, logs, states }: EpochEvent) {
      callbacks.take(states);
      await own.call('onEpochBegin', epoch, logs);
      return logs;
    },
    async epochEnd({ epoch, logs, states }: EpochEvent) {
      callbacks.take(states);
      finished(epoch + 1);
      await own.call('onEpochEnd', epoch, logs);
      return logs;
    },
    batches: (question: StreamQuestion) => streams.answer(question),
    ask: (question: Parameters<SentCallbacks['answer']>[0]) => callbacks.answer(question),
  };
  const tells = { progress: own.has('onProgress'), epochs: own.has('onEpochBegin') || own.has('onEpochEnd') };
  return {
    signal,
    transfer,
    request: { ...rest, paused, tells, callbacks: callbacks.sent, streams: streams.kinds },
    streams,
    data: {
      x: isSource(x) ? undefined : of(x, ports.inputs),
      y: of(y, ports.outputs),
      sampleWeight: of(sampleWeight, ports.outputs, true),
      'validation x': of(validX, ports.inputs),
      'validation y': of(validY, ports.outputs),
      'validation sampleWeight': of(validWeight, ports.outputs, true),
    },
    onEvent: (event, value) => events[event]?.(value as never),
    end: () => line?.end(),
  };
}
