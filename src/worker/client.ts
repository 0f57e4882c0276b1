/**
 * The model API over a worker: the page's own thread only sends and receives, and is never held up.
 *
 * @module simdescent/client
 */
import type {
  Config,
  FunctionalConfig,
  FunctionalOptions,
  Layer,
  Model,
  ModelConfig,
  Ports,
  Predictions,
  PredictionsOf,
  Runtime,
  RuntimeOptions,
  SequentialOptions,
} from '../index.ts';
import { Printed } from '../printed.ts';
import { describeTrace, trace } from '../trace.ts';
import { bytesOf, checkKind, checkOptions, checkSignal, isObject, show } from '../validate.ts';
import type { ArrayData, NestedArray } from '../values.ts';
import { Connection } from './connection.ts';
import { place, type RemoteArray, type RemoteData, type RemoteModelData, type TransferOptions, take } from './data.ts';
import type { WebWorker, WorkerEvent, WorkerThread } from './endpoint.ts';
import { PROTOCOL } from './protocol.ts';
import type { PageCallback, RemoteFitOptions, RemoteFitStreamOptions, RemoteHistory } from './remote-fit.ts';
import type { RemoteLayer } from './remote-layers.ts';
import { type InspectOptions, type RemoteEvaluateOptions, type RemoteInspection, RemoteModel } from './remote-model.ts';

export type { Inspection, LayerInspection, WeightInspection } from './inspect.ts';
export type {
  InspectOptions,
  PageCallback,
  RemoteArray,
  RemoteData,
  RemoteEvaluateOptions,
  RemoteFitOptions,
  RemoteFitStreamOptions,
  RemoteHistory,
  RemoteInspection,
  RemoteLayer,
  RemoteModel,
  RemoteModelData,
  TransferOptions,
  WebWorker,
  WorkerEvent,
  WorkerThread,
};

/** Options of {@link connect}: those of `createRuntime`, for the worker's runtime, and which worker. */
export interface ConnectOptions extends RuntimeOptions {
  /**
   * A worker that runs `simdescent/worker`, or where its script is. It belongs to the client then, which ends it. Default: a worker of
   * its own, which bundlers find by themselves.
   */
  readonly worker?: WebWorker | WorkerThread | URL | string;
  /** Called once if the worker ends by itself; all that is pending has been rejected by then. Default none. */
  readonly onLost?: (error: Error) => void;
  /** Gives up waiting for the worker to start. Default none. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds without an answer after which a worker counts as lost, and is ended, while something is awaited of it: it is asked meanwhile
   * whether it is there. It can answer neither in the middle of a step nor while a file is read: choose more than the longest
   * of these takes. Default 60,000 where nobody tells of a worker that has ended, which is in browsers on pages without Web
   * Locks (`http:` of another machine); elsewhere `Infinity`: it is never asked.
   */
  readonly answersWithin?: number;
}

/** A worker and what lives in it. Made by {@link connect}. */
export class Client extends Printed {
  /** Threads of the worker's runtime, see `Runtime.threads`. */
  readonly threads: number;
  /** Which binary the worker's runtime runs, see `Runtime.simd`. */
  readonly simd: string;
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection, { threads, simd }: { readonly threads: number; readonly simd: string }) {
    super();
    this.#connection = connection;
    this.threads = threads;
    this.simd = simd;
    Object.freeze(this);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'Client';
  }

  toString(): string {
    return `Client ${this.simd}, at most ${this.threads} threads`;
  }

  /**
   * Makes a model in the worker, of layers that have been made here or of their descriptions. The layers are only read: another model
   * may be made of the same ones.
   *
   * @throws what `sequential` throws.
   * @example
   * ```ts
   * import { layers, optimizers } from 'simdescent';
   * import { connect } from 'simdescent/client';
   * const client = await connect({ threads: 'auto' });
   * const model = await client.sequential([layers.dense({ units: 10, activation: 'softmax', inputShape: [784] })], { seed: 42 });
   * await model.compile({ optimizer: optimizers.nadam(), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
   * client.dispose();
   * ```
   */
  async sequential(
    stack: readonly (Layer | Model | Config)[],
    options: Omit<SequentialOptions, 'runtime'> = {},
  ): Promise<RemoteModel> {
    checkKind(Array.isArray(stack), 'layers', 'one array, sequential([first, second])', stack);
    checkOptions('sequential', options, ['seed', 'name']);
    const { seed = 0, name = 'sequential' } = options;
    const layers = stack.map((layer: Layer | Model | Config, i) => {
      if (!isObject(layer)) throw new TypeError(`layer ${i} must be a layer or its description, got ${show(layer)}`);
      const own = ('asLayer' in layer ? layer.asLayer : layer) as Layer | Config;
      return 'toConfig' in own ? own.toConfig() : own;
    });
    return this.modelFrom({ className: 'sequential', config: { name, seed, layers } });
  }

  /**
   * Makes a functional model in the worker, of layers that have been called here on symbolic tensors. They are only read: nothing is allocated on
   * this side, and other models may be made of the same ones. Models in the worker never share weights.
   *
   * @throws what `model` throws; Error for a layer or a function of your own that the worker's module has not registered.
   * @example
   * ```ts
   * import { input, layers } from 'simdescent';
   * import { connect } from 'simdescent/client';
   * const client = await connect();
   * const x = input({ shape: [8] });
   * const hidden = layers.dense({ units: 8, activation: 'relu' }).apply(x);
   * const sum = layers.add().apply([x, hidden]); // a residual connection
   * const net = await client.model({ inputs: x, outputs: layers.dense({ units: 1 }).apply(sum), seed: 42 });
   * await net.compile({ optimizer: 'adam', loss: 'mse' });
   * client.dispose();
   * ```
   */
  async model<const O extends Ports>(
    options: Omit<FunctionalOptions<O>, 'runtime'>,
  ): Promise<RemoteModel<PredictionsOf<O>>> {
    checkOptions('model', options, ['inputs', 'outputs', 'seed', 'name']);
    const { inputs, outputs, seed = 0, name = 'functional' } = options;
    const graph = describeTrace(trace<Layer>(inputs, outputs), new Map());
    return this.modelFrom({ className: 'functional', config: { name, seed, ...graph } } as unknown as FunctionalConfig);
  }

  /**
   * Makes the model that `config` describes, as `configs.modelFrom` does here.
   *
   * @throws what `configs.modelFrom` throws.
   */
  async modelFrom<P = Predictions>(config: ModelConfig): Promise<RemoteModel<P>> {
    return new RemoteModel(this.#connection, await this.#connection.call('modelFrom', [config]));
  }

  /**
   * The model that these bytes were saved of, as `loadModel` makes it here: it goes on from where it was, to the same bits.
   *
   * @throws what `loadModel` throws.
   */
  async loadModel<P = Predictions>(
    bytes: ArrayBufferView | ArrayBufferLike,
    { transfer = false }: TransferOptions = {},
  ): Promise<RemoteModel<P>> {
    const file = bytesOf('the file of loadModel', bytes);
    // read first: a view whose buffer has been taken has neither offset nor length
    const { buffer, byteOffset, length } = file;
    const taken = transfer ? take(buffer) : undefined;
    // a copy of its own, or all that surrounds the bytes would be cloned as well
    const own = taken === undefined ? file.slice() : new Uint8Array(taken, byteOffset, length);
    const call = this.#connection.call('loadModel', [own], { transfer: [own.buffer as ArrayBuffer] });
    return new RemoteModel(this.#connection, await call);
  }

  /**
   * Puts an array into the worker once, for all calls of all models there. It must not be written to until the promise settles, unless
   * it is handed over with `transfer`.
   *
   * @throws what `fit` throws for wrong data; Error if the memory is transferred elsewhere before it has been copied.
   *
   * @example
   * ```ts
   * import { connect } from 'simdescent/client';
   * import { loadFashionMnist } from 'simdescent/datasets';
   * const client = await connect();
   * const { train } = await loadFashionMnist();
   * const images = await client.data(train.images);
   * const few = images.rows(0, 6000); // no copy
   * client.dispose();
   * ```
   */
  data(array: ArrayData | NestedArray, options: TransferOptions = {}): Promise<RemoteData> {
    return place(this.#connection, array, options);
  }

  /** Bytes in use in the worker, and the most that may be. */
  memory(): Promise<Runtime['memory']> {
    return this.#connection.call('memory', []);
  }

  /** Ends the worker, and its models with it. What is pending is rejected. Disposing again does nothing. */
  dispose(): void {
    this.#connection.close();
  }

  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Starts a worker and connects to it.
 *
 * @throws what `createRuntime` throws; Error if the worker cannot be started, or ends; the signal's reason.
 * @example
 * ```ts
 * import { connect } from 'simdescent/client';
 * const client = await connect({ threads: 'auto', onLost: (error) => console.error(error.message) });
 * client.dispose();
 * ```
 */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const { worker, onLost, signal, answersWithin, ...runtime } = options;
  checkSignal(signal);
  signal?.throwIfAborted();
  if (answersWithin !== undefined && !(typeof answersWithin === 'number' && answersWithin > 0))
    throw new RangeError(`answersWithin must be a number of milliseconds above 0, got ${String(answersWithin)}`);
  const connection = new Connection(worker, onLost);
  // whatever has been started may never answer
  const giveUp = (): void => connection.close();
  signal?.addEventListener('abort', giveUp);
  try {
    const { lock, ...made } = await connection.call('connect', [PROTOCOL, runtime]);
    connection.watch(lock, answersWithin);
    return new Client(connection, made);
  } catch (error) {
    connection.close();
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}
