/** What the page says of itself agrees with what it shows, and there is a way on from every state. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import { addressOf, allTexts, type Built, buildPage, digestsOf, servePage, textOf, untilState } from './page.ts';

const QUERY = '?race=sgd,momentum,adam,nadam&epochs=2&limit=400&hidden=16';

declare global {
  /** What the page has said while its tables said something else. */
  var contradictions: string[];
}

/** Compares the state with the verdicts after every change of the page, from now on. */
const compareAlways = (page: Page) =>
  page.evaluateOnNewDocument(() => {
    globalThis.contradictions = [];
    const texts = (selector: string) =>
      [...document.querySelectorAll(selector)].map((one) => (one.textContent ?? '').trim());
    new MutationObserver(() => {
      const state = texts('#state')[0] ?? '';
      const verdicts = texts('.standings .badge, #finals .badge');
      const wanted = state.startsWith('Finished') ? 'finished' : /^(Ready|Paused)/.test(state) ? 'waiting' : undefined;
      if (wanted === undefined || verdicts.every((verdict) => verdict === wanted)) return;
      globalThis.contradictions.push(`${state}: ${verdicts.join(', ')}`);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });

/** The address without its origin: what the link opens. */
const queryOf = (page: Page): Promise<string> => page.evaluate(() => location.search);

describe.each(browserNames)('the page in %s', (name) => {
  describe.skipIf(isSkipped(name))('', () => {
    let browser: Browser;
    let built: Built;
    let server: Server;
    let missing = false;
    /** The images are on their way until somebody has seen that. */
    let see: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => {
      see = resolve;
    });
    beforeAll(async () => {
      built = await buildPage();
      server = await servePage(built, (where, response) => {
        if (missing && where.includes('/fashion-mnist/')) {
          response.writeHead(404).end();
          return true;
        }
        if (!where.endsWith('train-images-idx3-ubyte.gz')) return false;
        const file = path.join(built.folder, 'fashion-mnist/train-images-idx3-ubyte.gz');
        void seen.then(async () => response.end(await readFile(file)));
        return true;
      });
      browser = await launch(name);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });
    const open = async (query: string, prepare?: (page: Page) => Promise<unknown>) => {
      const page = await (await browser.createBrowserContext()).newPage();
      await page.setViewport({ width: 360, height: 740 });
      await prepare?.(page);
      return openPage(browser, addressOf(server, query), page);
    };

    test('says Finished, Paused and Ready when all of it agrees, also where it draws slowly', async () => {
      const { page, errors } = await open(QUERY, async (fresh) => {
        await compareAlways(fresh);
        if (name === 'chromium') await fresh.emulateCPUThrottling(12);
      });
      for (let i = 0; i < 3; i++) {
        await untilState(page, 'Finished');
        await page.click('#reset');
        await untilState(page, 'Ready');
        await page.click('#step');
        await untilState(page, 'Paused');
        await page.click('#play');
      }
      await untilState(page, 'Finished');
      expect(await page.evaluate(() => globalThis.contradictions)).toEqual([]);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('gets all images where a race needs them, shows how far it is beside the buttons, and goes on', async () => {
      const { page, errors } = await open('?race=sgd&epochs=1&limit=400&hidden=none');
      await untilState(page, 'Finished');
      const digests = await digestsOf(page);
      const set = (limit: string) =>
        page.$eval(
          '#limit',
          (input, value) => {
            (input as HTMLInputElement).value = value;
            input.dispatchEvent(new Event('change'));
          },
          limit,
        );

      // the race that is shown stays, and so does its address
      await set('3000');
      await page.waitForSelector('#outdated:not([hidden])');
      expect(await queryOf(page)).toContain('limit=400');
      expect(await digestsOf(page)).toEqual(digests);
      await page.click('#undo');
      await page.waitForSelector('#outdated[hidden]');
      expect(await page.$eval('#limit', (input) => (input as HTMLInputElement).value)).toBe('400');

      // Reset leaves it, and there are two ways on: fewer images, or all of them
      await set('3000');
      await page.click('#reset');
      await untilState(page, 'Images needed');
      expect(await queryOf(page)).toContain('limit=3000');
      expect(await allTexts(page, '#finals dt')).toEqual([]);
      await set('500');
      await untilState(page, 'Ready');
      expect(await queryOf(page)).toContain('limit=500');
      await set('3000');
      await untilState(page, 'Images needed');
      expect(await textOf(page, '#play')).toContain('Get images');
      await page.click('#play');
      await page.waitForFunction(() =>
        /^[\d.]+ k?M?B of 30.9 MB/.test(document.querySelector('#numbers')?.textContent ?? ''),
      );
      see();
      await untilState(page, 'Finished');
      expect(await queryOf(page)).toContain('limit=3000');
      expect(await textOf(page, '#numbers')).toContain('step 94 of 94');
      expect(errors).toEqual([]);
      await page.close();
    });

    test('keeps the race that is shown when images for the next one do not come', async () => {
      const { page } = await open('?race=sgd&epochs=1&limit=400&hidden=none');
      missing = true;
      await untilState(page, 'Finished');
      const digests = await digestsOf(page);
      await page.$eval('#limit', (input) => {
        (input as HTMLInputElement).value = '60000';
        input.dispatchEvent(new Event('change'));
      });
      await page.click('#play');
      await page.waitForSelector('.transport [role=alert]:not([hidden])');
      missing = false;
      await untilState(page, 'Finished');
      expect(await digestsOf(page)).toEqual(digests);
      await page.click('#undo');
      await page.click('#play');
      await untilState(page, 'Finished');
      expect(await digestsOf(page)).toEqual(digests);
      await page.close();
    });

    test('uses what a link has, names what it cannot use, and opens also where the browser names no language', async () => {
      const { page, errors } = await open('?race=sgd,foo,adam~beta1:2&epochs=1&limit=400&hidden=8', (fresh) =>
        fresh.evaluateOnNewDocument(() => {
          Object.defineProperty(Navigator.prototype, 'language', { get: () => 'C' });
        }),
      );
      await untilState(page, 'Finished');
      expect(await allTexts(page, '.standings tbody th')).toEqual(['SGD', 'Adam']);
      expect(await textOf(page, '.notices')).toMatch(/“foo”.*beta1/);
      expect(await queryOf(page)).toBe('?race=sgd,adam&limit=400&epochs=1&hidden=8');
      expect(await page.evaluate(() => navigator.language)).toBe('en');
      expect(errors).toEqual([]);
      await page.close();
    });
  });
});
