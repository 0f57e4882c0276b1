/** Who looks at a model while it is trained sees it between two steps, also where threads are in the middle of one. */
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { Program } from '../../src/engine/program.ts';
import { loadModel, type Runtime, type Sequential } from '../../src/index.ts';
import { bitsOf, compiled, floats, labels } from '../helpers.ts';
import { left, pause, threaded, until, workers } from '../threads.ts';

const x = floats([37, 4], 1);
const y = labels(37, 3, 2);
const OPTIONS = { epochs: 6, batchSize: 3 };

afterEach(() => void vi.restoreAllMocks());
afterAll(() => until(() => left.size === workers.length));

/** All that can be seen of a model, as text. */
const seen = {
  digest: (model: Sequential) => model.digest(),
  getWeights: async (model: Sequential) => JSON.stringify(model.getWeights().map(bitsOf)),
  predict: async (model: Sequential) => JSON.stringify(bitsOf((await model.predict(x, { batchSize: 5 })).data)),
  evaluate: async (model: Sequential) => JSON.stringify(await model.evaluate(x, y, { batchSize: 5 })),
  layerOutputs: async (model: Sequential) =>
    JSON.stringify((await model.layerOutputs(x, { batchSize: 5 })).map(({ data }) => bitsOf(data))),
  save: async (model: Sequential) => {
    using twin = await loadModel(await model.save());
    return JSON.stringify([...twin.weights, ...twin.slots].map(({ tensor }) => bitsOf(tensor.data)));
  },
};
type Way = keyof typeof seen;
const ways = Object.keys(seen) as Way[];

/** What is seen after each step of a training on one thread. */
async function afterSteps(way: Way): Promise<Set<string>> {
  using runtime = await threaded(1);
  const model = compiled(runtime);
  const all = new Set([await seen[way](model)]);
  await model.fit(x, y, {
    ...OPTIONS,
    callbacks: [{ onTrainBatchEnd: async () => void all.add(await seen[way](model)) }],
  });
  return all;
}

/** Trains `model`, calls `look` whenever threads are in the middle of a step, and gives what it found. */
async function whileTraining(runtime: Runtime, look: (model: Sequential) => Promise<string>): Promise<string[]> {
  const found: Promise<string>[] = [];
  const { run } = Program.prototype;
  const model = compiled(runtime);
  let training: Program | undefined;
  const spy = vi.spyOn(Program.prototype, 'run').mockImplementation(function (this: Program, steps) {
    training ??= this;
    const done = run.call(this, steps);
    if (this === training && typeof done !== 'number') found.push(look(model));
    return done;
  });
  await model.fit(x, y, OPTIONS);
  spy.mockRestore();
  const all = await Promise.all(found);
  model.dispose();
  return all;
}

describe('a model that is trained with two threads', () => {
  test.each(ways)('is seen between two steps by %s', async (way) => {
    const expected = await afterSteps(way);
    expect(expected.size).toBeGreaterThan(50);
    using runtime = await threaded(2, 0.001);
    const found: string[] = [];
    while (found.length < 5) found.push(...(await whileTraining(runtime, seen[way])));
    for (const one of found) expect(expected.has(one)).toBe(true);
  });

  test('comes to the same weights, whoever looks at it', async () => {
    using alone = await threaded(1);
    const want = compiled(alone);
    await want.fit(x, y, OPTIONS);
    using runtime = await threaded(2, 0.001);
    const model = compiled(runtime);
    const training = { over: false };
    const looking = (async () => {
      do {
        await pause(1);
        for (const way of ways) await seen[way](model);
      } while (!training.over);
    })();
    await model.fit(x, y, OPTIONS);
    training.over = true;
    await looking;
    expect(await model.digest()).toBe(await want.digest());
  });

  test('takes new weights between two steps', async () => {
    using runtime = await threaded(2, 0.001);
    using source = compiled(runtime);
    const zeros = source.getWeights().map((weights) => weights.fill(0));
    const found: string[] = [];
    const set = async (model: Sequential) => {
      model.setWeights(zeros);
      return JSON.stringify(model.getWeights());
    };
    while (found.length < 5) found.push(...(await whileTraining(runtime, set)));
    expect(new Set(found)).toEqual(new Set([JSON.stringify(zeros)]));
  });
});
