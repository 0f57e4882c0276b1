/** The page of the descent in real browsers, used as a person uses it. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entrant } from '../../web/descent/settings.ts';
import { SURFACES } from '../../web/descent/surfaces.ts';
import { NAMES } from '../../web/optimizers.ts';
import { entrantsText } from '../../web/settings.ts';
import { axeIn, COLOURS, inWords } from '../browsers/axe.ts';
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
  textOf,
  untilKept,
  untilState,
} from './page.ts';

let built: Built;
let server: Server;
let downloads = '';
beforeAll(async () => {
  downloads = await mkdtemp(path.join(os.tmpdir(), 'simdescent-descent-'));
  built = await buildPage();
  server = await servePage(built);
});
afterAll(async () => {
  await server?.close();
  await rm(downloads, { recursive: true, force: true });
});

declare global {
  /** Files that the page has given to be saved. */
  var saved: Blob[];
}

/** A column of the table of descents, from 1. */
const column = (page: Page, number: number): Promise<string[]> =>
  allTexts(page, `.standings tbody td:nth-of-type(${number})`);
const until = (page: Page, state: string) =>
  page.waitForFunction(
    (wanted) => document.querySelector('#state')?.textContent?.startsWith(wanted),
    { polling: 50 },
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
      const preferences = { 'browser.download.folderList': 2, 'browser.download.dir': downloads };
      browser = await launch(name, { preferences });
    });
    afterAll(() => browser?.close());

    const opened = async (query: string, width = 1280, prepare?: (page: Page) => Promise<unknown>) => {
      const page = await browser.newPage();
      await page.setViewport({ width, height: 900 });
      await prepare?.(page);
      const { errors } = await openPage(browser, addressOf(server, `descent.html${query}`), page);
      await page.waitForSelector('#state');
      return { page, errors };
    };

    test('all optimizers go down every surface to the bits of Node', async () => {
      expect(Object.keys(built.facts.descents)).toHaveLength(SURFACES.length * NAMES.length);
      const { page, errors } = await opened(`?race=${entrantsText(NAMES.map((one) => entrant(one)))}`, 360);
      await page.select('#speed', 'as fast as seen');
      for (const { name: surface } of SURFACES) {
        await page.select('#surface', surface);
        await page.waitForFunction(
          (count) => document.querySelectorAll('.standings td.best').length === count,
          { polling: 50 },
          NAMES.length,
        );
        expect(new Set(await column(page, 7)), surface).toEqual(new Set(['same as Node']));
      }
      expect(errors).toEqual([]);
      await screenshot(page, `descent-${name}`);
      await page.close();
    });

    test('an optimizer is explained by three sentences, its formula and the numbers of this step', async () => {
      const { page } = await opened('?race=momentum,lbfgs');
      await page.click('#reset');
      expect(await textOf(page, '.settings > .hint')).toContain('[14, 14] at (1, 2), [12, 8] at (1, 1)');
      const remembered = () => allTexts(page, '.remembered dd');
      expect(await remembered()).toEqual(['[14.0000, 14.0000]']);
      await type(page, '#start', '1, 1');
      expect(await remembered()).toEqual(['[12.0000, 8.00000]']);
      expect((await textOf(page, '.explained p')).match(/\.(?= |$)/g)).toHaveLength(3);
      expect(await textOf(page, '.explained pre')).toContain('v ←');
      await page.click('#step');
      const before = await remembered();
      await page.click('#step');
      const after = await remembered();
      expect(before).toHaveLength(2);
      expect(after).toHaveLength(2);
      for (const [i, text] of after.entries()) expect(text).not.toBe(before[i]);
      // another rate is tried from the same start, as far as before
      const [, x] = [await column(page, 1), await column(page, 2)];
      await page.click('.racer:has(#race-momentum) summary');
      await type(page, '#momentum-learningRate', '0.02');
      expect(await column(page, 1)).toEqual(['2', '2']);
      expect((await column(page, 2))[0]).not.toBe(x[0]);
      expect((await column(page, 2))[1]).toBe(x[1]);
      await page.select('#speed', 'as fast as seen');
      await page.click('#play');
      await until(page, 'Paused at step 300');
      expect((await column(page, 6))[1]).toMatch(/^since step \d+$/);
      await page.close();
    });

    test('the picture has arrows and ellipses, and the curves an axis of powers, unless they are not wanted', async () => {
      const { page } = await opened('?race=adam,momentum');
      await page.click('#reset');
      for (let i = 0; i < 3; i++) await page.click('#step');
      const shown = (canvas: string) => page.$eval(canvas, (one) => (one as HTMLCanvasElement).toDataURL());
      for (const [box, canvas] of [
        ['#arrows', '#picture'],
        ['#logarithmic', '.chart canvas'],
      ] as const) {
        const before = await shown(canvas);
        await page.click(box);
        expect(await shown(canvas)).not.toBe(before);
        await page.click(box);
        expect(await shown(canvas)).toBe(before);
      }
      await page.close();
    });

    test('trails grow while they are drawn, and are at rest as if drawn at once', async () => {
      const { page } = await opened('?surface=himmelblau');
      await page.select('#speed', 'sixty steps a second');
      await page.waitForFunction(
        () => Number(/\d+/.exec(document.querySelector('#numbers')?.textContent ?? '')?.[0]) > 60,
        { polling: 20 },
      );
      const { grown, all } = await page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('#picture');
        const read = () => canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        const click = (id: string) => document.querySelector<HTMLElement>(id)?.click();
        const differing = (a: ArrayLike<number>, b: ArrayLike<number>) =>
          Array.from(a).filter((value, i) => Math.abs(value - (b[i] ?? 0)) > 64).length;
        const playing = read();
        click('#play');
        const resting = read();
        click('#reset');
        return { grown: differing(playing, resting), all: differing(resting, read()) };
      });
      expect(all).toBeGreaterThan(1000);
      expect(grown).toBeLessThan(all / 5);
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
      // page.url() is what the browser has told of it so far
      const query = await page.evaluate(() => location.search);
      expect(query).toMatch(/surface=bowl&start=|race=sgd,adam~learningRate:0.2&surface=bowl&start=/);
      const again = await opened(query);
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

    test('the descent is saved as a picture and as an animation of each step', async () => {
      const { page, errors } = await opened('?race=sgd,adam', 1280, (fresh) =>
        fresh.evaluateOnNewDocument(() => {
          globalThis.saved = [];
          const address = URL.createObjectURL.bind(URL);
          URL.createObjectURL = (file) => {
            if (file instanceof Blob) globalThis.saved.push(file);
            return address(file);
          };
        }),
      );
      await page.click('#reset');
      for (let i = 0; i < 5; i++) await page.click('#step');
      for (const [i, button] of ['#png', '#gif'].entries()) {
        await page.click(button);
        await page.waitForFunction((count) => globalThis.saved.length > count, { polling: 50 }, i);
      }
      const [png, gif] = await page.evaluate(() =>
        Promise.all(
          globalThis.saved.map(async (file) => {
            const { width } = await createImageBitmap(file);
            const text = new TextDecoder('latin1').decode(await file.arrayBuffer());
            return {
              width,
              begin: text.replace('\u2030', '').slice(0, 6),
              frames: text.split('\x21\xf9\x04').length - 1,
            };
          }),
        ),
      );
      expect(png).toMatchObject({
        begin: 'PNG\r\n\x1a',
        width: await page.$eval('#picture', (one) => (one as HTMLCanvasElement).width),
      });
      expect(gif).toEqual({ begin: 'GIF89a', width: 640, frames: 6 });
      expect(errors).toEqual([]);
      await page.close();
    });

    test('opens without a network as well, once the race has been opened', async () => {
      const page = await (await browser.createBrowserContext()).newPage();
      await openPage(browser, addressOf(server, '?race=sgd&limit=400&epochs=1&hidden=none'), page);
      // its workers, begun before the service worker answered for the page, ask the server until they have all they need
      await untilState(page, 'Finished');
      await untilKept(page);
      const asked = server.asked.length;
      await page.reload();
      await page.goto(addressOf(server, 'descent.html?surface=bowl'));
      await page.waitForSelector('#picture');
      expect(server.asked.slice(asked).filter((where) => !where.endsWith('sw.js'))).toEqual([]);
      expect(await textOf(page, '#weight')).not.toMatch(/ 0 B/);
      // other pages of the site are its server's
      const other = await page.goto(addressOf(server, 'volunteer/index.html'));
      expect(other?.status()).toBe(404);
      await page.close();
    });

    test('a finger chooses the start, and nothing moves by itself where motion is not wanted', async () => {
      const { page } = await opened('?surface=bowl&race=sgd', 360, async (fresh) => {
        // Firefox has no such switch for pages
        if (name === 'chromium')
          await fresh.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
      });
      if (name === 'chromium') expect(await textOf(page, '#state')).toBe('Paused at step 0');
      const { x = 0, y = 0 } = (await (await page.$('#picture'))?.boundingBox()) ?? {};
      await page.touchscreen.tap(x + 60, y + 40);
      await until(page, 'Descending');
      await page.waitForFunction(() => document.querySelector('#numbers')?.textContent !== 'step 0');
      const start = await page.$eval('#start', (input) => (input as HTMLInputElement).value);
      expect(start.split(', ').map(Number).map(Math.sign)).toEqual([-1, 1]);
      expect(start).not.toBe('-5, 1.6');
      await page.close();
    });

    test.each([360, 1280])(
      'everybody can use it at %i pixels: nothing is cut off, and axe finds nothing',
      async (width) => {
        const { page } = await opened('?surface=himmelblau', width);
        await until(page, 'Descending');
        await page.click('#play');
        await page.$eval('.settings', (fold) => fold.setAttribute('open', ''));
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        for (const theme of ['light', 'dark']) {
          await page.select('#theme-choice', theme);
          const { violations } = await axeIn(page, 'body', theme === 'dark' ? COLOURS : undefined);
          expect(inWords(violations), theme).toEqual([]);
          await screenshot(page, `descent-${width}-${theme}-${name}`);
        }
        await doubleText(page);
        await page.evaluate(() => new Promise(requestAnimationFrame));
        expect(await cutOff(page)).toEqual([]);
        await page.close();
      },
    );
  });
});
