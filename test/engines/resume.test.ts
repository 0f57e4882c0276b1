/** A model that Node has saved goes on in every engine as if it had never stopped: the halves of resume.js. */
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as simdescent from '../../src/index.ts';
import { launch } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import { built } from '../cli/run.ts';
import { engines, runProcess } from './binaries.ts';
import { performIn, servePages } from './pages.ts';
import { begin } from './resume.js';

let file: Uint8Array;
let expected: unknown;
beforeAll(async () => {
  built();
  ({ file, result: expected } = await begin(simdescent));
});

describe.each(engines())('a saved training goes on in $name', ({ name, command }) => {
  test.skipIf(command === undefined && !process.env.CI)('to the same bits', async () => {
    if (command === undefined) throw new Error(`${name} could not be installed`);
    expect(await runProcess(command, 'resume', file)).toEqual(expected);
  });
});

describe.each(browserNames)('a saved training goes on in %s', (name) => {
  describe.skipIf(isSkipped(name))('on a page', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(name);
    });
    afterAll(() => browser?.close());

    test('to the same bits', async () => {
      await using server = await servePages(file, true);
      expect(await performIn(browser, server, 'main thread', 'resume')).toEqual({ result: expected, errors: [] });
    });
  });
});
