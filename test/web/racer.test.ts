/** A racer in the thread of the test: what it reports is whole at any time. */
import { expect, test, vi } from 'vitest';
import { createRuntime, type Runtime, tensor } from '../../src/index.ts';
import { Sequential } from '../../src/model/sequential.ts';
import { filtersOf } from '../../web/race/filters.ts';
import { inspect } from '../../web/race/insight.ts';
import type { Report } from '../../web/race/messages.ts';
import { Racer } from '../../web/race/racer.ts';
import { DEFAULTS, type Settings } from '../../web/settings.ts';

/** A racer over eight black images. */
async function racerWith(runtime: Runtime, more: Partial<Settings>): Promise<Racer> {
  const settings = { ...DEFAULTS, limit: 8, epochs: 2, batchSize: 4, ...more };
  const images = () => tensor([8, 28, 28], undefined, { dtype: 'uint8', divisor: 255, runtime });
  const labels = () => tensor([8], undefined, { dtype: 'uint8', runtime });
  const track = { settings, runtime, x: images(), y: labels(), testX: images(), testY: labels() };
  const changed = async () => undefined;
  const errands = { news: () => undefined, keep: async () => undefined };
  return Racer.at(undefined, { name: 'sgd', options: {} }, { ...track, allowed: 100, changed }, errands);
}

test('a racer that says it has finished says with which weights', async () => {
  using runtime = createRuntime({ threads: 1 });
  const racer = await racerWith(runtime, { hidden: [] });
  await racer.enter();
  // a digest that takes long, and somebody who asks all the time
  const { digest } = Sequential.prototype;
  const slow = vi.spyOn(Sequential.prototype, 'digest').mockImplementation(async function (this: Sequential) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return digest.call(this);
  });
  const reports: Report[] = [];
  const timer = setInterval(() => reports.push(racer.report()), 2);
  await racer.run();
  reports.push(racer.report());
  clearInterval(timer);
  slow.mockRestore();

  expect(reports.length).toBeGreaterThan(5);
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
    const racer = await racerWith(runtime, settings);
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
  expect(filtersOf(await racerWith(runtime, { hidden: [] }))).toBeUndefined();
});

test('a look inside names convolutions with their filters, and filters that no image wakes', async () => {
  using runtime = createRuntime({ threads: 1 });
  const racer = await racerWith(runtime, { model: 'cnn', hidden: [16] });
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
