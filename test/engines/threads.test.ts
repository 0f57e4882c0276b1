/** Trainings with two threads end as they should in every engine, and leave nothing behind: the scenarios of threads.js. */
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import { launchWebKit, type WebKit } from '../browsers/webkit.ts';
import { built } from '../cli/run.ts';
import { engines, runProcess } from './binaries.ts';
import { packedData } from './data.ts';
import { performIn, performInWebKit, performUnattended, places, servePages } from './pages.ts';

/** What `scenarios` gives wherever it runs. */
const expected = {
  // stopped at a step by a signal, and going on: the bits of one thread
  abort: { name: 'AbortError', steps: 7, digest: true },
  // stopped from outside in the middle, which events could be heard in; the next training has the right bits
  timeout: { name: 'TimeoutError', events: true, digest: true },
  // the worker is ended: the training fails if that was in the middle of a step; the runtime works on, with one thread and then with a new worker
  kill: { failedOrWentOn: true, digests: [true, true] },
  dispose: 'the runtime has been disposed of',
  hundred: { started: 100, alive: 0 },
};

let data: Uint8Array;
beforeAll(async () => {
  built();
  data = await packedData();
});

describe.each(engines())('two threads in $name', ({ name, command }) => {
  test.skipIf(command === undefined && !process.env.CI)(
    'end when they are told to, and leave nothing behind',
    async () => {
      if (command === undefined) throw new Error(`${name} could not be installed`);
      expect(await runProcess(command, 'scenarios', data)).toEqual(expected);
    },
  );
});

describe.each(browserNames)('%s', (name) => {
  describe.skipIf(isSkipped(name))('two threads', () => {
    let browser: Browser;
    let server: Server;
    beforeAll(async () => {
      browser = await launch(name);
      server = await servePages(data, true);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    test.each(places)('of a page (%s) end when they are told to, and leave nothing behind', async (place) => {
      const { result, errors } =
        name === 'firefox' && place === 'worker'
          ? await performUnattended(data, 'scenarios')
          : await performIn(browser, server, place, 'scenarios');
      expect(result).toEqual(expected);
      expect(errors).toEqual([]);
    });
  });
});

describe.skipIf(isSkipped('webkit'))('WebKit', () => {
  let webkit: WebKit;
  let server: Server;
  beforeAll(async () => {
    webkit = await launchWebKit();
    server = await servePages(data, true);
  });
  afterAll(async () => {
    await webkit?.[Symbol.asyncDispose]();
    await server?.close();
  });

  test.each(places)('two threads of a page (%s) end when they are told to, and leave nothing behind', async (place) => {
    expect(await performInWebKit(webkit, server, place, 'scenarios')).toEqual(expected);
  });
});
