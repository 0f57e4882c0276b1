/** Streams of batches for a model in a worker: read here, used there, to the same bits. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/worker/client.ts';
import { compiled, connected, here, x, y } from './connected.ts';

let client: Client;
beforeAll(async () => {
  client = await connected();
});

const rows = (from: number, to: number) => ({
  x: { data: x.data.subarray(from * 5, to * 5), shape: [to - from, 5] },
  y: y.data.subarray(from, to),
});

function* batches(size = 7, count = 96) {
  for (let at = 0; at < count; at += size) yield rows(at, Math.min(at + size, count));
}

async function* later(size = 7) {
  for (const batch of batches(size)) {
    await new Promise((resolve) => setTimeout(resolve));
    yield batch;
  }
}

function* endless() {
  while (true) yield* batches();
}

test('fit, evaluate and predict give the bits that they give here', async () => {
  const [remote, direct] = [await compiled(client), here()];
  const expected = await direct.fit(x, y, { epochs: 3, batchSize: 7, shuffle: false, validationData: [x, y] });
  const { history, params } = await remote.fit(() => later(), { epochs: 3, validationData: () => batches(32) });
  expect(history).toEqual(expected.history);
  expect(params).toMatchObject({ steps: undefined, batchSize: 7 });
  expect(await remote.digest()).toBe(await direct.digest());
  expect(await remote.evaluate(() => later())).toEqual(await direct.evaluate(x, y, { batchSize: 7 }));
  expect(await remote.predict(() => batches())).toEqual(await direct.predict(x));
  expect(await remote.evaluate(endless(), { steps: 3 })).toEqual(
    await direct.evaluate(rows(0, 21).x, rows(0, 21).y, { batchSize: 7 }),
  );
  const validationData = [x, y] as const;
  const options = { epochs: 2, stepsPerEpoch: 5 };
  const again = await remote.fit(endless(), { ...options, validationData, validationBatchSize: 32 });
  expect(again.history).toEqual((await direct.fit(endless(), { ...options, validationData })).history);
  expect(await remote.digest()).toBe(await direct.digest());
});

test('nested arrays, weights, arrays that are used again, and buffers that are handed over', async () => {
  const own = new Float32Array(7 * 5);
  const forms = {
    *nested() {
      for (const { x: part, y: targets } of batches(7, 91))
        yield [
          Array.from({ length: 7 }, (_, i) => Array.from(part.data.subarray(i * 5, i * 5 + 5))),
          Array.from(targets),
        ] as const;
    },
    *reused() {
      for (const { x: part, y: targets } of batches(7, 91)) {
        own.set(part.data);
        yield { x: { ...part, data: own }, y: targets, sampleWeight: new Float32Array(7).fill(1) };
      }
    },
    *moved() {
      for (const { x: part, y: targets } of batches(7, 91))
        yield { x: { ...part, data: part.data.slice() }, y: targets.slice() };
    },
  };
  const direct = here();
  await direct.fit(() => batches(7, 91), { epochs: 2 });
  for (const [name, form] of Object.entries(forms)) {
    const remote = await compiled(client);
    await remote.fit(form, { epochs: 2, transfer: name === 'moved' });
    expect(await remote.digest(), name).toBe(await direct.digest());
    remote.dispose();
  }
});

describe('the stream', () => {
  /** Counts what is asked of a stream. */
  function watched() {
    const log = { begun: 0, given: 0, returned: 0 };
    const source = {
      [Symbol.asyncIterator]() {
        log.begun++;
        const inner = endless();
        return {
          async next() {
            log.given++;
            return inner.next();
          },
          async return() {
            log.returned++;
            return { done: true as const, value: undefined };
          },
        };
      },
    };
    return { log, source };
  }

  test('gives no more batches than are used, goes on from epoch to epoch, and is ended', async () => {
    const remote = await compiled(client);
    const { log, source } = watched();
    await remote.fit(source, { epochs: 3, stepsPerEpoch: 4 });
    expect(log).toEqual({ begun: 1, given: 12, returned: 1 });
    const other = watched();
    await remote.fit(() => other.source, { epochs: 3, stepsPerEpoch: 4 });
    expect(other.log).toEqual({ begun: 3, given: 12, returned: 3 });
  });

  test('waits while the training is paused, a few batches ahead', async () => {
    const remote = await compiled(client);
    const { log, source } = watched();
    const training = remote.fit(source, { stepsPerEpoch: 100_000, paused: true });
    await remote.pause();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(log.given).toBeLessThanOrEqual(26);
    await remote.step(5);
    await remote.stop();
    await remote.resume();
    await training;
    expect(log).toMatchObject({ begun: 1, returned: 1 });
    expect(log.given).toBeLessThan(100);
  });

  test('fails with its Error as the cause, after the batches before it', async () => {
    const [remote, direct] = [await compiled(client), here()];
    const cause = Object.assign(new RangeError('disk full'), { code: 'ENOSPC' });
    function* failing() {
      yield* batches(7, 21);
      throw cause;
    }
    const error = await remote.fit(failing).catch((error: unknown) => error);
    expect(error).toMatchObject({
      name: 'RangeError',
      message: expect.stringMatching(/batch 4 of epoch 1: disk full/),
    });
    expect((error as Error).cause).toBe(cause);
    await direct.fit(() => batches(7, 21));
    expect(await remote.digest()).toBe(await direct.digest());
  });

  test('is refused as here, with the batch and both shapes', async () => {
    const remote = await compiled(client);
    await expect(remote.fit(() => [...batches(7, 14), { x: [[1, 2]], y: [0] }])).rejects.toThrow(
      /batch 3 of epoch 1: .*\[\.\., 5\].*\[\.\., 2\]/,
    );
    await expect(remote.fit(batches(), { epochs: 2 })).rejects.toThrow(/read once/);
    await expect(remote.fit(() => [])).rejects.toThrow(/no batches/);
    await expect(remote.fit(() => batches(), { batchSize: 3 } as never)).rejects.toThrow(/batchSize/);
    await expect(remote.evaluate(x, y, { steps: 3 } as never)).rejects.toThrow(/steps/);
  });

  test('is ended by an abort, even in the middle of a batch', async () => {
    const remote = await compiled(client);
    const controller = new AbortController();
    let returned = 0;
    const stuck = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => undefined),
        return: () => {
          returned++;
          return new Promise<never>(() => undefined);
        },
      }),
    };
    const training = remote.fit(stuck, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('no more')), 30);
    await expect(training).rejects.toThrow('no more');
    expect(returned).toBe(1);
    expect((await remote.fit(() => batches())).epoch).toEqual([0]);
  });
});
