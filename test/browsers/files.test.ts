/** Saving a model in real browsers: to the page's own file system, to IndexedDB, as a download; and going on from there. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'puppeteer-core';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as library from '../../src/index.ts';
import { markdownSnippets } from '../docs/snippets.ts';
import { launch, openPage } from './browser.ts';
import { browserNames, isSkipped } from './install.ts';
import { serve } from './server.ts';

declare global {
  /** The library as the page has it. */
  var simdescent: typeof library;
}
const { layers, loadModel, sequential } = library;

const stack = () => [
  layers.dense({ units: 5, activation: 'relu', inputShape: [2] }),
  layers.dropout({ rate: 0.25 }),
  layers.dense({ units: 1 }),
];
const x = Array.from({ length: 24 }, (_, i) => [i / 24, (i * 7) % 5]);
const y = x.map(([a = 0, b = 0]) => [a - b]);

/** Digest after six epochs without a stop, in this Node. */
async function uninterrupted(): Promise<string> {
  using model = sequential(stack(), { seed: 3 });
  model.compile({ optimizer: 'nadam', loss: 'mse' });
  await model.fit(x, y, { epochs: 6, batchSize: 5 });
  return model.digest();
}

/** The block of docs/streaming.md about IndexedDB, as a module that gives its model. */
function recipe(): string {
  const block = markdownSnippets().find(
    ({ where, code }) => /streaming/.test(where) && code.includes('indexedDB.open'),
  );
  const { outputText } = ts.transpileModule(`${block?.code}\nexport { model };`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  });
  return outputText.replace("'simdescent'", "'/dist/index.js'");
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'simdescent-page-'));
  const script = `import * as simdescent from '/dist/index.js'; Object.assign(globalThis, { simdescent });`;
  const html = `<!doctype html><link rel="icon" href="data:,"><script type="module">${script}</script>`;
  await writeFile(path.join(folder, 'index.html'), html);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(browserNames)('%s', (name) => {
  describe.skipIf(isSkipped(name))('saves', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(name);
    });
    afterAll(() => browser?.close());

    test.each(['opfs', 'indexeddb'])('to %s: after a reload the training goes on to the same bits', async (storage) => {
      await using server = await serve({ folders: { '/': folder, '/dist/': 'dist/' } });
      const { page, errors } = await openPage(browser, `${server.origin}/`);
      const where = `${storage}:model.safetensors`;
      await page.evaluate(
        async ({ where, x, y }) => {
          const { files, layers, sequential } = globalThis.simdescent;
          const model = sequential(
            [
              layers.dense({ units: 5, activation: 'relu', inputShape: [2] }),
              layers.dropout({ rate: 0.25 }),
              layers.dense({ units: 1 }),
            ],
            { seed: 3 },
          );
          model.compile({ optimizer: 'nadam', loss: 'mse' });
          await model.fit(x, y, { epochs: 2, batchSize: 5 });
          await files.write(where, new Uint8Array(3)); // to be replaced
          await files.write(where, await model.save());
        },
        { where, x, y },
      );
      await page.reload();
      const [digest, gone] = await page.evaluate(
        async ({ where, x, y }) => {
          const { files, loadModel } = globalThis.simdescent;
          const model = await loadModel(await files.read(where));
          await model.fit(x, y, { initialEpoch: model.epoch, epochs: 6, batchSize: 5 });
          await files.remove(where);
          await files.remove(where);
          const gone = await files.read(where).catch((error: Error) => error.message);
          return [await model.digest(), gone];
        },
        { where, x, y },
      );
      expect(digest).toBe(await uninterrupted());
      expect(gone).toContain(`${where} cannot be read (`);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('and streams batches out of IndexedDB: the recipe of docs/streaming.md has the bits of arrays', async () => {
      const columns = 20;
      const rows = Array.from({ length: 24 }, (_, i) => Array.from({ length: columns }, (_, c) => ((i * c) % 7) / 7));
      const targets = rows.map(([, a = 0, b = 0]) => [a - b]);
      await writeFile(path.join(folder, 'recipe.js'), recipe());
      await using server = await serve({ folders: { '/': folder, '/dist/': 'dist/' } });
      const { page, errors } = await openPage(browser, `${server.origin}/`);
      await page.evaluate(
        ({ rows, targets }) =>
          new Promise<void>((resolve, reject) => {
            const opening = indexedDB.open('measurements');
            opening.onerror = () => reject(opening.error);
            opening.onupgradeneeded = () => {
              const store = opening.result.createObjectStore('batches');
              for (let at = 0; at < rows.length; at += 5)
                store.put({ x: rows.slice(at, at + 5), y: targets.slice(at, at + 5) }, at);
            };
            opening.onsuccess = () => {
              opening.result.close();
              resolve();
            };
          }),
        { rows, targets },
      );
      // as text: the test's own bundler would change an import
      const digest = await page.evaluate("import('/recipe.js').then(({ model }) => model.digest())");
      using model = sequential([layers.dense({ units: 1, inputShape: [columns] })]);
      model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
      await model.fit(rows, targets, { epochs: 3, batchSize: 5, shuffle: false });
      expect(digest).toBe(await model.digest());
      expect(errors).toEqual([]);
      await page.close();
    });
  });
});

describe.skipIf(isSkipped('chromium'))('a download in Chromium', () => {
  test('is the file that Node reads', async () => {
    await using server = await serve({ folders: { '/': folder, '/dist/': 'dist/' } });
    const downloads = await mkdtemp(path.join(os.tmpdir(), 'simdescent-downloads-'));
    const browser = await launch('chromium');
    try {
      const { page, errors } = await openPage(browser, `${server.origin}/`);
      const session = await browser.target().createCDPSession();
      await session.send('Browser.setDownloadBehavior', {
        behavior: 'allow',
        downloadPath: downloads,
        eventsEnabled: true,
      });
      const done = new Promise<void>((resolve) =>
        session.on('Browser.downloadProgress', ({ state }) => {
          if (state === 'completed') resolve();
        }),
      );
      const digest = await page.evaluate(async () => {
        const { files, layers, sequential } = globalThis.simdescent;
        const model = sequential([layers.dense({ units: 2, inputShape: [3] })], { seed: 8 });
        await files.write('download:my model.safetensors', await model.save());
        return model.digest();
      });
      await done;
      expect(await readdir(downloads)).toEqual(['my model.safetensors']);
      using model = await loadModel(new Uint8Array(await readFile(path.join(downloads, 'my model.safetensors'))));
      expect(await model.digest()).toBe(digest);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
      await rm(downloads, { recursive: true, force: true });
    }
  });
});
