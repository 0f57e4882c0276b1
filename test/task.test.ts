/** Training lets other tasks come in wherever it runs: also where the host has neither setImmediate nor MessageChannel, as in jsdom. */
import { afterEach, expect, test, vi } from 'vitest';
import { createRuntime, loadModel } from '../src/index.ts';
import { nextTask } from '../src/task.ts';
import { compiled, floats, labels } from './helpers.ts';

afterEach(() => vi.unstubAllGlobals());

const hosts: Record<string, readonly string[]> = {
  'as it is': [],
  'without setImmediate': ['setImmediate'],
  'without setImmediate and MessageChannel': ['setImmediate', 'MessageChannel'],
  "that hides as much of Node as Jest's jsdom": [
    ...['setImmediate', 'MessageChannel', 'structuredClone', 'TextEncoder', 'TextDecoder'],
  ],
};

test.each(Object.keys(hosts))('the next task comes after what is due: a host %s', async (name) => {
  for (const missing of hosts[name] ?? []) vi.stubGlobal(missing, undefined);
  const order: string[] = [];
  const next = nextTask().then(() => order.push('task'));
  await Promise.resolve().then(() => order.push('microtask'));
  await next;
  expect(order).toEqual(['microtask', 'task']);
});

test('a model is trained, evaluated, saved and loaded there to the same bits', async () => {
  const [x, y] = [floats([64, 4], 1), labels(64, 3, 2)];
  const digests: string[] = [];
  for (const missing of Object.values(hosts)) {
    for (const one of missing) vi.stubGlobal(one, undefined);
    using runtime = createRuntime({ threads: 1 });
    using model = compiled(runtime);
    await model.fit(x, y, { epochs: 3, callbacks: [{ onTrainBatchEnd() {} }] });
    await model.evaluate(x, y);
    using twin = await loadModel(await model.save(), { runtime });
    digests.push(await twin.digest());
  }
  expect(new Set(digests).size).toBe(1);
});
