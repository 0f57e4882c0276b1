/** Training: the options of `fit`, checked before anything runs, and the loop over epochs. */
import type { Callback, Logs, StepsPlace } from '../callbacks/callback.ts';
import type { Program } from '../engine/program.ts';
import type { Engine } from '../engine/runtime.ts';
import { type TensorLike, toArrayData } from '../tensor.ts';
import { checkBoolean, checkInteger, checkName, checkNumber, checkOptions, checkSignal, show } from '../validate.ts';
import type { History } from './history.ts';
import { runPass } from './passes.ts';
import { type ClassWeight, checkSameCount, rowsOf } from './samples.ts';

/** Options of `fit`; defaults are Keras'. */
export interface FitOptions {
  /** Index of the last epoch + 1. Default 1. */
  readonly epochs?: number;
  /** Epoch to begin with, when going on with an earlier training. Default 0. */
  readonly initialEpoch?: number;
  /** Samples of a step; a last smaller batch counts by its size. Default 32. */
  readonly batchSize?: number;
  /** A new order in every epoch, from the model's seed and the epoch. Default true. */
  readonly shuffle?: boolean;
  /** `[x, y]` or `[x, y, sampleWeight]`, evaluated after every epoch as `val_loss`, `val_accuracy`, ... Wins over `validationSplit`. Default none. */
  readonly validationData?: readonly [x: TensorLike, y: TensorLike, sampleWeight?: TensorLike];
  /** Share of the samples, from the end, that is not trained on but evaluated after every epoch. Default 0. */
  readonly validationSplit?: number;
  /** Default: `batchSize`. */
  readonly validationBatchSize?: number;
  /** Weight of the loss of each class, 1 for those not named. Default none. */
  readonly classWeight?: ClassWeight;
  /** Weight of the loss of each sample. Default 1 for all. */
  readonly sampleWeight?: TensorLike;
  /** Told what happens, in this order. Default none. */
  readonly callbacks?: readonly Callback[];
  /** Stops between two runs of steps: `fit` rejects with the signal's reason; the model keeps the weights of the last step. Default none. */
  readonly signal?: AbortSignal;
}

const names = [
  'epochs',
  'initialEpoch',
  'batchSize',
  'shuffle',
  'validationData',
  'validationSplit',
  'validationBatchSize',
  'classWeight',
  'sampleWeight',
  'callbacks',
  'signal',
] as const satisfies readonly (keyof FitOptions)[];

const hooks = [
  'setModel',
  'setParams',
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onTrainBatchBegin',
  'onTrainBatchEnd',
  'onTestBegin',
  'onTestEnd',
  'onStepsBegin',
  'onProgress',
] as const satisfies readonly (keyof Callback)[];

/** Refuses a hook that nobody would call or that cannot be called; a class has its hooks in its prototype. */
function checkCallback(name: string, callback: unknown): void {
  if (typeof callback !== 'object' || callback === null)
    throw new TypeError(`${name} must be an object, got ${show(callback)}`);
  for (let owner = callback; owner !== null; owner = Object.getPrototypeOf(owner))
    for (const key of Object.getOwnPropertyNames(owner))
      if (/^on[A-Z_]/.test(key)) checkName(`hook of ${name}`, key, hooks);
  for (const hook of hooks) {
    const given = (callback as Callback)[hook];
    if (given !== undefined && typeof given !== 'function')
      throw new TypeError(`${name}.${hook} must be a function, got ${show(given)}`);
  }
}

/** Checked options of `fit`, with the data split. */
export interface FitPlan {
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly validationBatchSize: number;
  readonly callbacks: readonly Callback[];
  readonly signal: AbortSignal | undefined;
  readonly x: TensorLike;
  readonly y: TensorLike;
  readonly sampleWeight: TensorLike | undefined;
  readonly classWeight: ClassWeight | undefined;
  readonly validation: readonly [x: TensorLike, y: TensorLike, sampleWeight?: TensorLike] | undefined;
}

/** Splits off the last rows: `at = floor(n (1 - share))`, as in Keras. */
function split(name: string, value: TensorLike, share: number): readonly [TensorLike, TensorLike] {
  const input = toArrayData(name, value);
  const count = input.shape[0] ?? 0;
  const at = Math.floor(count * (1 - share));
  if (at === 0 || at === count)
    throw new RangeError(`validationSplit ${share} of ${count} samples leaves one side empty`);
  return [rowsOf(input, 0, at), rowsOf(input, at, count)];
}

/** Checks the options; `x` and `y` themselves are checked where they are put into memory. */
export function planFit(x: TensorLike, y: TensorLike, options: FitOptions): FitPlan {
  checkOptions('fit', options, names);
  const {
    epochs = 1,
    initialEpoch = 0,
    batchSize = 32,
    shuffle = true,
    validationData,
    validationSplit = 0,
    classWeight,
    callbacks = [],
    signal,
  } = options;
  const { validationBatchSize = batchSize } = options;
  checkInteger('epochs', epochs, 1);
  checkInteger('initialEpoch', initialEpoch, 0);
  checkInteger('batchSize', batchSize, 1);
  checkInteger('validationBatchSize', validationBatchSize, 1);
  checkBoolean('shuffle', shuffle);
  checkNumber('validationSplit', validationSplit, 0, 1);
  if (!Array.isArray(callbacks)) throw new TypeError(`callbacks must be an array, got ${show(callbacks)}`);
  for (const [i, callback] of callbacks.entries()) checkCallback(`callbacks[${i}]`, callback);
  checkSignal(signal);
  if (
    validationData !== undefined &&
    (!Array.isArray(validationData) || validationData.length < 2 || validationData.length > 3)
  ) {
    throw new TypeError('validationData must be [x, y] or [x, y, sampleWeight]');
  }
  if (
    classWeight !== undefined &&
    (typeof classWeight !== 'object' || classWeight === null || classWeight instanceof Map)
  )
    throw new TypeError(`classWeight must be an object of weights by class, got ${show(classWeight)}`);
  if (classWeight !== undefined && options.sampleWeight !== undefined) {
    throw new RangeError('classWeight and sampleWeight cannot be given together');
  }
  const plan = { epochs, initialEpoch, batchSize, shuffle, validationBatchSize, classWeight, callbacks, signal };
  if (validationSplit === 0 || validationData !== undefined)
    return { ...plan, x, y, sampleWeight: options.sampleWeight, validation: validationData };
  checkSameCount({ x: 'x', y: 'y' }, toArrayData('x', x).shape, toArrayData('y', y).shape);
  const [trainX, validX] = split('x', x, validationSplit);
  const [trainY, validY] = split('y', y, validationSplit);
  const [sampleWeight, validWeight] =
    options.sampleWeight === undefined ? [] : split('sampleWeight', options.sampleWeight, validationSplit);
  return {
    ...plan,
    x: trainX,
    y: trainY,
    sampleWeight,
    validation: validWeight === undefined ? [validX, validY] : [validX, validY, validWeight],
  };
}

/** A program over data that has been placed. */
export interface Pass {
  readonly program: Program;
  readonly count: number;
}

/** What the loop needs of the model. */
export interface Trainee {
  readonly engine: Engine;
  readonly seedLow: number;
  readonly seedHigh: number;
  /** A callback asked to stop. */
  readonly stopped: () => boolean;
  /** Throws if the model has been disposed of. */
  readonly check: () => void;
  /** What the next steps have to wait for, if anything. */
  readonly free: () => Promise<void> | undefined;
  /** So many epochs are done. */
  readonly finished: (epochs: number) => void;
}

type Hook = 'onTrainBegin' | 'onTrainEnd' | 'onTestBegin' | 'onTestEnd';
type IndexedHook = 'onEpochBegin' | 'onEpochEnd' | 'onTrainBatchBegin' | 'onTrainBatchEnd';

/** Calls a hook of every callback in order, with the one logs object. */
class Callbacks {
  readonly #all: readonly Callback[];

  constructor(all: readonly Callback[]) {
    this.#all = all;
  }

  has(hook: keyof Callback): boolean {
    return this.#all.some((callback) => callback[hook] !== undefined);
  }

  async call(hook: Hook, logs: Logs): Promise<void> {
    for (const callback of this.#all) await callback[hook]?.(logs);
  }

  /** The fewest steps that any of them wants the next run to take at most. */
  async limit(place: StepsPlace): Promise<number | undefined> {
    let fewest: number | undefined;
    for (const callback of this.#all) {
      const limit = await callback.onStepsBegin?.(place);
      if (limit === undefined) continue;
      checkInteger('what onStepsBegin returns', limit, 1);
      fewest = Math.min(limit, fewest ?? limit);
    }
    return fewest;
  }

  async callAt(hook: IndexedHook, index: number, logs: Logs): Promise<void> {
    for (const callback of this.#all) await callback[hook]?.(index, logs);
  }
}

/** The loop over epochs. `order` is the address of `train.count` i32, 0 if rows come as they are. */
export async function runFit(
  plan: FitPlan,
  trainee: Trainee,
  train: Pass,
  validation: Pass | undefined,
  order: number,
  history: History,
): Promise<void> {
  const { epochs, initialEpoch, batchSize, validationBatchSize, signal } = plan;
  const { engine, seedLow, seedHigh, check, free, stopped, finished } = trainee;
  const callbacks = new Callbacks([...plan.callbacks, history]);
  const perBatch = callbacks.has('onTrainBatchBegin') || callbacks.has('onTrainBatchEnd');
  const limited = callbacks.has('onStepsBegin');
  const steps = Math.ceil(train.count / batchSize);
  const tell = (phase: 'train' | 'validate', epoch: number) =>
    callbacks.has('onProgress') ? { onProgress: (part: object) => report({ phase, epoch, epochs, ...part }) } : {};
  const report = (progress: object): void => {
    for (const callback of plan.callbacks)
      callback.onProgress?.(progress as Parameters<NonNullable<Callback['onProgress']>>[0]);
  };

  let logs: Logs = {};
  await callbacks.call('onTrainBegin', {});
  for (let epoch = initialEpoch; epoch < epochs; epoch++) {
    const start = performance.now();
    await callbacks.callAt('onEpochBegin', epoch, {});
    check();
    if (order !== 0) engine.core.shuffle(order, train.count, seedLow, seedHigh, epoch);
    const result = await runPass({
      ...train,
      batchSize,
      order,
      signal,
      check,
      free,
      ...tell('train', epoch),
      ...(perBatch && { most: 1 }),
      ...((perBatch || limited) && {
        async beforeRun(step: number) {
          const limit = limited ? await callbacks.limit({ epoch, step, steps }) : undefined;
          // asked to stop while it stood still: not one step more
          if (limited && stopped()) return 0;
          if (perBatch) await callbacks.callAt('onTrainBatchBegin', step, {});
          return limit;
        },
      }),
      afterRun: async (step) => {
        if (perBatch) {
          const running: Logs = {};
          train.program.readMeans(running);
          await callbacks.callAt('onTrainBatchEnd', step - 1, running);
        }
        return stopped();
      },
    });
    if (result.steps === 0) break;
    logs = { ...result.logs };
    if (validation !== undefined) {
      await callbacks.call('onTestBegin', {});
      const evaluated = await runPass({
        ...validation,
        batchSize: validationBatchSize,
        signal,
        check,
        ...tell('validate', epoch),
      });
      await callbacks.call('onTestEnd', { ...evaluated.logs });
      for (const [key, value] of Object.entries(evaluated.logs)) logs[`val_${key}`] = value;
    }
    if (result.steps === steps) finished(epoch + 1);
    await callbacks.callAt('onEpochEnd', epoch, logs);
    history.trainSeconds.push(result.seconds);
    history.seconds.push((performance.now() - start) / 1000);
    if (stopped()) break;
  }
  await callbacks.call('onTrainEnd', logs);
}
