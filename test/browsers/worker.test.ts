/** Models in a worker of a real page: the bits of Node, control while they train, a page that is never held up, workers that end. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as library from '../../src/index.ts';
import type * as client from '../../src/worker/client.ts';
import { launch, openPage } from './browser.ts';
import { browserNames, isSkipped } from './install.ts';
import { ISOLATED, serve } from './server.ts';

declare global {
  /** The library and the client as the page has them. */
  var simdescent: typeof library;
  var simdescentClient: typeof client;
  var makeGraph: typeof graphOf;
}

/** What both sides train: settings, and numbers without random ones. */
const SETTINGS = { epochs: 4, batchSize: 16, seed: 9, rows: 200 };
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => ((i * 2654435761) >>> 20) / 4096);

async function inNode(): Promise<string> {
  const { layers, optimizers, sequential } = library;
  const { rows, seed, epochs, batchSize } = SETTINGS;
  using model = sequential(
    [
      layers.dense({ units: 64, activation: 'relu', inputShape: [32] }),
      layers.dropout({ rate: 0.1 }),
      layers.dense({ units: 4, activation: 'softmax' }),
    ],
    { seed },
  );
  model.compile({ optimizer: optimizers.nadam(), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const x = { data: Float32Array.from(numbers(rows * 32)), shape: [rows, 32] };
  const y = { data: Int32Array.from({ length: rows }, (_, i) => (i * 7) % 4), shape: [rows] };
  await model.fit(x, y, { epochs, batchSize });
  return model.digest();
}

/** A graph of two inputs with a frozen layer and a function of the user's own. */
function graphOf({ input, layers, ops }: typeof library) {
  const [a, b] = [input({ shape: [8] }), input({ shape: [8] })];
  const double = (x: library.SymbolicValue) => ops.multiply(x, 2);
  const joined = layers
    .add()
    .apply([layers.dense({ units: 8, trainable: false }).apply(a), layers.lambda(double).apply(b)]);
  return { inputs: { a, b }, outputs: layers.dense({ units: 2 }).apply(joined), seed: 4 };
}

async function graphInNode(): Promise<string> {
  using net = library.model(graphOf(library));
  net.compile({ optimizer: 'adam', loss: 'mse' });
  const [a, b] = [Float32Array.from(numbers(160)), Float32Array.from(numbers(320)).subarray(160)];
  const y = { data: Float32Array.from(numbers(40)), shape: [20, 2] };
  await net.fit({ a: { data: a, shape: [20, 8] }, b: { data: b, shape: [20, 8] } }, y, { epochs: 3 });
  return net.digest();
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'simdescent-page-'));
  const script = `import * as simdescent from '/app/dist/index.js';
    import * as simdescentClient from '/app/dist/client.js';
    Object.assign(globalThis, { simdescent, simdescentClient });`;
  const html = `<!doctype html><link rel="icon" href="data:,"><script type="module">${script}</script>`;
  await writeFile(path.join(folder, 'index.html'), html);
  await writeFile(path.join(folder, 'own.js'), `import './dist/worker.js';`);
  const registers = `configs.register('double', { lambda: (x) => ops.multiply(x, 2) });`;
  await writeFile(
    path.join(folder, 'parts.js'),
    `import { configs, ops } from './dist/index.js'; import './dist/worker.js'; ${registers}`,
  );
  await writeFile(path.join(folder, 'lockless.js'), `Object.defineProperty(navigator, 'locks', { value: undefined });`);
  await writeFile(path.join(folder, 'unwatched.js'), `import './lockless.js'; import './dist/worker.js';`);
  await writeFile(path.join(folder, 'broken.js'), `throw new Error('broken script');`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(browserNames)('%s', (name) => {
  describe.skipIf(isSkipped(name))('runs models in a worker', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(name);
    });
    afterAll(() => browser?.close());

    const open = async (headers: Readonly<Record<string, string>>) => {
      const server = await serve({ folders: { '/app/': folder, '/app/dist/': 'dist/' }, headers });
      return { server, ...(await openPage(browser, `${server.origin}/app/`)) };
    };

    // a worker of Firefox that makes workers of its own may hang under WebDriver: test/engines/threads.test.ts has it without
    const cases: [boolean, number][] = [
      [false, 1],
      [true, 1],
      ...(name === 'firefox' ? [] : [[true, 2] satisfies [boolean, number]]),
    ];
    test.each(cases)(
      'to the bits of Node, paused and stepped on the way (isolated: %s, threads: %s)',
      async (isolated, threads) => {
        const { server, page, errors } = await open(isolated ? ISOLATED : {});
        const seen = await page.evaluate(
          async (SETTINGS, values, threads) => {
            const { layers, optimizers } = globalThis.simdescent;
            const { rows, seed, epochs, batchSize } = SETTINGS;
            const client = await globalThis.simdescentClient.connect({ threads });
            const stack = [
              layers.dense({ units: 64, activation: 'relu', inputShape: [32] }),
              layers.dropout({ rate: 0.1 }),
              layers.dense({ units: 4, activation: 'softmax' }),
            ];
            const model = await client.sequential(stack, { seed });
            await model.compile({
              optimizer: optimizers.nadam(),
              loss: 'sparseCategoricalCrossentropy',
              metrics: ['accuracy'],
            });
            const bytes = values.length * 4;
            const buffer = globalThis.crossOriginIsolated ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
            const data = new Float32Array(buffer);
            data.set(values);
            const y = { data: Int32Array.from({ length: rows }, (_, i) => (i * 7) % 4), shape: [rows] };
            let told = 0;
            const training = model.fit({ data, shape: [rows, 32] }, y, {
              epochs,
              batchSize,
              paused: true,
              onProgress: () => told++,
            });
            await model.step(3);
            const { iterations, weight, deadUnits } = await model.inspect({
              weight: 'dense/kernel',
              index: 1,
              x: { data, shape: [rows, 32] },
            });
            await model.resume();
            await training;
            const digest = await model.digest();
            const { shape } = await model.predict({ data, shape: [rows, 32] }, { batchSize: 64 });
            client.dispose();
            return {
              digest,
              told: told > 3,
              iterations,
              weight: typeof weight?.step,
              dead: Object.keys(deadUnits ?? {}),
              shape,
              threads: client.threads,
            };
          },
          SETTINGS,
          numbers(SETTINGS.rows * 32),
          threads,
        );
        expect(seen).toEqual({
          digest: await inNode(),
          told: true,
          iterations: 3,
          weight: 'number',
          dead: ['dense'],
          shape: [SETTINGS.rows, 4],
          threads,
        });
        expect(errors).toEqual([]);
        await page.close();
        await server.close();
      },
    );

    test('and graphs with a frozen layer and a function that a worker module of their own registers', async () => {
      const { server, page, errors } = await open({});
      await page.addScriptTag({ content: `globalThis.makeGraph = ${graphOf};` });
      const seen = await page.evaluate(async (values) => {
        const { makeGraph, simdescent, simdescentClient } = globalThis;
        const client = await simdescentClient.connect({ worker: 'parts.js' });
        const net = await client.model(makeGraph(simdescent));
        await net.compile({ optimizer: 'adam', loss: 'mse' });
        const [a, b] = [Float32Array.from(values.slice(0, 160)), Float32Array.from(values.slice(160))];
        const y = { data: Float32Array.from(values.slice(0, 40)), shape: [20, 2] };
        await net.fit({ a: { data: a, shape: [20, 8] }, b: { data: b, shape: [20, 8] } }, y, { epochs: 3 });
        const digest = await net.digest();
        client.dispose();
        const plain = await simdescentClient.connect();
        const refused = await plain.model(makeGraph(simdescent)).then(String, String);
        plain.dispose();
        return { digest, refused };
      }, numbers(320));
      expect(seen.digest).toBe(await graphInNode());
      expect(seen.refused).toMatch(/configs\.register\('double', \{ lambda/);
      expect(errors).toEqual([]);
      await page.close();
      await server.close();
    });

    test('and rejects all that is pending when the worker ends, however it does', async () => {
      const { server, page } = await open({});
      const messages = await page.evaluate(async () => {
        const { connect } = globalThis.simdescentClient;
        const { layers } = globalThis.simdescent;
        const said = (reason: unknown) => (reason instanceof Error ? reason.message : String(reason));
        const messages: string[] = [];
        const worker = new Worker('own.js', { type: 'module' });
        const client = await connect({ worker, onLost: (error) => messages.push(`lost: ${error.message}`) });
        const model = await client.sequential([layers.dense({ units: 1, inputShape: [1] })]);
        await model.compile({ loss: 'mse' });
        const training = model.fit([[1]], [[2]], { epochs: 1e9, paused: true });
        await model.pause();
        worker.terminate();
        messages.push(await training.then(String, said), await model.digest().then(String, said));
        for (const script of ['broken.js', 'nothing.js'])
          messages.push(await connect({ worker: script }).then(String, said));
        const silent = URL.createObjectURL(new Blob([''], { type: 'text/javascript' }));
        messages.push(await connect({ worker: silent, signal: AbortSignal.timeout(50) }).then(String, said));
        return messages;
      });
      const ended = 'the worker has ended, and its models with it';
      expect(messages.slice(0, 3)).toEqual([
        `lost: ${ended}: it has been terminated`,
        `${ended}: it has been terminated`,
        `${ended}: it has been terminated`,
      ]);
      expect(messages[3]).toMatch(new RegExp(`^${ended}: .*broken script`));
      expect(messages[4]).toMatch(new RegExp(`^${ended}: its script could not be loaded or run`));
      expect(messages[5]).toMatch(/time/);
      await page.close();
      await server.close();
    });

    test('and notices a worker that has ended where there are no locks, by asking', async () => {
      const { server, page } = await open({});
      const messages = await page.evaluate(async () => {
        const { connect } = globalThis.simdescentClient;
        const { layers } = globalThis.simdescent;
        const worker = new Worker('unwatched.js', { type: 'module' });
        const client = await connect({ worker, answersWithin: 2000 });
        const model = await client.sequential([layers.dense({ units: 1, inputShape: [1] })]);
        await model.compile({ loss: 'mse' });
        const training = model.fit([[1]], [[2]], { epochs: 1e9, paused: true });
        await model.step(3);
        worker.terminate();
        return training.then(String, ({ message }: Error) => message);
      });
      expect(messages).toBe('the worker has ended, and its models with it: it has not answered for 2 s');
      await page.close();
      await server.close();
    });

    test('while the page goes on: the longest wait of its thread is reported', async () => {
      const { server, page, errors } = await open({});
      const { places, trains, digest } = await page.evaluate(async () => {
        const { layers } = globalThis.simdescent;
        const client = await globalThis.simdescentClient.connect({ threads: 1 });
        let [last, longest] = [performance.now(), 0];
        // a timer of 4 ms: what comes later has been held up, by this page or by a machine that is busy
        const ticking = setInterval(() => {
          const now = performance.now();
          longest = Math.max(longest, now - last - 4);
          last = now;
        }, 4);
        const since = (): number => {
          const worst = longest;
          longest = 0;
          return worst;
        };
        const images = { data: new Uint8Array(60000 * 784).fill(3), shape: [60000, 784], divisor: 255 };
        const labels = { data: Uint8Array.from({ length: 60000 }, (_, i) => i % 10), shape: [60000] };
        await new Promise((resolve) => setTimeout(resolve, 300));
        since();
        const [x, y] = [await client.data(images), await client.data(labels)];
        const places = since();
        const stack = [
          layers.dense({ units: 300, activation: 'relu', inputShape: [784] }),
          layers.dense({ units: 10, activation: 'softmax' }),
        ];
        const model = await client.sequential(stack, { seed: 1 });
        await model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
        await model.fit(x.rows(0, 32 * 1500), y.rows(0, 32 * 1500), { onProgress: () => undefined });
        const trains = since();
        const digest = await model.digest();
        clearInterval(ticking);
        client.dispose();
        return { places, trains, digest };
      });
      console.log(
        `${name}: longest wait of the page's thread: ${places.toFixed(1)} ms while 47 MB are placed, ${trains.toFixed(1)} ms while a model trains`,
      );
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
      expect(errors).toEqual([]);
      await page.close();
      await server.close();
    });
  });
});
