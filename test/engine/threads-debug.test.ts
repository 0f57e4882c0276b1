/** The debug build of the core runs with threads as the release build does. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test, vi } from 'vitest';
import { compiled, floats, labels } from '../helpers.ts';
import { left, threaded, until, workers } from '../threads.ts';

vi.mock('../../src/engine/source.ts', () => {
  const debug = () => readFileSync(new URL('../../build/debug.wasm', import.meta.url));
  return { strictCore: debug, relaxedCore: debug, bringRelaxed: () => {} };
});

afterAll(() => until(() => left.size === workers.length));

test('the debug build trains to the same bits with 1, 2 and 3 threads', async () => {
  const digests = [];
  for (const threads of [1, 2, 3]) {
    using runtime = await threaded(threads);
    const model = compiled(runtime);
    await model.fit(floats([37, 4], 1), labels(37, 3, 2), { epochs: 2, batchSize: 8 });
    digests.push(await model.digest());
  }
  expect(new Set(digests).size).toBe(1);
});
