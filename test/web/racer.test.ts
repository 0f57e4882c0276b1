/** A racer in the thread of the test: what it reports is whole at any time. */
import { expect, test, vi } from 'vitest';
import { createRuntime, tensor } from '../../src/index.ts';
import { Sequential } from '../../src/model/sequential.ts';
import type { Report } from '../../web/race/messages.ts';
import { Racer } from '../../web/race/racer.ts';
import { DEFAULTS } from '../../web/settings.ts';

test('a racer that says it has finished says with which weights', async () => {
  using runtime = createRuntime({ threads: 1 });
  const settings = { ...DEFAULTS, limit: 8, epochs: 2, batchSize: 4, hidden: [] };
  const images = () => tensor([8, 28, 28], undefined, { dtype: 'uint8', divisor: 255, runtime });
  const labels = () => tensor([8], undefined, { dtype: 'uint8', runtime });
  const track = { settings, runtime, x: images(), y: labels(), testX: images(), testY: labels() };
  const changed = async () => undefined;
  const racer = await Racer.at(
    undefined,
    { name: 'sgd', options: {} },
    { ...track, allowed: 100, changed },
    {
      news: () => undefined,
      keep: async () => undefined,
    },
  );
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
