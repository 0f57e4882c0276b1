/** Drawing one's own garment, by mouse, finger and keyboard, in real browsers. */
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeIn, inWords } from '../browsers/axe.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import { addressOf, allTexts, type Built, buildPage, screenshot, servePage, textOf, untilState } from './page.ts';

let built: Built;
let server: Server;
beforeAll(async () => {
  built = await buildPage();
  server = await servePage(built);
});
afterAll(async () => {
  await server?.close();
});

/** Waits until every racer says what it sees. */
const untilSeen = (page: Page, racers: number) =>
  page.waitForFunction(
    (wanted) =>
      document.querySelectorAll('.drawing .opinions tbody tr').length === wanted &&
      /see/.test(document.querySelector('#drawn')?.textContent ?? ''),
    { polling: 50 },
    racers,
  );

/** Clears the sheet, and waits until nobody says any more what was seen on it. */
async function clear(page: Page): Promise<void> {
  await page.click('#clear');
  await page.waitForFunction(() => document.querySelectorAll('.drawing .opinions tbody tr').length === 0);
}

/** How much ink is on the sheet. */
const inkOn = (page: Page): Promise<number> =>
  page.$eval('#sheet', (canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const data = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
    return [...data].filter((value, i) => i % 4 === 0 && value < 128).length;
  });

describe.each(browserNames)('drawing in %s', (name) => {
  test.skipIf(isSkipped(name))('every racer says what it sees, and a keyboard is enough', async () => {
    const browser = await launch(name);
    try {
      const page = await browser.newPage();
      await page.setViewport({ width: 360, height: 800 });
      const { errors } = await openPage(
        browser,
        addressOf(server, '?race=momentum,adam&limit=500&epochs=2&hidden=32'),
        page,
      );
      await untilState(page, 'Finished');
      await page.select('#theme-choice', 'light');
      await page.$eval('.drawing', (element) => element.scrollIntoView());
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);

      // trousers, two legs
      const { x = 0, y = 0, width = 0 } = (await (await page.$('#sheet'))?.boundingBox()) ?? {};
      for (const across of [0.35, 0.65]) {
        await page.mouse.move(x + width * across, y + width * 0.15);
        await page.mouse.down();
        await page.mouse.move(x + width * across, y + width * 0.85, { steps: 8 });
        await page.mouse.up();
      }
      await untilSeen(page, 2);
      const drawn = await inkOn(page);
      expect(drawn).toBeGreaterThan(1000);
      expect(await allTexts(page, '.drawing .opinions tbody th')).toEqual(['Momentum', 'Adam']);
      await screenshot(page, `drawing-${name}`);
      expect(inWords((await axeIn(page, '.drawing')).violations)).toEqual([]);

      await page.click('#undo-stroke');
      const once = await inkOn(page);
      expect(once).toBeLessThan(drawn);
      expect(once).toBeGreaterThan(0);
      await clear(page);
      expect(await inkOn(page)).toBe(0);

      await page.focus('#sheet');
      await page.keyboard.press(' ');
      for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowDown');
      await page.keyboard.press(' ');
      for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
      expect(await textOf(page, '#pen')).toContain('lifted');
      await untilSeen(page, 2);
      await page.evaluate(() => (document.activeElement as HTMLElement).blur());
      expect(await inkOn(page)).toBeGreaterThan(500);
      expect(await textOf(page, '#state')).toContain('Finished');

      // an image of the data set is taken for the same as in the gallery, which shows it first
      await clear(page);
      await page.click('#sample');
      await untilSeen(page, 2);
      const sees = await allTexts(page, '.drawing .opinions tbody td:nth-child(2)');
      await page.$eval('.inside', (element) => element.scrollIntoView());
      await page.waitForSelector('.gallery li');
      const label = await page.$eval('.gallery canvas', (canvas) => canvas.getAttribute('aria-label') ?? '');
      const [actual = ''] = label.split(',');
      expect(sees[1]).toBe(/classified correctly/.test(label) ? actual : /as (.+),/.exec(label)?.[1]);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
