/** The worker's side: models and data by number, and the methods that a client can call. It uses the public API and nothing else. */
import {
  type ArrayData,
  type Callback,
  configs,
  createRuntime,
  type EvaluateOptions,
  type FitOptions,
  type LayerOutputsOptions,
  type Logs,
  loadModel,
  type PredictOptions,
  type Progress,
  type Runtime,
  type RuntimeOptions,
  type SaveOptions,
  type Sequential,
  type Tensor,
  type TensorLike,
  type TensorOptions,
  tensor,
} from '../index.ts';
import { Gate } from './gate.ts';
import { deadUnits, inspect, type Spot } from './inspect.ts';
import { MadeCallbacks, stateOf } from './made-callbacks.ts';
import { type Placed, PROTOCOL } from './protocol.ts';
import type { SentCallback } from './sent-callbacks.ts';

/** A call under way: events go to whoever made it, who may abort it. */
export interface Call {
  readonly signal: AbortSignal;
  readonly emit: (event: string, value: unknown) => void;
  /** Like `emit`, and gives the answer. */
  readonly ask: (event: string, value: unknown) => Promise<unknown>;
}

/** Samples as they come: placed, or nested arrays. */
export type Samples = Placed | TensorLike;

/** Options of `fit` as they come. */
export interface FitRequest extends Omit<FitOptions, 'signal' | 'callbacks' | 'validationData' | 'sampleWeight'> {
  readonly paused: boolean;
  readonly progress: boolean;
  readonly callbacks: readonly SentCallback[];
  readonly validationData?: readonly Samples[];
  readonly sampleWeight?: Samples;
}

interface Trained {
  readonly model: Sequential;
  gate: Gate | undefined;
}

/** Data is freed when the client has let go of it and nobody uses it any more. */
interface Data {
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

export type Host = ReturnType<typeof createHost>;

export function createHost() {
  let runtime: Runtime | undefined;
  let numbers = 0;
  const models = new Map<number, Trained>();
  const data = new Map<number, Data>();
  const made = new MadeCallbacks();

  function trained(number: number): Trained {
    const found = models.get(number);
    if (found === undefined) throw new Error('the model has been disposed of');
    return found;
  }

  const model = (number: number): Sequential => trained(number).model;

  function add(made: Sequential) {
    models.set(++numbers, { model: made, gate: undefined });
    const { name, seed, epoch, layers } = made;
    return { number: numbers, name, seed, epoch, layers: layers.map((layer) => layer.name) };
  }

  function release(number: number): void {
    const found = data.get(number);
    if (found === undefined || --found.uses > 0) return;
    data.delete(number);
    found.tensor.dispose();
  }

  /** Calls `use` with the data that `samples` stand for, which stay until it has settled. */
  async function using<T>(
    samples: readonly (Samples | undefined)[],
    use: (values: TensorLike[]) => Promise<T>,
  ): Promise<T> {
    const held: number[] = [];
    try {
      const values = samples.map((sample): TensorLike => {
        if (typeof sample !== 'object' || !('placed' in sample)) return sample as TensorLike;
        const found = data.get(sample.placed);
        if (found === undefined) throw new Error('the data has been disposed of');
        found.uses++;
        held.push(sample.placed);
        return sample.count === found.tensor.shape[0] ? found.tensor : found.tensor.rows(0, sample.count);
      });
      return await use(values);
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

    write(_call: Call, number: number, at: number, values: ArrayData['data']) {
      data.get(number)?.tensor.data.set(values, at);
    },

    release: (_call: Call, number: number) => release(number),

    load: async (_call: Call, bytes: Uint8Array) => add(await loadModel(bytes, runtime && { runtime })),

    create: (_call: Call, config: unknown) => add(configs.modelFrom(config, runtime && { runtime })),

    compile: (_call: Call, number: number, options: unknown) =>
      model(number).compile(configs.compileOptionsFrom(options)),

    async fit(call: Call, number: number, x: Samples, y: Samples, request: FitRequest) {
      const entry = trained(number);
      const { paused, progress, callbacks, validationData = [], sampleWeight, ...rest } = request;
      return using([x, y, sampleWeight, ...validationData], async ([xs, ys, weight, vx, vy, vw]) => {
        if (entry.gate !== undefined) throw new Error(`${entry.model.name} is being trained already`);
        const gate = new Gate(entry.model, paused);
        const own = callbacks.map((sent) => made.take(sent, call.ask));
        const wake = (): void => gate.wake();
        const reporter: Callback = {
          onEpochBegin: (epoch) => call.emit('epochBegin', { epoch, states: own.map(stateOf) }),
          onEpochEnd: (epoch, logs: Logs) =>
            call.emit('epochEnd', { epoch, logs: { ...logs }, states: own.map(stateOf) }),
          ...(progress && { onProgress: (now: Progress) => call.emit('progress', { ...now, logs: { ...now.logs } }) }),
        };
        entry.gate = gate;
        call.signal.addEventListener('abort', wake);
        try {
          const { history, epoch, params, seconds, trainSeconds } = await entry.model.fit(xs ?? [], ys ?? [], {
            ...rest,
            ...(weight !== undefined && { sampleWeight: weight }),
            ...(vx && vy && { validationData: vw ? [vx, vy, vw] : [vx, vy] }),
            callbacks: [gate, ...own, reporter],
            signal: call.signal,
          });
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

    async inspect(_call: Call, number: number, spot: Spot | undefined, x: Samples | undefined) {
      const { gate, model: seen } = trained(number);
      const look = (before?: readonly Float32Array[]) => inspect(seen, spot, before);
      const inspection = gate === undefined ? look() : await gate.look(look);
      if (x === undefined) return { ...inspection, deadUnits: undefined };
      const dead = await using([x], ([xs]) => deadUnits(seen, xs ?? []));
      return { ...inspection, deadUnits: dead };
    },

    evaluate: ({ signal }: Call, number: number, x: Samples, y: Samples, options: EvaluateOptions, weight?: Samples) =>
      using([x, y, weight], ([xs, ys, sampleWeight]) =>
        model(number).evaluate(xs ?? [], ys ?? [], { ...options, ...(sampleWeight && { sampleWeight }), signal }),
      ),

    predict: ({ signal }: Call, number: number, x: Samples, options: PredictOptions) =>
      using([x], ([xs]) => model(number).predict(xs ?? [], { ...options, signal })),

    layerOutputs: ({ signal }: Call, number: number, x: Samples, options: LayerOutputsOptions) =>
      using([x], ([xs]) => model(number).layerOutputs(xs ?? [], { ...options, signal })),

    getWeights: (_call: Call, number: number) => model(number).getWeights(),
    setWeights: (_call: Call, number: number, arrays: readonly ArrayLike<number>[]) => model(number).setWeights(arrays),
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
