/** The curves of a race as somebody reads them: switches, names at the ends of lines, the line that is pointed at; and races to open. */
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromQuery } from '../../web/settings.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import { addressOf, allTexts, buildPage, servePage, untilState } from './page.ts';

let server: Server;
beforeAll(async () => {
  server = await servePage(await buildPage());
});
afterAll(async () => {
  await server?.close();
});

/** What the chart of the loss shows, as it stays. */
const picture = async (page: Page): Promise<string> => {
  await page.waitForFunction(() => document.body.dataset.stale === 'false', { polling: 20 });
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
  return page.$eval('.charts canvas', (one) => (one as HTMLCanvasElement).toDataURL());
};

/** How many pixels right of the plot have ink. */
const inkBeside = (page: Page): Promise<number> =>
  page.$eval('.charts .chart', (chart) => {
    const [canvas, over] = [chart.querySelector('canvas'), chart.querySelector('.u-over')];
    if (!canvas || !over) throw new Error('no plot');
    const scale = canvas.width / canvas.getBoundingClientRect().width;
    const from = Math.ceil((over.getBoundingClientRect().right - canvas.getBoundingClientRect().left + 4) * scale);
    if (from >= canvas.width) return 0;
    const { data } = canvas.getContext('2d')?.getImageData(from, 0, canvas.width - from, canvas.height) ?? { data: [] };
    return [...data].filter((value, i) => i % 4 === 3 && value > 128).length;
  });

describe.each(browserNames)('curves in %s', (name) => {
  describe.skipIf(isSkipped(name))('', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(name);
    });
    afterAll(() => browser?.close());

    const finished = async (width: number) => {
      const page = await (await browser.createBrowserContext()).newPage();
      await page.setViewport({ width, height: 900 });
      const { errors } = await openPage(
        browser,
        addressOf(server, '?race=sgd,momentum,adam&limit=500&epochs=3&hidden=16'),
        page,
      );
      await untilState(page, 'Finished');
      return { page, errors };
    };

    test('are smooth or as measured, on an axis of numbers or of powers', async () => {
      const { page, errors } = await finished(1280);
      for (const id of ['#smooth', '#logarithmic']) {
        const before = await picture(page);
        await page.click(id);
        expect(await picture(page)).not.toBe(before);
        await page.click(id);
        expect(await picture(page)).toBe(before);
      }
      expect(errors).toEqual([]);
      await page.close();
    });

    test('have their names at the ends where there is room, and stand out one by one', async () => {
      const { page } = await finished(1280);
      const named = await inkBeside(page);
      expect(named).toBeGreaterThan(300);
      const plain = await picture(page);
      await page.hover('.chip:nth-child(2)');
      expect(await picture(page)).not.toBe(plain);
      await page.hover('h1');
      expect(await picture(page)).toBe(plain);
      await page.hover('.charts .u-over');
      await page.waitForSelector('.charts .tip:not([hidden])');
      expect(
        (await allTexts(page, '.charts .chart:first-child .tip li')).map((row) => row.replace(/[\d.]+$/, '')).sort(),
      ).toEqual(['Adam', 'Momentum', 'SGD']);
      await page.hover('h1');
      await page.click('.chip:nth-child(2)');
      expect(await inkBeside(page)).toBeLessThan(named);
      await page.close();

      const phone = await finished(360);
      expect(await inkBeside(phone.page)).toBe(0);
      await phone.page.close();
    });

    test('come of other races by a link, or by a button for the hidden layers', async () => {
      const { page } = await finished(1280);
      const links = await page.$$eval('.examples a', (all) => all.map((one) => (one as HTMLAnchorElement).search));
      expect(links.length).toBeGreaterThan(3);
      for (const link of links) expect(fromQuery(link).problems, link).toEqual([]);
      const hidden = () => page.$eval('#hidden', (input) => (input as HTMLInputElement).value);
      for (const [button, value] of [
        [1, 'none'],
        [4, '64, 64, 64, 64, 64'],
      ] as const) {
        await page.click(`[aria-label="Hidden layers"] button:nth-child(${button})`);
        await page.waitForFunction(
          (wanted) => document.querySelector<HTMLInputElement>('#hidden')?.value === wanted,
          { polling: 20 },
          value,
        );
        expect(await hidden()).toBe(value);
      }
      await page.click('.examples summary');
      await Promise.all([page.waitForNavigation(), page.click('.examples li:nth-child(3) a')]);
      await page.waitForFunction(() => document.querySelector('.settings')?.textContent?.includes('784–10'));
      await page.close();
    });
  });
});
