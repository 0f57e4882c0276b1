/** Races that something comes between: a tab that nobody looks at, a reload, a worker that is killed. They end with Node's bits, or say so. */
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLines, fromQuery } from '../../web/settings.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import {
  addressOf,
  allTexts,
  atStep,
  type Built,
  buildPage,
  clickToRace,
  digestsOf,
  runLines,
  screenshot,
  servePage,
  stepsOf,
  textOf,
  untilState,
} from './page.ts';

/** Some seconds long, with an epoch every few hundredths of a second. */
const QUERY = '?race=sgd,nadam&seed=5&epochs=60&batchSize=20&limit=1000&hidden=64';
const EPOCH = 50;
const STEPS = 60 * EPOCH;

let built: Built;
let server: Server;
let node: Record<string, string> = {};
beforeAll(async () => {
  built = await buildPage();
  server = await servePage(built);
  node = await runLines(commandLines(fromQuery(QUERY).settings));
});
afterAll(async () => {
  await server?.close();
});

/** Has the page load itself again as soon as a model of each of these racers has been kept, once: from here the race may be over before. */
const reloadWhenKept = (page: Page, racers: number): Promise<unknown> =>
  page.evaluateOnNewDocument((wanted) => {
    if (sessionStorage.reloaded) return;
    const kept = async (): Promise<boolean> => {
      if (!(await indexedDB.databases()).some((one) => one.name === 'simdescent-race')) return false; // opening would make it
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('simdescent-race');
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      if (!database.objectStoreNames.contains('racers')) return false;
      const keys = await new Promise<number>((resolve) => {
        const request = database.transaction('racers').objectStore('racers').count();
        request.onsuccess = () => resolve(request.result);
      });
      database.close();
      return keys >= wanted;
    };
    const look = async () => {
      if (!(await kept())) return void setTimeout(look, 10);
      sessionStorage.reloaded = 'yes';
      location.reload();
    };
    void look();
  }, racers);

describe.each(browserNames)('the race in %s', (name) => {
  describe.skipIf(isSkipped(name))('', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(name);
    });
    afterAll(() => browser?.close());
    const freshPage = async () => (await browser.createBrowserContext()).newPage();

    test('is run behind another tab, and drawn when somebody looks', async () => {
      const page = await freshPage();
      await (await page.browserContext().newPage()).bringToFront();
      const { errors } = await openPage(browser, addressOf(server, QUERY), page);
      await page.waitForFunction(() => sessionStorage['simdescent-race-under-way']?.includes('"finished"'), {
        polling: 100,
      });
      expect(await page.evaluate(() => document.hidden)).toBe(true);
      await page.bringToFront();
      await untilState(page, 'Finished');
      expect(await digestsOf(page)).toEqual(node);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('goes on after a reload where it was, running or paused, and ends the same', async () => {
      const page = await freshPage();
      await reloadWhenKept(page, 2);
      await atStep(page, EPOCH, 'pause', 2);
      const { errors } = await openPage(browser, addressOf(server, QUERY), page);
      await untilState(page, 'Paused');
      const [, from = '0'] = (await textOf(page, '.notices')).match(/from step ([\d,]+)/) ?? [];
      expect(Number(from.replace(',', ''))).toBeGreaterThanOrEqual(EPOCH);
      const paused = await stepsOf(page);
      expect(paused[0]).toBeLessThan(STEPS);
      await page.reload();
      await untilState(page, 'Paused');
      expect(await stepsOf(page)).toEqual(paused);

      await page.click('#play');
      await untilState(page, 'Finished');
      expect(await digestsOf(page)).toEqual(node);
      const curve = await allTexts(page, '.standings tbody tr');
      await page.reload();
      await untilState(page, 'Finished');
      expect(await textOf(page, '.notices')).toContain('finished before the page was reloaded');
      expect(await digestsOf(page)).toEqual(node);
      expect(await allTexts(page, '.standings tbody tr')).toEqual(curve);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('says so when a worker is killed, and goes on after a reload', async () => {
      const page = await freshPage();
      await page.setViewport({ width: 1280, height: 900 });
      // nobody tells the page of it
      await atStep(page, 5, 'lose a worker');
      await openPage(browser, addressOf(server, QUERY), page);
      await untilState(page, 'Failed');
      expect(await textOf(page, '.transport [role=alert]')).toMatch(
        /The browser or the system ended the worker that trained SGD, Nadam/,
      );
      await screenshot(page, `killed-${name}`);
      await page.reload();
      await untilState(page, 'Finished');
      expect(await digestsOf(page)).toEqual(node);
      await clickToRace(page, '#play');
      await page.close();
    });
  });
});
