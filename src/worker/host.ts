/** The worker's side: models and data by number, and the methods that a client can call. It uses the public API and nothing else. */
import {
  type Callback,
  configs,
  createRuntime,
  type EvaluateOptions,
  type FindLearningRateOptions,
  type FitOptions,
  type FitStreamOptions,
  type Functional,
  findLearningRate,
  type LayerOutputsOptions,
  loadModel,
  type ModelData,
  type PredictOptions,
  type Progress,
  type Runtime,
  type RuntimeOptions,
  type SaveOptions,
  type Sequential,
  type SparseRows,
  sparse,
  type Tensor,
  type TensorLike,
  type TensorOptions,
  tensor,
} from '../index.ts';
import { askedStream } from './asked-streams.ts';
import type { Call } from './call.ts';
import { factsOf } from './facts.ts';
import { Gate } from './gate.ts';
import { deadUnits, inspect, type Spot } from './inspect.ts';
import { MadeCallbacks, stateOf } from './made-callbacks.ts';
import { type Placed, type PlacedSparse, PROTOCOL, type Sent, type StreamKind } from './protocol.ts';
import type { SentCallback } from './sent-callbacks.ts';

/** Options of `fit` as they come. */
export interface FitRequest
  extends Omit<
    FitOptions,
    'signal' | 'callbacks' | 'validationData' | 'sampleWeight' | 'onEpochBegin' | 'onEpochEnd' | 'onProgress'
  > {
  readonly paused: boolean;
  /** Which functions of the page there are: for the progress, and for epochs, which the training waits for. */
  readonly tells: { readonly progress: boolean; readonly epochs: boolean };
  readonly callbacks: readonly SentCallback[];
  /** Streams of the page instead of arrays: `x`, `validation`. */
  readonly streams: Streams;
  readonly stepsPerEpoch?: number;
}

type Streams = Readonly<Record<string, StreamKind>>;

/** Data of a call by what they are: x, y, sampleWeight. */
export type Data = Readonly<Record<string, Sent>>;

const isPlaced = (value: Sent): value is Placed => 'placed' in value && typeof value.placed === 'number';
const isSparse = (value: Sent): value is PlacedSparse => 'sparse' in value && Array.isArray(value.sparse);

interface Trained {
  readonly model: Sequential | Functional;
  gate: Gate | undefined;
}

/** Data is freed when the client has let go of it and nobody uses it any more. */
interface Kept {
  readonly tensor: Tensor;
  uses: number;
}

/** Takes a lock that goes when this worker does, which is how its client finds out; its name, where there are locks. */
async function holdLock(): Promise<string | undefined> {
  const { locks } = globalThis.navigator ?? {};
  if (locks === undefined) return undefined;
  const name = `simdescent ${crypto.randomUUID()}`;
  await new Promise<void>((held) => {
    void locks.request(name, () => {
      held();
      return new Promise(() => undefined);
    });
  });
  return name;
}

/** A client sends all that is not optional. */
function given(value: ModelData | undefined): ModelData {
  if (value === undefined) throw new TypeError('the call came without its data');
  return value;
}

export type Host = ReturnType<typeof createHost>;

export function createHost() {
  let runtime: Runtime | undefined;
  let numbers = 0;
  const models = new Map<number, Trained>();
  const data = new Map<number, Kept>();
  const made = new MadeCallbacks();

  function trained(number: number): Trained {
    const found = models.get(number);
    if (found === undefined) throw new Error('the model has been disposed of');
    return found;
  }

  const model = (number: number): Sequential | Functional => trained(number).model;

  function add(made: Sequential | Functional) {
    models.set(++numbers, { model: made, gate: undefined });
    return { number: numbers, ...factsOf(made) };
  }

  function release(number: number): void {
    const found = data.get(number);
    if (found === undefined || --found.uses > 0) return;
    data.delete(number);
    found.tensor.dispose();
  }

  /** Calls `use` with the data that a call was sent, of which what is placed stays until it has settled. */
  async function using<T>(sent: Data, use: (data: Readonly<Record<string, ModelData>>) => Promise<T>): Promise<T> {
    const held: number[] = [];
    const found = ({ placed, from, count }: Placed): Tensor => {
      const one = data.get(placed);
      if (one === undefined) throw new Error('the data has been disposed of');
      one.uses++;
      held.push(placed);
      return count === one.tensor.shape[0] ? one.tensor : one.tensor.rows(from, from + count);
    };
    const rows = ({ sparse: shape, indices, offsets, values }: PlacedSparse): SparseRows => {
      const parts = { indices: found(indices).data, offsets: found(offsets).data, shape };
      return sparse(values === undefined ? parts : { ...parts, values: found(values).data });
    };
    const one = (value: Placed | PlacedSparse) => (isPlaced(value) ? found(value) : rows(value));
    const all = (value: Sent): ModelData =>
      isPlaced(value) || isSparse(value)
        ? one(value)
        : (Object.fromEntries(Object.entries(value).map(([name, part]) => [name, one(part)])) as ModelData);
    try {
      return await use(Object.fromEntries(Object.entries(sent).map(([what, value]) => [what, all(value)])));
    } finally {
      for (const number of held) release(number);
    }
  }

  return {
    async connect(_call: Call, protocol: number, options: RuntimeOptions) {
      if (protocol !== PROTOCOL) throw new Error('client and worker come from different versions of simdescent');
      runtime = createRuntime(options);
      return { threads: runtime.threads, simd: runtime.simd, lock: await holdLock() };
    },

    memory: () => ({ used: runtime?.memory.used ?? 0, limit: runtime?.memory.limit ?? 0 }),

    place(
      _call: Call,
      shape: readonly number[],
      options: Omit<TensorOptions<'float32' | 'int32' | 'uint8'>, 'runtime'>,
    ) {
      const made = tensor(shape, undefined, { ...options, ...(runtime && { runtime }) });
      data.set(++numbers, { tensor: made, uses: 1 });
      return numbers;
    },

    write(_call: Call, number: number, at: number, values: ArrayLike<number>) {
      data.get(number)?.tensor.data.set(values, at);
    },

    release: (_call: Call, number: number) => release(number),

    loadModel: async (_call: Call, bytes: Uint8Array) =>
      add(await loadModel<Sequential | Functional>(bytes, runtime && { runtime })),

    modelFrom: (_call: Call, config: unknown) =>
      add(configs.modelFrom<Sequential | Functional>(config, runtime && { runtime })),

    compile: (_call: Call, number: number, options: unknown) =>
      model(number).compile(configs.compileOptionsFrom(options)),

    /** Freezes or unfreezes layers by their paths. */
    setTrainable(_call: Call, number: number, paths: readonly string[], value: boolean) {
      for (const path of paths) model(number).getLayer(path).trainable = value;
    },

    async fit(call: Call, number: number, sent: Data, request: FitRequest) {
      const entry = trained(number);
      const { paused, tells, callbacks, streams, ...rest } = request;
      return using(sent, async ({ x, y, sampleWeight, ...held }) => {
        if (entry.gate !== undefined) throw new Error(`${entry.model.name} is being trained already`);
        const gate = new Gate(entry.model, paused);
        const ask: Call['ask'] = (event, value) => gate.during(call.ask(event, value));
        const own = callbacks.map((sent) => made.take(sent, ask));
        const wake = (): void => gate.wake();
        const tell = async (event: string, epoch: number, logs: Record<string, number>): Promise<void> => {
          const value = { epoch, logs: { ...logs }, states: own.map(stateOf) };
          if (tells.epochs) Object.assign(logs, await ask(event, value));
          else call.emit(event, value);
        };
        const reporter: Callback = {
          onEpochBegin: (epoch, logs) => tell('epochBegin', epoch, logs),
          onEpochEnd: (epoch, logs) => tell('epochEnd', epoch, logs),
          ...(tells.progress && {
            onProgress: (now: Progress) => call.emit('progress', { ...now, logs: { ...now.logs } }),
          }),
        };
        entry.gate = gate;
        call.signal.addEventListener('abort', wake);
        try {
          const { 'validation x': vx, 'validation y': vy, 'validation sampleWeight': vw } = held;
          const options = {
            ...rest,
            ...(sampleWeight && { sampleWeight }),
            ...(streams.validation && { validationData: askedStream(call, 'validation', streams.validation) }),
            ...(vx && vy && { validationData: vw ? ([vx, vy, vw] as const) : ([vx, vy] as const) }),
            callbacks: [gate, ...own, reporter],
            signal: call.signal,
          };
          const fitted =
            streams.x === undefined
              ? entry.model.fit(given(x), given(y), options)
              : entry.model.fit(askedStream(call, 'x', streams.x), options as FitStreamOptions);
          const { history, epoch, params, seconds, trainSeconds } = await fitted;
          return { history, epoch, params, seconds, trainSeconds };
        } finally {
          call.signal.removeEventListener('abort', wake);
          entry.gate = undefined;
          gate.end();
        }
      });
    },

    pause: (_call: Call, number: number) => trained(number).gate?.pause(),
    resume: (_call: Call, number: number) => trained(number).gate?.resume(),

    step(_call: Call, number: number, count: number) {
      const { gate, model: stepped } = trained(number);
      if (!Number.isInteger(count) || count < 1)
        throw new RangeError(`step takes a number of steps from 1 on, got ${count}`);
      if (gate === undefined) throw new Error(`${stepped.name} is not being trained: call fit with paused: true`);
      return gate.step(count);
    },

    stop(_call: Call, number: number) {
      const { gate, model: stopped } = trained(number);
      stopped.stop();
      gate?.wake();
    },

    async inspect(_call: Call, number: number, spot: Spot | undefined, sent: Data) {
      const { gate, model: seen } = trained(number);
      const look = (before?: readonly Float32Array[]) => inspect(seen, spot, before);
      const inspection = gate === undefined ? look() : await gate.look(look);
      const dead = await using(sent, async ({ x }) => (x === undefined ? undefined : deadUnits(seen, x)));
      return { ...inspection, deadUnits: dead };
    },

    evaluate: (call: Call, number: number, sent: Data, options: EvaluateOptions, stream?: StreamKind) => {
      const { signal } = call;
      if (stream !== undefined) return model(number).evaluate(askedStream(call, 'x', stream), { ...options, signal });
      return using(sent, ({ x, y, sampleWeight }) =>
        model(number).evaluate(given(x), given(y), { ...options, ...(sampleWeight && { sampleWeight }), signal }),
      );
    },

    predict: (call: Call, number: number, sent: Data, options: PredictOptions, stream?: StreamKind) =>
      using(sent, ({ x }) =>
        model(number).predict(stream === undefined ? given(x) : askedStream(call, 'x', stream), {
          ...options,
          signal: call.signal,
        }),
      ),

    findLearningRate: ({ signal }: Call, number: number, sent: Data, options: FindLearningRateOptions) =>
      using(sent, ({ x, y }) => findLearningRate(model(number), given(x), given(y), { ...options, signal })),

    layerOutputs: ({ signal }: Call, number: number, sent: Data, options: LayerOutputsOptions) =>
      using(sent, ({ x }) => model(number).layerOutputs(given(x), { ...options, signal })),

    getWeights: (_call: Call, number: number) => model(number).getWeights(),
    setWeights: (_call: Call, number: number, arrays: readonly TensorLike[]) => model(number).setWeights(arrays),
    digest: (_call: Call, number: number) => model(number).digest(),
    setLearningRate(_call: Call, number: number, value: number) {
      model(number).setLearningRate(value);
    },
    save: (_call: Call, number: number, options: SaveOptions) => model(number).save(options),
    summary: (_call: Call, number: number) => model(number).summary(),
    countParams: (_call: Call, number: number) => model(number).countParams(),
    toConfig: (_call: Call, number: number) => model(number).toConfig(),
    build: (_call: Call, number: number, inputShape: readonly number[]) => model(number).build(inputShape),

    dispose(_call: Call, number: number) {
      const entry = models.get(number);
      if (entry === undefined) return;
      models.delete(number);
      entry.model.dispose();
      entry.gate?.wake();
    },
  };
}
