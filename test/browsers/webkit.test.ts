/**
 * What only WebKit does wrong (docs/determinism.md), and what tests over WebDriver BiDi cannot ask of it. One browser for all of it; the reference
 * runs and trainings that end are in test/engines/, the race in test/web/.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as library from '../../src/index.ts';
import { built } from '../cli/run.ts';
import { isSkipped } from './install.ts';
import { ISOLATED, type Server, serve } from './server.ts';
import { launchWebKit, type WebKit } from './webkit.ts';

/** On the page and in Node: a model, and what it is trained on. As text, because what compiles the tests changes functions. */
const MAKE = `
  const { createRuntime, files, layers, loadModel, sequential } = library;
  const x = { data: Uint8Array.from({ length: 320 * 784 }, (_, i) => (i * 2654435761) >>> 24), shape: [320, 784], divisor: 255 };
  const y = { data: Int32Array.from({ length: 320 }, (_, i) => (i * 7) % 10), shape: [320] };
  const stack = () => [layers.dense({ units: 100, activation: 'relu', inputShape: [784] }), layers.dropout({ rate: 0.2 }), layers.dense({ units: 10, activation: 'softmax' })];
  const settings = { optimizer: 'nadam', loss: 'sparseCategoricalCrossentropy' };
  const make = (runtime) => {
    const model = sequential(stack(), { seed: 5, runtime });
    model.compile(settings);
    return model;
  };
  /** A runtime whose worker is ready. */
  const two = async () => {
    const runtime = createRuntime({ threads: 2 });
    while (runtime.workers < 1) await make(runtime).fit(x, y);
    return runtime;
  };
`;
const ON_PAGE = `const library = await import('/dist/index.js'); ${MAKE}`;

async function inNode(): Promise<string> {
  const run = new Function(
    'library',
    `${MAKE} return (async () => {
    const model = make();
    await model.fit(x, y, { epochs: 4 });
    return model.digest();
  })()`,
  );
  return run(library);
}

describe.skipIf(isSkipped('webkit'))('WebKit', () => {
  let webkit: WebKit;
  let server: Server;
  beforeAll(async () => {
    built();
    server = await serve({ folders: { '/': 'test/engines/page/', '/dist/': 'dist/' }, headers: ISOLATED });
    webkit = await launchWebKit();
  });
  afterAll(async () => {
    await webkit?.[Symbol.asyncDispose]();
    await server?.close();
  });
  beforeEach(() => webkit.open(`${server.origin}/`));

  test('shares memory on a page that is isolated, and has no relaxed SIMD', async () => {
    const seen = await webkit.evaluate(`${ON_PAGE} return [crossOriginIsolated, library.supportsRelaxedSimd()]`);
    expect(seen).toEqual([true, false]);
  });

  test.each([
    ['asleep', ''],
    [
      'at work',
      'void make(runtime).fit(x, y, { epochs: 1e6 }); await new Promise((resolve) => setTimeout(resolve, 50));',
    ],
  ])('lives on when a page is left or loaded again while its workers are %s', async (_, keepBusy) => {
    for (const leave of [() => webkit.reload(), () => webkit.open(`${server.origin}/?other`)]) {
      expect(await webkit.evaluate(`${ON_PAGE} const runtime = await two(); ${keepBusy} return runtime.workers`)).toBe(
        1,
      );
      await leave();
      expect(await webkit.evaluate('return 6 * 7')).toBe(42);
    }
  });

  test('lives on when a thread is terminated asleep, and the runtime finds out and gets another', async () => {
    const seen = await webkit.evaluate(`
      const workers = [];
      globalThis.Worker = class extends Worker {
        constructor(...args) { super(...args); workers.push(this); }
      };
      ${ON_PAGE}
      const runtime = await two();
      workers[0].terminate();
      while (workers.length < 2) await make(runtime).fit(x, y).catch(() => undefined);
      const model = make(runtime);
      await model.fit(x, y, { epochs: 4 });
      return model.digest();`);
    expect(seen).toBe(await inNode());
  });

  test('trains in a worker, with threads of its own, which ends in the middle of a fit', async () => {
    const seen = await webkit.evaluate(`${ON_PAGE}
      const { connect } = await import('/dist/client.js');
      const client = await connect({ threads: 2 });
      const made = async () => {
        const model = await client.sequential(stack(), { seed: 5 });
        await model.compile(settings);
        return model;
      };
      const model = await made();
      await model.fit(x, y, { epochs: 4 });
      const digest = await model.digest();
      const training = (await made()).fit(x, y, { epochs: 1e6 }).then(String, ({ message }) => message);
      await new Promise((resolve) => setTimeout(resolve, 100));
      client.dispose();
      return { digest, ended: await training };`);
    expect(seen).toMatchObject({ digest: await inNode(), ended: expect.stringMatching(/disposed/) });
  });

  test('keeps a model in IndexedDB, from which the training goes on after a reload to the same bits', async () => {
    await webkit.evaluate(`${ON_PAGE}
      const model = make();
      await model.fit(x, y, { epochs: 2 });
      await files.write('indexeddb:model.safetensors', await model.save());`);
    await webkit.reload();
    const digest = await webkit.evaluate(`${ON_PAGE}
      const model = await loadModel(await files.read('indexeddb:model.safetensors'));
      await model.fit(x, y, { initialEpoch: model.epoch, epochs: 4 });
      await files.remove('indexeddb:model.safetensors');
      return model.digest();`);
    expect(digest).toBe(await inNode());
  });

  // last: what other threads of the page have reserved, a worker cannot collect
  test('has address space for dozens of runtimes, says when it is used up, and gets it back', async () => {
    const seen = await webkit.evaluate(`${ON_PAGE}
      const fill = () => {
        const runtimes = [];
        for (;;) {
          try { runtimes.push(createRuntime()) } catch ({ message }) { return { runtimes, message } }
        }
      };
      const first = fill();
      for (const runtime of first.runtimes) runtime.dispose();
      await new Promise((resolve) => setTimeout(resolve, 10));
      const limits = first.runtimes.length;
      const { runtimes, message } = fill();
      for (const runtime of runtimes) runtime.dispose();
      return { first: limits, again: runtimes.length, message };`);
    const { first, again, message } = seen as { first: number; again: number; message: string };
    expect(first).toBeGreaterThan(30);
    expect(again).toBeGreaterThan(30);
    expect(message).toMatch(/\d+ other runtimes have reserved [\d.]+ MiB.*dispose.*maximumMemory/);
  });
});
