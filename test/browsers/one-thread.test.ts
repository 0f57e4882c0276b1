/** Pages that are isolated but may have no threads after all: training falls back to one, to the same bits. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as library from '../../src/index.ts';
import { launch, openPage } from './browser.ts';
import { browserNames, isSkipped } from './install.ts';
import { ISOLATED, serve } from './server.ts';

/** In Node and on the page: trains, on two threads if there are any, until it is known how many there are. As text, for the page's policy. */
const TRAIN = `export async function train({ createRuntime, layers, sequential }, threads) {
  const runtime = createRuntime({ threads: 2 });
  const x = { data: Uint8Array.from({ length: 320 * 784 }, (_, i) => (i * 2654435761) >>> 24), shape: [320, 784], divisor: 255 };
  const y = { data: Int32Array.from({ length: 320 }, (_, i) => (i * 7) % 10), shape: [320] };
  const digests = new Set();
  do {
    const stack = [layers.dense({ units: 100, activation: 'relu', inputShape: [784] }), layers.dense({ units: 10, activation: 'softmax' })];
    const model = sequential(stack, { seed: 5, runtime });
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    await model.fit(x, y, { epochs: 2 });
    digests.add(await model.digest());
    model.dispose();
  } while (runtime.threads !== threads);
  const { workers } = runtime;
  runtime.dispose();
  return { digests: [...digests], threads, workers };
}
`;

const POLICY = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:; worker-src 'self'`;

let folder = '';
let expected: unknown;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'simdescent-page-'));
  const html = `<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>`;
  const script = `import { train } from './train.js';
    globalThis.result = import('/app/dist/index.js').then((library) => train(library, 1));`;
  await writeFile(path.join(folder, 'train.js'), TRAIN);
  await writeFile(path.join(folder, 'page.js'), script);
  await writeFile(path.join(folder, 'index.html'), html);
  const { train } = await import(path.join(folder, 'train.js'));
  const { digests } = await train(library, 2);
  expected = { digests, threads: 1, workers: 0 };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(browserNames)('%s', (name) => {
  describe.skipIf(isSkipped(name))('trains with one thread', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(name);
    });
    afterAll(() => browser?.close());

    // Firefox does not know this permission
    const denied = { 'Permissions-Policy': 'cross-origin-isolated=()' };
    test.each<[string, Readonly<Record<string, string>>]>([
      ['forbids workers from Blobs', { 'Content-Security-Policy': POLICY }],
      ...(name === 'firefox' ? [] : [['denies itself shared memory', denied] satisfies [string, object]]),
    ])('on a page that %s', async (what, more) => {
      const headers = { ...ISOLATED, ...more };
      await using server = await serve({ folders: { '/app/': folder, '/app/dist/': 'dist/' }, headers });
      // a forbidden worker is an error on the console
      const { page } = await openPage(browser, `${server.origin}/app/`);
      const result = await page.evaluate('globalThis.result');
      const isolated = await page.evaluate('globalThis.crossOriginIsolated');
      await page.close();
      expect(result).toEqual(expected);
      if (name === 'chromium') expect(isolated).toBe(what.startsWith('forbids'));
    });
  });
});
