/** What the other tests in browsers stand on: the browsers start, pages are isolated or not, and errors are seen. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { launch, openPage } from './browser.ts';
import { browserNames, isSkipped } from './install.ts';
import { ISOLATED, serve } from './server.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'simdescent-'));
  await writeFile(path.join(folder, 'index.html'), '<!doctype html><link rel="icon" href="data:,"><title>here</title>');
  await writeFile(path.join(folder, 'images.gz'), new Uint8Array([31, 139]));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(browserNames)('%s', (name) => {
  describe.skipIf(isSkipped(name))('starts', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(name);
    });
    afterAll(() => browser?.close());

    test.each([true, false])('and shows a page under a sub-path (isolated: %s)', async (isolated) => {
      await using server = await serve({ folders: { '/app/': folder }, headers: isolated ? ISOLATED : {} });
      const { page, errors } = await openPage(browser, `${server.origin}/app/`);
      expect(await page.title()).toBe('here');
      expect(await page.evaluate(() => [crossOriginIsolated, isSecureContext])).toEqual([isolated, true]);
      expect(await page.evaluate(async () => (await (await fetch('images.gz')).bytes()).length)).toBe(2);
      expect(errors).toEqual([]);
      expect(server.asked).toContain('/app/images.gz');
      await page.close();
    });

    test('and tells what goes wrong on a page', async () => {
      const answer = (where: string, response: ServerResponse) => {
        if (where !== '/broken') return false;
        response.destroy();
        return true;
      };
      await using server = await serve({ folders: { '/': folder }, answer });
      const { page, errors } = await openPage(browser, `${server.origin}/`);
      await page.evaluate(async () => {
        await fetch('/missing');
        await fetch('/broken').catch(() => undefined);
        console.error('said');
        setTimeout(() => {
          throw new Error('thrown');
        });
      });
      for (const part of ['/missing 404', 'request: ', '/broken', 'console: said', 'thrown'])
        await vi.waitFor(() => expect(errors.join('\n')).toContain(part), { timeout: 30_000 });
      await page.close();
    });
  });
});
