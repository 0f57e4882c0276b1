/** A model in the worker, with the methods of a model here, all of them asynchronous. */
import type {
  BatchSource,
  CompileOptions,
  EvaluateOptions,
  FindLearningRateOptions,
  InputBatch,
  LayerOutput,
  LayerOutputsOptions,
  LearningRateCurve,
  Logs,
  Predictions,
  PredictOptions,
  StreamOptions,
} from '../index.ts';
import { argumentsOf, isSource } from '../stream.ts';
import { checkSignal } from '../validate.ts';
import type { Connection } from './connection.ts';
import type { Given, RemoteModelData, TransferOptions } from './data.ts';
import { describedOptions, targetsOf } from './described.ts';
import type { Inspection, Spot } from './inspect.ts';
import { prepareFit, type RemoteFitOptions, type RemoteFitStreamOptions, type RemoteHistory } from './remote-fit.ts';
import { type Made, RemoteLayeredModel } from './remote-layered-model.ts';
import { withStreams } from './sent-streams.ts';

/** Options of a remote `evaluate`. */
export interface RemoteEvaluateOptions extends Omit<EvaluateOptions, 'sampleWeight'>, TransferOptions {
  /** Weight of the loss of each sample. Default 1 for all. */
  readonly sampleWeight?: RemoteModelData;
}

/** What to look at. */
export interface InspectOptions extends TransferOptions {
  /** Name of an array of weights, `dense/kernel`, and the number in it to look at. Default none. */
  readonly weight?: string;
  /** Default 0. */
  readonly index?: number;
  /** Samples to find dead units with: some hundreds will do. Default none. */
  readonly x?: RemoteModelData;
}

/** What a remote `inspect` gives. */
export interface RemoteInspection extends Inspection {
  /** By the names of the layers that end in relu: the share of their units that put out nothing for any sample of `x`. */
  readonly deadUnits: Readonly<Record<string, number>> | undefined;
}

/**
 * A model in the worker. Made by `client.sequential` and `client.model`. It means what a model here does (see `Sequential`), to the last bit:
 * equal seeds, data and settings give equal digests on either side.
 */
export class RemoteModel<P = Predictions> extends RemoteLayeredModel {
  /** Names of the outputs that have a loss. */
  #targets: readonly string[];
  #epoch: number;
  #fitting = false;
  /** Settles when the latest `fit` has been sent: its data may take a while, and what is to be said to it must not overtake it. */
  #sent: Promise<void> | undefined;

  /** @internal */
  constructor(connection: Connection, made: Made) {
    super(connection, made);
    this.#targets = made.targets;
    this.#epoch = made.epoch;
    Object.freeze(this);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'RemoteModel';
  }

  /** Epochs that the latest `fit` has finished, see `Sequential.epoch`. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Says how the model is trained, see `Sequential.compile`. The optimizer here is only a description: another model may be given the same one. */
  async compile(options: CompileOptions): Promise<void> {
    const before = this.#targets;
    // at once: `fit` may be called before the answer has come
    const compiling = this.handle.call('compile', [describedOptions(options)]);
    this.#targets = targetsOf(options, this.outputNames);
    await compiling.catch((error: unknown) => {
      this.#targets = before;
      throw error;
    });
  }

  /**
   * Trains the model, see `Sequential.fit`: on arrays, `fit(x, y, options)`, or on a stream of batches, `fit(source, options)`, which is read here. It can be paused, stepped and stopped meanwhile, and aborted by its signal, all of which
   * the worker sees to between two steps.
   *
   * @throws what `fit` throws; the signal's reason; what a function among the options or of a callback throws, which ends the training; Error if the
   * worker ends.
   * @example
   * ```ts
   * import { layers } from 'simdescent';
   * import { connect } from 'simdescent/client';
   * const client = await connect();
   * const model = await client.sequential([layers.dense({ units: 1, inputShape: [1] })], { seed: 1 });
   * await model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const training = model.fit([[0], [1], [2]], [[1], [3], [5]], { epochs: 20, onProgress: ({ logs }) => console.log(logs.loss) });
   * await model.pause();
   * await model.step(3);
   * await model.resume();
   * const { history } = await training;
   * client.dispose();
   * ```
   */
  async fit(
    given: RemoteModelData | BatchSource,
    second?: RemoteModelData | RemoteFitStreamOptions,
    third?: RemoteFitOptions,
  ): Promise<RemoteHistory> {
    const { x, y, options } = argumentsOf('fit', given, second as RemoteModelData, third);
    const ports = { inputs: this.inputNames, outputs: this.#compiled };
    const prepared = prepareFit(x, y, options, ports, (epochs) => {
      this.#epoch = epochs;
    });
    const { signal, transfer, request, data, streams, onEvent, end } = prepared;
    signal?.throwIfAborted();
    // here, not there, where a short one may be over before the next arrives
    if (this.#fitting) throw new Error(`${this.name} is being trained already`);
    this.#fitting = true;
    let sent = (): void => undefined;
    this.#sent = new Promise((resolve) => {
      sent = resolve;
    });
    const fit = this.handle.with(data, { transfer }, (all) => {
      const call = this.handle.call('fit', [all, request], { signal, onEvent });
      sent();
      return call;
    });
    return withStreams(streams, () => fit).finally(() => {
      this.#fitting = false;
      sent();
      end();
    });
  }

  /** Pauses the training after one more step; resolves when it stands still, or has ended. Does nothing where nothing is trained. */
  async pause(): Promise<void> {
    await this.#sent;
    await this.handle.call('pause', []);
  }

  /** Lets a paused training go on. */
  async resume(): Promise<void> {
    await this.#sent;
    await this.handle.call('resume', []);
  }

  /**
   * Lets a paused training do some more steps; resolves when they are done, or when the training has ended.
   *
   * @throws Error if nothing is trained, or it is not paused.
   */
  async step(count = 1): Promise<void> {
    await this.#sent;
    await this.handle.call('step', [count]);
  }

  /** Ends the training after the current step: `fit` resolves with what it has. */
  async stop(): Promise<void> {
    await this.#sent;
    await this.handle.call('stop', []);
  }

  /** See `Sequential.evaluate`: of arrays, `evaluate(x, y, options)`, or of a stream, `evaluate(source, options)`. */
  async evaluate(
    given: RemoteModelData | BatchSource,
    second?: RemoteModelData | (StreamOptions & TransferOptions),
    third?: RemoteEvaluateOptions,
  ): Promise<Logs> {
    const { x, y, options } = argumentsOf('evaluate', given, second as RemoteModelData, third);
    const { sampleWeight, signal, transfer, ...rest } = options;
    checkSignal(signal);
    const names = this.#compiled;
    if (isSource(x)) {
      const all = sampleWeight === undefined ? rest : { ...rest, sampleWeight };
      const stream = { source: x, inputs: this.inputNames, outputs: names, transfer };
      return this.handle.streamed('evaluate', stream, all as StreamOptions, signal) as Promise<Logs>;
    }
    if (y === undefined) throw new TypeError('evaluate needs targets, y');
    const weights = sampleWeight === undefined ? undefined : { value: sampleWeight, names, weights: true };
    const data = { x: this.#inputs(x), y: { value: y, names }, sampleWeight: weights };
    return this.handle.with(data, { transfer }, (sent) => this.handle.call('evaluate', [sent, rest], { signal }));
  }

  /** See `Sequential.predict`. */
  async predict(
    x: RemoteModelData | BatchSource<InputBatch>,
    options: PredictOptions & TransferOptions = {},
  ): Promise<P> {
    const { signal, transfer, ...rest } = options;
    checkSignal(signal);
    if (isSource(x)) {
      const stream = { source: x, inputs: this.inputNames, outputs: [], transfer };
      return this.handle.streamed('predict', stream, rest, signal) as Promise<P>;
    }
    return this.handle.with({ x: this.#inputs(x) }, { transfer }, (sent) =>
      this.handle.call('predict', [sent, rest], { signal }),
    ) as Promise<P>;
  }

  /**
   * Tests learning rates on a copy of the model in the worker: the function `findLearningRate` of `simdescent`, with the same curve. The model
   * itself stays as it is.
   *
   * @throws what `findLearningRate` throws; the signal's reason.
   * @example
   * ```ts
   * import { layers } from 'simdescent';
   * import { connect } from 'simdescent/client';
   * const client = await connect();
   * const model = await client.sequential([layers.dense({ units: 1, inputShape: [1] })], { seed: 1 });
   * await model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const { suggestion } = await model.findLearningRate([[0], [1], [2]], [[1], [3], [5]]);
   * if (suggestion !== undefined) await model.setLearningRate(suggestion);
   * client.dispose();
   * ```
   */
  async findLearningRate(
    x: RemoteModelData,
    y: RemoteModelData,
    options: FindLearningRateOptions & TransferOptions = {},
  ): Promise<LearningRateCurve> {
    const { signal, transfer, ...rest } = options;
    checkSignal(signal);
    const data = { x: this.#inputs(x), y: { value: y, names: this.#compiled } };
    return this.handle.with(data, { transfer }, (sent) =>
      this.handle.call('findLearningRate', [sent, rest], { signal }),
    );
  }

  /** See `Sequential.layerOutputs`. */
  async layerOutputs(x: RemoteModelData, options: LayerOutputsOptions & TransferOptions = {}): Promise<LayerOutput[]> {
    const { signal, transfer, ...rest } = options;
    checkSignal(signal);
    return this.handle.with({ x: this.#inputs(x) }, { transfer }, (sent) =>
      this.handle.call('layerOutputs', [sent, rest], { signal }),
    );
  }

  /**
   * Norms of weights and gradients, layer by layer; with `weight`, one number of the weights with its gradient, its slots and what the
   * latest step added to it; with `x`, the share of dead units. Of a training that runs it shows the next step, of one that is paused the latest.
   *
   * @throws RangeError for a weight or an index that does not exist; Error if the model has not been compiled.
   */
  async inspect({ weight, index = 0, x, ...rest }: InspectOptions = {}): Promise<RemoteInspection> {
    const spot: Spot | undefined = weight === undefined ? undefined : { weight, index };
    await this.#sent;
    return this.handle.with(x === undefined ? {} : { x: this.#inputs(x) }, rest, (sent) =>
      this.handle.call('inspect', [spot, sent]),
    );
  }

  /** Sets the optimizer's learning rate, also while the model is being trained. @throws RangeError below 0, Error for one that follows a schedule. */
  async setLearningRate(value: number): Promise<void> {
    await this.handle.call('setLearningRate', [value]);
  }

  #inputs(value: RemoteModelData): Given {
    return { value, names: this.inputNames };
  }

  /** The names of the outputs that have a loss. */
  get #compiled(): readonly string[] {
    if (this.#targets.length === 0)
      throw new Error(`${this.name} must be compiled first: model.compile({ optimizer, loss })`);
    return this.#targets;
  }
}
