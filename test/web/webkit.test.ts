/** The race in WebKit, which has no protocol that puppeteer speaks: it finishes, with the digests of Node. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import { launchWebKit, type WebKit } from '../browsers/webkit.ts';
import { addressOf, type Built, buildPage, runLines, servePage } from './page.ts';

const QUERY = '?race=momentum,nadam&seed=7&limit=500&epochs=2&batchSize=25&hidden=16';

describe.skipIf(isSkipped('webkit'))('WebKit', () => {
  let built: Built;
  let server: Server;
  let webkit: WebKit;
  beforeAll(async () => {
    built = await buildPage();
    server = await servePage(built);
    webkit = await launchWebKit();
  });
  afterAll(async () => {
    await webkit?.[Symbol.asyncDispose]();
    await server?.close();
  });

  test('races to the end with the bits of Node', async () => {
    await webkit.open(addressOf(server, QUERY));
    const state = () => webkit.evaluate(`return document.querySelector('#state')?.textContent ?? ''`);
    while (!String(await state()).startsWith('Finished')) await pause(200);
    const seen = await webkit.evaluate(`return {
      lines: document.querySelector('#commands').textContent.split(/(?= simdescent )/).map((line) => line.replace(/\\s+/g, ' ').trim()),
      digests: [...document.querySelectorAll('#finals code')].map((code) => [code.dataset.racer, code.textContent]),
    }`);
    const { lines, digests } = seen as { lines: string[]; digests: [string, string][] };
    expect(Object.fromEntries(digests)).toEqual(await runLines(lines));
    expect(digests).toHaveLength(2);
  });
});
