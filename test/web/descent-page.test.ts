/** The page of the descent in real browsers, used as a person uses it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { axeIn, inWords } from '../browsers/axe.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import { addressOf, allTexts, type Built, buildPage, screenshot, servePage, textOf } from './page.ts';

vi.setConfig({ testTimeout: 180_000 });

let built: Built;
let server: Server;
beforeAll(async () => {
  built = await buildPage();
  server = await servePage(built);
}, 180_000);
afterAll(async () => {
  await server?.close();
});

/** A column of the table of descents, from 1. */
const column = (page: Page, number: number): Promise<string[]> =>
  allTexts(page, `.standings tbody td:nth-of-type(${number})`);
const until = (page: Page, state: string) =>
  page.waitForFunction(
    (wanted) => document.querySelector('#state')?.textContent?.startsWith(wanted),
    { timeout: 120_000, polling: 50 },
    state,
  );
/** Sets a field as a person does. */
async function type(page: Page, selector: string, text: string): Promise<void> {
  await page.$eval(selector, (input) => (input as HTMLInputElement).select());
  await page.type(selector, text);
  await page.keyboard.press('Enter');
}

describe.each(browserNames)('the descent in %s', (name) => {
  describe.skipIf(isSkipped(name))('', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(name);
    }, 120_000);
    afterAll(() => browser?.close());

    const opened = async (query: string, width = 1280) => {
      const page = await browser.newPage();
      await page.setViewport({ width, height: 900 });
      const { errors } = await openPage(browser, addressOf(server, `descent.html${query}`), page);
      await page.waitForSelector('#state');
      return { page, errors };
    };

    test('all optimizers go down to the bits of Node, on a surface with many minima', async () => {
      const all = Object.keys(built.facts.descents).flatMap((key) => (key.startsWith('waves ') ? [key.slice(6)] : []));
      expect(all.length).toBeGreaterThan(20);
      const { page, errors } = await opened('?surface=waves');
      for (const racer of all)
        await page.$eval(`#race-${racer}`, (box) => (box as HTMLInputElement).checked || (box as HTMLElement).click());
      await page.select('#speed', 'as fast as seen');
      await until(page, 'Paused at step 300');
      await page.waitForFunction(
        (count) => document.querySelectorAll('.standings td.best').length === count,
        { timeout: 60_000 },
        all.length,
      );
      expect(new Set(await column(page, 7))).toEqual(new Set(['same as Node']));
      expect(errors).toEqual([]);
      await screenshot(page, `descent-${name}`);
      await page.close();
    });

    test('a click and the arrow keys choose the start, a step is a step, and the address remembers', async () => {
      const { page } = await opened('?surface=bowl&race=sgd,adam~learningRate:0.2');
      await page.click('#play');
      await page.click('#reset');
      await page.click('#picture', { offset: { x: 40, y: 30 } });
      await page.click('#play');
      const clicked = await page.$eval('#start', (input) => (input as HTMLInputElement).value);
      expect(clicked).not.toBe('-5, 1.6');
      await page.focus('#picture');
      await page.keyboard.press('ArrowRight');
      expect(await page.$eval('#start', (input) => (input as HTMLInputElement).value)).not.toBe(clicked);
      await page.click('#reset');
      await page.click('#step');
      await page.keyboard.press('Tab');
      expect(await column(page, 1)).toEqual(['1', '1']);
      expect(page.url()).toMatch(/surface=bowl&start=|race=sgd,adam~learningRate:0.2&surface=bowl&start=/);
      const again = await opened(new URL(page.url()).search);
      expect(await again.page.$eval('#start', (input) => (input as HTMLInputElement).value)).toBe(
        await page.$eval('#start', (input) => (input as HTMLInputElement).value),
      );
      await again.page.close();
      await page.close();
    });

    test('a function of one’s own is descended, one that cannot be read says why, and the descent stays', async () => {
      const { page, errors } = await opened('?race=momentum');
      await type(page, '#function', '(x - 1)^2 + 2(y + 1)^2');
      await page.select('#speed', 'as fast as seen');
      await until(page, 'Paused at step 300');
      const [x, y] = [await column(page, 2), await column(page, 3)];
      expect(Number(x[0]?.replace('−', '-'))).toBeCloseTo(1, 2);
      expect(Number(y[0]?.replace('−', '-'))).toBeCloseTo(-1, 2);
      await type(page, '#function', 'foo(x)');
      expect(await textOf(page, '#function-message')).toMatch(/“foo” is not known/);
      expect(await column(page, 2)).toEqual(x);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('the descent is saved as a picture and as an animation', async () => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'simdescent-descent-'));
      const { page, errors } = await opened('?race=sgd,adam');
      if (name === 'chromium') {
        const session = await page.createCDPSession();
        await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
      }
      await until(page, 'Descending, step 1');
      await page.click('#play');
      await page.click('#gif');
      await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#gif')?.disabled === false, {
        timeout: 120_000,
      });
      if (name === 'chromium') {
        await vi.waitFor(async () => {
          const file = await readFile(path.join(folder, 'descent.gif'));
          expect(file.toString('latin1', 0, 6)).toBe('GIF89a');
          expect(file.at(-1)).toBe(0x3b);
        }, 30_000);
      }
      expect(errors).toEqual([]);
      await page.close();
      await rm(folder, { recursive: true, force: true });
    });

    test('opens without a network as well, once the race has been opened', async () => {
      const page = await (await browser.createBrowserContext()).newPage();
      await openPage(browser, addressOf(server), page);
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
      await page.reload();
      const asked = server.asked.length;
      await page.goto(addressOf(server, 'descent.html?surface=bowl'));
      await page.waitForSelector('#picture');
      expect(server.asked.slice(asked).filter((where) => !where.endsWith('sw.js'))).toEqual([]);
      expect(await textOf(page, '#weight')).toMatch(/^This page: \d/);
      await page.close();
    });

    test('everybody can use it: nothing is cut off on a phone, and axe finds nothing', async () => {
      const { page } = await opened('?surface=himmelblau', 360);
      await until(page, 'Descending, step');
      await page.click('#play');
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      expect(inWords((await axeIn(page, 'body')).violations)).toEqual([]);
      await screenshot(page, `descent-phone-${name}`);
      await page.close();
    });
  });
});
