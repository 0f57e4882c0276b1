/** Training: puts the data into memory, and loops over the epochs. */
import { checkInteger } from '../validate.ts';
import { ArrayFeed } from './feed.ts';
import { arraysIn, feedOf, overData } from './feeding.ts';
import { type FitPlan, planFit } from './fit-plan.ts';
import { keysOf } from './heads.ts';
import { History } from './history.ts';
import { watchLoss } from './loss-watch.ts';
import type { Callback, FitOptions, Model } from './model.ts';
import type { ModelData } from './options.ts';
import { type PassOptions, runPass } from './passes.ts';
import type { Logs, Progress } from './progress.ts';
import { arraysOf, tensorsOf } from './samples.ts';
import type { ModelState } from './state.ts';
import type { BatchSource } from './stream.ts';

export async function fit(
  state: ModelState,
  model: Model,
  x: ModelData | BatchSource<unknown>,
  y: ModelData | undefined,
  options: FitOptions,
): Promise<History> {
  state.check();
  if (state.fitting) throw new Error(`${state.name} is being trained already`);
  state.compiled();
  const plan = planFit(x, y, options, state.portNames);
  const { epochs, initialEpoch, batchSize, signal, callbacks, validation: held } = plan;
  signal?.throwIfAborted();
  state.fitting = true;
  // now, so that a `stop()` right after the call counts
  state.stopTraining = false;
  const read = tensorsOf(arraysIn(plan.train), held && arraysIn(held));
  const run = { signal, check: () => state.check(read) };
  const passes = { passes: epochs - initialEpoch, epoch: initialEpoch, run };
  const stops = (): boolean => state.stopTraining;
  const { boundary } = state;
  try {
    return await overData(
      state,
      signal,
      async (opening) => {
        const train = await feedOf(state, opening, plan.train, { ...passes, batchSize, trains: true, stops });
        const validated = { ...passes, batchSize: plan.validationBatchSize, of: 'validation ' };
        const validation = held && (await feedOf(state, opening, held, validated));
        if (plan.shuffle && train instanceof ArrayFeed) train.order = opening.scope.allocate(train.count * 4);
        const measured = keysOf(state.trained().heads);
        const keys = [...measured, ...(held === undefined ? [] : measured.map((key) => `val_${key}`))];
        const size = 'source' in plan.train ? train.batchSize : batchSize;
        const history = new History({ epochs, steps: train.steps, batchSize: size, keys });
        for (const callback of callbacks) {
          await callback.setModel?.(model);
          await callback.setParams?.(history.params);
        }
        return { train, validation, history };
      },
      async ({ train, validation, history }) => {
        const free = () => boundary.free();
        state.history = history;
        train.program.step = state.steps;
        boundary.running = train;
        state.epoch = initialEpoch;
        try {
          const validate = validation && { ...run, feed: validation };
          await runEpochs(plan, state, { ...run, feed: train, free }, validate, history);
        } finally {
          state.steps = train.program.step;
          boundary.running = undefined;
        }
        return history;
      },
    );
  } finally {
    state.fitting = false;
    plan.line?.end();
  }
}

/** The loop over epochs, until a callback sets `stopTraining`. */
async function runEpochs(
  { callbacks, epochs, initialEpoch, train: data, ports }: FitPlan,
  state: ModelState,
  train: PassOptions,
  validation: PassOptions | undefined,
  history: History,
): Promise<void> {
  const { engine, seeds } = state;
  const { feed } = train;
  const all: readonly Callback[] = [...callbacks, history];
  const has = (hook: keyof Callback): boolean => all.some((callback) => callback[hook] !== undefined);
  /** Calls a hook of every callback in turn. */
  const each = async (call: (callback: Callback) => unknown): Promise<void> => {
    for (const callback of all) await call(callback);
  };
  const perBatch = has('onTrainBatchBegin') || has('onTrainBatchEnd');
  const limited = has('onStepsBegin');
  const told = has('onProgress');
  const { steps } = feed;
  const tell = (phase: Progress['phase'], epoch: number): PassOptions['onProgress'] =>
    told ? (part) => each((callback) => callback.onProgress?.({ phase, epoch, epochs, ...part })) : undefined;

  const watch = watchLoss(
    () =>
      // nothing keeps the batches of a stream
      'source' in data
        ? { x: [], y: [] }
        : { x: arraysOf('x', data.x, ports.inputs), y: arraysOf('y', data.y, ports.outputs) },
    () => state.options?.optimizer.parts[0]?.learningRate,
  );
  // empty until an epoch has ended
  let logs = {} as Logs;
  let trained = false;
  await each((callback) => callback.onTrainBegin?.({}));
  for (let epoch = initialEpoch; epoch < epochs; epoch++) {
    const start = performance.now();
    await each((callback) => callback.onEpochBegin?.(epoch, {}));
    train.check();
    if (feed instanceof ArrayFeed && feed.order !== 0) engine.core.shuffle(feed.order, feed.count, ...seeds, epoch);
    /** The least of the callbacks' limits on the steps of the next run. */
    const limitAt = async (step: number): Promise<number | undefined> => {
      let fewest: number | undefined;
      await each(async (callback) => {
        const limit = await callback.onStepsBegin?.({ epoch, step, steps });
        if (limit === undefined) return;
        checkInteger('what onStepsBegin returns', limit, 1);
        fewest = Math.min(limit, fewest ?? limit);
      });
      return fewest;
    };
    const beforeRun = async (step: number): Promise<number | undefined> => {
      const limit = limited ? await limitAt(step) : undefined;
      // stopped while it was paused: not one step more
      if (limited && state.stopTraining) return 0;
      await each((callback) => callback.onTrainBatchBegin?.(step, {}));
      return limit;
    };
    const result = await runPass({
      ...train,
      epoch,
      onProgress: tell('train', epoch),
      most: perBatch ? 1 : undefined,
      beforeRun: perBatch || limited ? beforeRun : undefined,
      async afterRun(step, loss) {
        watch(loss, epoch);
        if (perBatch) {
          const running = feed.program.logs();
          await each((callback) => callback.onTrainBatchEnd?.(step - 1, running));
        }
        return state.stopTraining;
      },
    });
    if (result.complete && steps !== undefined && result.steps < steps)
      console.warn(
        `fit: the stream ended after ${result.steps} of ${steps} steps of epoch ${epoch + 1}: give a longer one, or a function that makes one`,
      );
    if (result.steps === 0) break;
    trained = true;
    logs = { ...result.logs };
    if (validation !== undefined) {
      await each((callback) => callback.onTestBegin?.({}));
      const evaluated = await runPass({ ...validation, epoch, onProgress: tell('validate', epoch) });
      await each((callback) => callback.onTestEnd?.({ ...evaluated.logs }));
      for (const [key, value] of Object.entries(evaluated.logs)) logs[`val_${key}`] = value;
    }
    if (result.complete) state.epoch = epoch + 1;
    await each((callback) => callback.onEpochEnd?.(epoch, logs));
    history.trainSeconds.push(result.seconds);
    history.seconds.push((performance.now() - start) / 1000);
    if (state.stopTraining) break;
  }
  for (const part of state.options?.optimizer.parts ?? [])
    if (trained && part.spec.average !== undefined) {
      train.check();
      part.finalizeVariableValues();
    }
  await each((callback) => callback.onTrainEnd?.(logs));
}
