/**
 * The reference runs give the digests of test/digests.json in every engine, with the package as it is built. `npm run engines` runs
 * this file alone and writes the table of the README.
 */
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import { launchWebKit, PAGE_ENDED } from '../browsers/webkit.ts';
import { runSync } from '../child.ts';
import { built } from '../cli/run.ts';
import digests from '../digests.json' with { type: 'json' };
import { few, type Result, runs } from '../reference-runs/runs.js';
import { type Engine, engines, runProcess } from './binaries.ts';
import { packedData } from './data.ts';
import { performIn, performInWebKit, performUnattended, places, servePages } from './pages.ts';
import { type Row, tableOf, writeTable } from './table.ts';

type Results = Record<string, Result>;
const root = new URL('../../', import.meta.url);
const threads = [1, 2] as const;
const rows: Row[] = [];
/** `npm run engines` runs what takes too long for every `npm test`. */
const all = process.env.MODE === 'table';

/** What an engine performs with so many threads: with two, all runs only in the Node of the tests, and for the table. */
const taskOf = (count: number, engine?: string) => (count === 1 || all || engine === 'Node' ? count : 'few');

/** Notes how many runs are equal, and fails if that is not all of them. */
function compare(where: Omit<Row, 'equal' | 'runs'>, results: Results): void {
  const performed = taskOf(where.threads, where.engine) === 'few' ? few : runs;
  const wanted = Object.fromEntries(performed.map(({ name }) => [name, (digests as Results)[name]]));
  const same = performed.filter(({ name }) => JSON.stringify(results[name]) === JSON.stringify(wanted[name]));
  rows.push({ ...where, equal: same.length, runs: performed.length });
  expect(results).toEqual(wanted);
}

let data: Uint8Array;
beforeAll(async () => {
  built();
  data = await packedData();
});

afterAll(() => {
  if (!all) return;
  console.log(tableOf(rows));
  writeTable(new URL('README.md', root), rows);
});

test('there are digests of all runs, and no two are the same', () => {
  expect(Object.keys(digests)).toEqual(runs.map(({ name }) => name));
  expect(new Set(Object.values(digests).map(({ digest }) => digest)).size).toBe(runs.length);
});

describe.each(engines())('$name', ({ name, command }: Engine) => {
  describe.skipIf(command === undefined && !process.env.CI)('gives the same bits', () => {
    test.each(threads)('with %i thread(s)', async (count) => {
      if (command === undefined) throw new Error(`${name} could not be installed`);
      const version = /\d+(\.\d+)+/.exec(runSync(command[0] ?? '', ['--version']).stdout)?.[0] ?? '';
      compare(
        { engine: name, version, where: 'main thread', threads: count },
        (await runProcess(command, taskOf(count, name), data)) as Results,
      );
    });
  });
});

describe.each(browserNames)('%s', (name) => {
  describe.skipIf(isSkipped(name))('gives the same bits', () => {
    let browser: Browser;
    const servers: Server[] = [];
    beforeAll(async () => {
      browser = await launch(name);
      for (const isolated of [false, true]) servers.push(await servePages(data, isolated));
    });
    afterAll(async () => {
      await browser?.close();
      for (const server of servers) await server.close();
    });

    /** One thread on a page without headers, two on one that is isolated. */
    test.each(threads.flatMap((count) => places.map((place) => [place, count] as const)))(
      'on a page, %s, with %i thread(s)',
      async (where, count) => {
        const [plain, isolated] = servers as [Server, Server];
        const { result, errors } =
          name === 'firefox' && where === 'worker' && count > 1
            ? await performUnattended(data, taskOf(count))
            : await performIn(browser, count === 1 ? plain : isolated, where, taskOf(count));
        const version = /\d+(\.\d+)+/.exec(await browser.version())?.[0] ?? '';
        compare(
          { engine: name === 'chromium' ? 'Chromium' : 'Firefox', version, where, threads: count },
          result as Results,
        );
        expect(errors).toEqual([]);
      },
    );
  });
});

describe.skipIf(isSkipped('webkit'))('WebKit gives the same bits', () => {
  const servers: Server[] = [];
  beforeAll(async () => {
    for (const isolated of [false, true]) servers.push(await servePages(data, isolated));
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
  });

  // two threads on the main thread, which must not sleep, take longest
  const cases = threads.flatMap((count) => places.map((place) => [place, count] as const));
  test.each(all ? cases : cases.filter(([place, count]) => (place === 'worker') === count > 1))(
    'on a page, %s, with %i thread(s)',
    { retry: { count: 1, condition: PAGE_ENDED } },
    async (where, count) => {
      const [plain, isolated] = servers as [Server, Server];
      await using webkit = await launchWebKit();
      const result = await performInWebKit(webkit, count === 1 ? plain : isolated, where, taskOf(count));
      compare({ engine: 'WebKitGTK', version: webkit.version, where, threads: count }, result as Results);
    },
  );
});
