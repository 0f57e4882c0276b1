/** A racer in the thread of the test: what it reports is whole at any time. */
import { expect, test, vi } from 'vitest';
import { createRuntime, type Runtime, tensor } from '../../src/index.ts';
import { Sequential } from '../../src/model/sequential.ts';
import { NAMES, type RacerName } from '../../web/optimizers.ts';
import { filtersOf } from '../../web/race/filters.ts';
import { inspect } from '../../web/race/insight.ts';
import type { Checkpoint } from '../../web/race/keep.ts';
import type { Report } from '../../web/race/messages.ts';
import { Racer } from '../../web/race/racer.ts';
import { DEFAULTS, type Settings } from '../../web/settings.ts';

interface Start {
  readonly name?: RacerName;
  readonly kept?: Checkpoint | undefined;
  readonly keep?: (checkpoint: Checkpoint) => void;
  /** Brightness of the pixels: 0 for black images. */
  readonly bright?: number;
}

/** A racer over eight images. */
function racerWith(runtime: Runtime, more: Partial<Settings>, { name = 'sgd', kept, keep, bright = 0 }: Start = {}) {
  const settings = { ...DEFAULTS, limit: 8, epochs: 2, batchSize: 4, ...more };
  const images = () => {
    const made = tensor([8, 28, 28], undefined, { dtype: 'uint8', divisor: 255, runtime });
    for (let i = 0; i < made.size; i++) made.data[i] = (bright * ((i * i) % 251)) / 250;
    return made;
  };
  const labels = () => tensor([8], [0, 1, 2, 3, 4, 5, 6, 7], { dtype: 'uint8', runtime });
  const track = { settings, runtime, x: images(), y: labels(), testX: images(), testY: labels() };
  const changed = async () => undefined;
  const errands = { news: () => undefined, keep: async (checkpoint: Checkpoint) => keep?.(checkpoint) };
  return new Racer(kept, { name, options: {} }, { ...track, allowed: 100, changed }, errands);
}

test.each(NAMES)('%s that was kept after an epoch ends with the same bits', async (name) => {
  using runtime = createRuntime({ threads: 1 });
  const train = async (epochs: number, kept?: Checkpoint) => {
    const checkpoints: Checkpoint[] = [];
    const keep = (checkpoint: Checkpoint) => checkpoints.push(structuredClone(checkpoint));
    const racer = racerWith(runtime, { epochs, hidden: [5] }, { name, kept, keep, bright: 255 });
    await racer.enter();
    await racer.run();
    return { digest: await racer.model.digest(), kept: checkpoints.at(-1), step: racer.step };
  };
  const first = await train(2);
  const whole = await train(4);
  expect(whole.step).toBe(8);
  expect(await train(4, first.kept)).toMatchObject({ digest: whole.digest, step: 8 });
  expect(first.digest).not.toBe(whole.digest);
});

test('a racer that says it has finished says with which weights', async () => {
  using runtime = createRuntime({ threads: 1 });
  const racer = racerWith(runtime, { hidden: [] });
  await racer.enter();
  // a digest that takes long, and somebody who asks all the time
  const reports: Report[] = [];
  const ask = () => reports.push(racer.report());
  const { digest } = Sequential.prototype;
  const slow = vi.spyOn(Sequential.prototype, 'digest').mockImplementation(async function (this: Sequential) {
    for (let turns = 0; turns < 10; turns++) {
      ask();
      await new Promise(setImmediate);
    }
    return digest.call(this);
  });
  const timer = setInterval(ask, 2);
  await racer.run();
  ask();
  clearInterval(timer);
  slow.mockRestore();

  expect(reports.length).toBeGreaterThan(10);
  expect(reports.at(-1)).toMatchObject({ status: 'finished', step: 4, digest: await racer.model.digest() });
  for (const report of reports) expect(report.digest !== '').toBe(report.status === 'finished');
});

test.each([
  { model: 'cnn', hidden: [], size: 3, all: 32 },
  { model: 'cnn', hidden: [16], size: 3, all: 32 },
  { model: 'dense', hidden: [40], size: 28, all: 40 },
] as const)(
  'the filters of a $model network with hidden layers of $hidden are its first kernel, one by one',
  async (network) => {
    const { size, all, ...settings } = network;
    using runtime = createRuntime({ threads: 1 });
    const racer = racerWith(runtime, settings);
    const filters = filtersOf(racer);
    const kernel = racer.model.weights[0]?.tensor;
    if (!filters || !kernel) throw new Error('no filters');
    expect(filters).toMatchObject({ all, height: size, width: size, step: 0 });
    expect(filters.values).toHaveLength(32 * size * size);
    const at = (filter: number, row: number, column: number) => filters.values[(filter * size + row) * size + column];
    const bottomLeft = (size - 1) * size * all;
    expect([at(0, 0, 1), at(31, size - 1, 0)]).toEqual([kernel.data[all], kernel.data[bottomLeft + 31]]);
    expect(new Set(filters.values).size).toBeGreaterThan(100);
  },
);

test('without a hidden layer there are no filters', async () => {
  using runtime = createRuntime({ threads: 1 });
  expect(filtersOf(racerWith(runtime, { hidden: [] }))).toBeUndefined();
});

test('a look inside names convolutions with their filters, and filters that no image wakes', async () => {
  using runtime = createRuntime({ threads: 1 });
  const racer = racerWith(runtime, { model: 'cnn', hidden: [16] });
  const offset = racer.model.weights.find(({ name }) => name.endsWith('/beta'))?.tensor;
  // black images: behind the normalization there is only its offset
  offset?.data.fill(-1, 0, 8).fill(1, 8);
  const { layers, confusion } = await inspect(
    racer,
    tensor([8, 28, 28], undefined, { dtype: 'uint8', runtime }),
    new Uint8Array(8),
  );
  expect(layers.map(({ units }) => units)).toEqual([32, 64, 16, 10]);
  expect(layers.map(({ dead }) => dead === undefined)).toEqual([false, false, false, true]);
  expect(layers[0]?.dead).toBe(8 / 32);
  expect(confusion.flat().reduce((a, b) => a + b)).toBe(8);
});

test('a racer takes an image for what its predictions say', async () => {
  using runtime = createRuntime({ threads: 1 });
  const racer = racerWith(runtime, { hidden: [16] });
  const pixels = Uint8Array.from({ length: 28 * 28 }, (_, i) => (i * i) % 256);
  const { data } = await racer.model.predict({ data: pixels, shape: [1, 28, 28], divisor: 255 });
  expect(racer.classify(pixels)).toEqual(data);
});
