/**
 * The reference runs give the digests of test/digests.json in every engine, with the package as it is built. `npm run engines` runs
 * this file alone and writes the table of the README.
 */
import { execFile, execFileSync } from 'node:child_process';
import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadFashionMnist } from '../../src/datasets/index.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import { ISOLATED, type Server, serve } from '../browsers/server.ts';
import { built } from '../cli/run.ts';
import digests from '../digests.json' with { type: 'json' };
import { pack, type Result, runs } from '../reference-runs/runs.js';
import { type Engine, installEngines } from './binaries.ts';
import { type Row, tableOf, writeTable } from './table.ts';

type Results = Record<string, Result>;
const root = new URL('../../', import.meta.url);
const pathOf = (name: string) => fileURLToPath(new URL(name, root));
const threads = [1, 2] as const;
const rows: Row[] = [];

/** Notes how many runs are equal, and fails if that is not all of them. */
function compare(where: Omit<Row, 'equal' | 'runs'>, results: Results): void {
  const same = runs.filter(({ name }) => JSON.stringify(results[name]) === JSON.stringify((digests as Results)[name]));
  rows.push({ ...where, equal: same.length, runs: runs.length });
  expect(results).toEqual(digests);
}

let data: Uint8Array;
beforeAll(async () => {
  built();
  const { train } = await loadFashionMnist();
  data = pack({ images: train.images.data, labels: train.labels.data });
});

afterAll(() => {
  if (process.env.MODE !== 'table') return;
  console.log(tableOf(rows));
  writeTable(new URL('README.md', root), rows);
});

test('there are digests of all runs, and no two are the same', () => {
  expect(Object.keys(digests)).toEqual(runs.map(({ name }) => name));
  expect(new Set(Object.values(digests).map(({ digest }) => digest)).size).toBe(runs.length);
});

/** The reference runs in a process of its own. */
function inProcess([program = '', ...args]: readonly string[], count: number): Promise<Results> {
  return new Promise((resolve, reject) => {
    const all = [...args, pathOf('test/engines/process.js'), String(count)];
    const child = execFile(program, all, { timeout: 120_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout));
    });
    child.stdin?.end(data);
  });
}

describe.each(installEngines())('$name', ({ name, command }: Engine) => {
  describe.skipIf(command === undefined && !process.env.CI)('gives the same bits', () => {
    test.each(threads)('with %i thread(s)', async (count) => {
      if (command === undefined) throw new Error(`${name} could not be installed`);
      const version =
        /\d+(\.\d+)+/.exec(execFileSync(command[0] ?? '', ['--version'], { encoding: 'utf8' }))?.[0] ?? '';
      compare({ engine: name, version, where: 'main thread', threads: count }, await inProcess(command, count));
    });
  });
});

describe.each(browserNames)('%s', (name) => {
  describe.skipIf(isSkipped(name))('gives the same bits', () => {
    let browser: Browser;
    const servers: Server[] = [];
    beforeAll(async () => {
      browser = await launch(name);
      const folders = { '/': 'test/engines/page/', '/dist/': 'dist/', '/runs/': 'test/reference-runs/' };
      const answer = (path: string, response: ServerResponse) => path === '/data' && Boolean(response.end(data));
      for (const headers of [{}, ISOLATED]) servers.push(await serve({ folders, headers, answer }));
    });
    afterAll(async () => {
      await browser?.close();
      for (const server of servers) await server.close();
    });

    /** One thread on a page without headers, more on one that is isolated. */
    test.each(threads.flatMap((count) => [['main thread', count] as const, ['worker', count] as const]))(
      'on a page, %s, with %i thread(s)',
      async (where, count) => {
        const { page, errors } = await openPage(browser, `${servers[count - 1]?.origin}/`);
        const results = await page.evaluate(
          where === 'worker'
            ? `new Promise((resolve, reject) => {
               const worker = new Worker('/worker.js', { type: 'module' });
               worker.onerror = ({ message }) => reject(new Error(message));
               worker.onmessage = ({ data: { results, error } }) => (results ? resolve(results) : reject(new Error(error)));
               worker.postMessage(${count});
             })`
            : `import('/perform.js').then(({ perform }) => perform(${count}))`,
        );
        const version = /\d+(\.\d+)+/.exec(await browser.version())?.[0] ?? '';
        compare(
          { engine: name === 'chromium' ? 'Chromium' : 'Firefox', version, where, threads: count },
          results as Results,
        );
        expect(errors).toEqual([]);
        await page.close();
      },
    );
  });
});
