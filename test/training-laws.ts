/** What holds for a training with any optimizer: it goes on from a file, and with any number of threads, with the same bits. */
import { expect } from 'vitest';
import { createRuntime, loadModel, type Model, type ModelData, type Runtime } from '../src/index.ts';

interface Fit {
  readonly epochs: number;
  readonly batchSize: number;
}

/** Trains `model`, and what was saved after `saved` epochs to the same end; `check` looks at the latter before. */
export async function expectResumes(
  model: Model,
  [x, y]: readonly [x: ModelData, y: ModelData],
  { saved = 1, ...fit }: Fit & { readonly saved?: number },
  check: (twin: Model) => void = () => undefined,
): Promise<void> {
  let bytes = new Uint8Array();
  await model.fit(x, y, {
    ...fit,
    async onEpochEnd(epoch) {
      if (epoch === saved - 1) bytes = await model.save();
    },
  });
  using twin = await loadModel(bytes);
  expect(twin.optimizer?.toConfig()).toEqual(model.optimizer?.toConfig());
  check(twin);
  await twin.fit(x, y, { ...fit, initialEpoch: saved });
  expect(await twin.digest()).toBe(await model.digest());
  expect(await twin.save()).toEqual(await model.save());
}

export const ONE_TO_SEVEN: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

/** Trains a model with each of these numbers of threads. */
export async function expectSameOnThreads(
  modelOn: (runtime: Runtime) => Model,
  [x, y]: readonly [x: ModelData, y: ModelData],
  fit: Fit,
  numbers: readonly number[] = [1, 2, 3],
): Promise<void> {
  const digests: string[] = [];
  for (const threads of numbers) {
    using runtime = createRuntime({ threads });
    using model = modelOn(runtime);
    const before = await model.digest();
    await model.fit(x, y, fit);
    digests.push(await model.digest());
    expect(digests[0]).not.toBe(before);
  }
  expect(new Set(digests).size).toBe(1);
}
