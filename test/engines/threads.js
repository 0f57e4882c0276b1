// @ts-check
/**
 * How trainings with two threads end, and what they leave behind, in any engine: over the public API, importing nothing, like the
 * reference runs. What a test expects of it is in threads.test.ts.
 *
 * @typedef {import('../reference-runs/runs.js').Simdescent} Simdescent
 * @typedef {import('../reference-runs/runs.js').Data} Data
 * @typedef {import('../../src/index.ts').FitOptions} FitOptions
 * @typedef {import('../../src/index.ts').Runtime} Runtime
 *
 * @typedef {object} Host
 * @property {{ kill(): void }[]} workers all that have been started, oldest first
 * @property {() => Promise<number>} alive how many have not ended
 */

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @param {() => boolean | Promise<boolean>} condition */
async function until(condition) {
  const end = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${condition}`);
    await pause(5);
  }
}

/** @param {() => unknown} run */
async function errorOf(run) {
  try {
    await run();
  } catch (error) {
    if (error instanceof Error) {
      const cause = error.cause instanceof Error ? { cause: error.cause.message } : {};
      return { name: error.name, message: error.message, ...cause };
    }
    throw error;
  }
  throw new Error('it did not fail');
}

/**
 * @param {Simdescent} simdescent
 * @param {Data} data
 * @param {Host} host
 */
export async function scenarios({ createRuntime, layers, sequential }, data, host) {
  const ROWS = 320;
  const x = /** @type {const} */ ({ data: data.images.subarray(0, ROWS * 784), shape: [ROWS, 784], divisor: 255 });
  const y = { data: data.labels.subarray(0, ROWS), shape: [ROWS] };

  /** @param {Runtime} runtime */
  const modelOf = (runtime) => {
    const stack = [
      layers.dense({ units: 300, activation: 'relu', inputShape: [784] }),
      layers.dense({ units: 10, activation: 'softmax' }),
    ];
    const model = sequential(stack, { seed: 1, runtime });
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    return model;
  };
  /** @param {Runtime} runtime */
  const digestOf = async (runtime) => {
    const model = modelOf(runtime);
    await model.fit(x, y, { epochs: 3 });
    const digest = await model.digest();
    model.dispose();
    return digest;
  };
  /** Trains until the worker takes part. @param {Runtime} runtime */
  const ready = async (runtime) => {
    const model = modelOf(runtime);
    await until(async () => {
      await model.fit(x, y);
      return runtime.workers === 1;
    });
    model.dispose();
    return runtime;
  };
  const two = () => ready(createRuntime({ threads: 2 }));
  const alone = createRuntime({ threads: 1 });
  const want = await digestOf(alone);
  const long = { epochs: 1_000_000 };

  /** At step 7, and on again. @param {Runtime} runtime */
  const interrupted = async (runtime) => {
    const model = modelOf(runtime);
    const control = new AbortController();
    const onTrainBatchEnd = () => model.optimizer?.iterations === 7 && control.abort();
    const callbacks = [{ onTrainBatchEnd: () => void onTrainBatchEnd() }];
    const { name } = await errorOf(() => model.fit(x, y, { ...long, callbacks, signal: control.signal }));
    const steps = model.optimizer?.iterations;
    await model.fit(x, y);
    return { name, steps, digest: await model.digest() };
  };

  const runtime = await two();
  const aborted = await interrupted(runtime);
  const abort = { ...aborted, digest: aborted.digest === (await interrupted(alone)).digest };

  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const { name } = await errorOf(() => modelOf(runtime).fit(x, y, { ...long, signal: AbortSignal.timeout(300) }));
  clearInterval(timer);
  const timeout = { name, events: turns > 1, digest: (await digestOf(runtime)) === want };

  const control = new AbortController();
  const fit = errorOf(() => modelOf(runtime).fit(x, y, { ...long, signal: control.signal }));
  await pause(50);
  const { length } = host.workers;
  host.workers.at(-1)?.kill();
  // between two steps the training gets another worker, and goes on for ever
  await Promise.race([fit, until(() => host.workers.length > length)]);
  control.abort();
  const { name: ended, message, cause = '' } = await fit;
  const failed = /^operation \S.* failed$/.test(message) && /^thread 1 has ended/.test(cause);
  const after = (await digestOf(runtime)) === want;
  await ready(runtime);
  const kill = {
    failedOrWentOn: failed || ended === 'AbortError',
    digests: [after, (await digestOf(runtime)) === want],
  };
  runtime.dispose();

  const gone = await two();
  const freed = errorOf(() => modelOf(gone).fit(x, y, long));
  await pause(50);
  gone.dispose();
  const dispose = (await freed).message;

  const before = host.workers.length;
  for (let i = 0; i < 100; i++) {
    const one = i % 10 === 0 ? await two() : createRuntime({ threads: 2 });
    // not every one waits for its worker
    await modelOf(one).fit(x, y, { batchSize: ROWS });
    if (i % 3 === 0) await pause(10);
    one.dispose();
  }
  // one that was told to end before it had begun may still begin, and ends then
  const nobody = async () => (await host.alive()) === 0;
  await until(async () => (await nobody()) && pause(200).then(nobody));
  const hundred = { started: host.workers.length - before, alive: await host.alive() };
  alone.dispose();
  return { abort, timeout, kill, dispose, hundred };
}
