/** The page on phones, tablets and desks, light and dark: everything is on the screen, and everybody can read it. */
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeIn, COLOURS, inWords, isSerious } from '../browsers/axe.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import {
  addressOf,
  allTexts,
  type Built,
  buildPage,
  cutOff,
  doubleText,
  screenshot,
  servePage,
  untilState,
} from './page.ts';

const THEMES = ['light', 'dark'] as const;

/** What axe-core finds that keeps people from using the page. */
const violations = async (page: Page, options?: object): Promise<string[]> =>
  inWords((await axeIn(page, 'body', options)).violations.filter(isSerious));

describe.each(browserNames)('the page in %s', (name) => {
  describe.skipIf(isSkipped(name))('', () => {
    let browser: Browser;
    let built: Built;
    let server: Server;
    beforeAll(async () => {
      built = await buildPage();
      server = await servePage(built);
      browser = await launch(name);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    /** The page with everything unfolded and laid out, after a race. */
    const finished = async (width: number): Promise<Page> => {
      const page = await (await browser.createBrowserContext()).newPage();
      await page.setViewport({ width, height: 900 });
      await openPage(browser, addressOf(server, '?limit=500&epochs=2'), page);
      await untilState(page, 'Finished');
      await page.addStyleTag({ content: '.inside, .proof { content-visibility: visible !important; }' });
      await page.evaluate(() => {
        for (const fold of document.querySelectorAll('details')) fold.open = true;
        document.querySelector('.inside')?.scrollIntoView();
      });
      await page.waitForSelector('.gallery li');
      await page.waitForSelector('.confusion');
      return page;
    };

    test.each([360, 768, 1280])('fits into %i pixels, where only tables of epochs scroll', async (width) => {
      const page = await finished(width);
      const wide = await page.evaluate(() => {
        const outside = (element: Element) => {
          const { left, right } = element.getBoundingClientRect();
          return (left < 0 || right > innerWidth) && !element.closest('.chart .scroll, .skip, thead, .u-wrap');
        };
        const scrolled = [...document.querySelectorAll('.scroll')].filter(
          (element) => element.scrollWidth > element.clientWidth && !element.closest('.chart'),
        );
        return [...[...document.querySelectorAll('body *')].filter(outside), ...scrolled].map(({ outerHTML }) =>
          outerHTML.slice(0, 120),
        );
      });
      expect(wide).toEqual([]);
      const shown = await allTexts(page, '.standings tbody td:nth-child(7)');
      expect(shown.map((text) => /^0\.\d{3}$/.test(text))).toEqual(Array.from({ length: 7 }, () => true));
      await page.evaluate(() => scrollTo(0, 0));
      await screenshot(page, `${width}-${name}`);
      for (const theme of THEMES) {
        await page.select('#theme-choice', theme);
        expect(await violations(page, theme === 'dark' ? COLOURS : undefined), theme).toEqual([]);
      }
      await screenshot(page, `${width}-dark-${name}`);
      await doubleText(page);
      await page.evaluate(() => new Promise(requestAnimationFrame));
      expect(await cutOff(page)).toEqual([]);
      await page.close();
    });

    test('has legible numbers in the confusion matrix, whatever their share', async () => {
      const page = await finished(1280);
      for (const theme of THEMES) {
        await page.select('#theme-choice', theme);
        for (const kind of ['right', 'wrong']) {
          await page.$$eval(
            '.confusion tbody td',
            (cells, kind) => {
              for (const [i, cell] of cells.entries()) {
                cell.className = kind;
                cell.textContent = '88';
                (cell as HTMLElement).style.setProperty('--share', String((i + 1) / cells.length));
              }
            },
            kind,
          );
          const found = await axeIn(page, '.confusion', { runOnly: ['color-contrast'] });
          expect(inWords([...found.violations, ...found.incomplete]), `${theme}, ${kind}`).toEqual([]);
        }
      }
      await page.close();
    });

    test('says in each tile what the image is and what it is taken for', async () => {
      const page = await finished(360);
      await page.click('#mistakes-only');
      await page.waitForFunction(() => document.querySelectorAll('.gallery .right').length === 0);
      const tiles = await allTexts(page, '.gallery li');
      expect(tiles.length).toBeGreaterThan(5);
      for (const tile of tiles) expect(tile).toMatch(/^✗ [\w-]+is [\w-]+$/);
      await page.close();
    });
  });
});
