/** The site as it is published: built once, served under a sub-path, read, searched and run in real browsers. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeIn, COLOURS, inWords, isSerious } from '../browsers/axe.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import { type Server, serve } from '../browsers/server.ts';
import { run } from '../child.ts';
import { built } from '../cli/run.ts';
import { buildPage, doubleText, SCREENSHOTS } from '../web/page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** One page of every kind. */
const KINDS = {
  home: 'index.html',
  guide: 'docs/optimizers.html',
  reference: 'api/index.html',
  entry: 'api/convert.html',
  example: 'examples/node-minimal.html',
  benchmarks: 'docs/benchmarks.html',
  missing: '404.html',
};
/** What axe says of the generator's search button: its name leaves out the key that is drawn on it. */
const THEMES = 'label-content-name-mismatch';
/** What is looked for, and a name of the reference that is found. */
const SEARCHES = { conv2d: /conv2d/i, lbfgs: /lbfgs/i, predictonbatch: /predictOnBatch/ };

let folder: string;
let server: Server;
beforeAll(async () => {
  built();
  // whether or not a test of the pages has been there before
  await mkdir(SCREENSHOTS, { recursive: true });
  folder = await mkdtemp(path.join(os.tmpdir(), 'simdescent-site-'));
  const page = await buildPage();
  await run('node', ['site/build.js', '--out', folder, '--race', page.folder], { cwd: root, timeout: 580_000 });
  server = await serve({
    folders: { '/some/where/': folder },
    // as hosts do with addresses that lead nowhere
    answer: (where, response) => {
      if (!where.includes('/nowhere/')) return false;
      if (where.endsWith('.html')) response.writeHead(404, { 'Content-Type': 'text/html' }).end(read('404.html'));
      else response.writeHead(404).end();
      return true;
    },
  });
}, 600_000);
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const at = (page: string): string => `${server.origin}/some/where/${page}`;
const files = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));
const read = (page: string): string => readFileSync(path.join(folder, page), 'utf8');
/** Examples with a Run button. */
const runnable = (): string[] =>
  readdirSync(path.join(folder, 'run/examples')).flatMap((file) => /^(.+)\.js$/.exec(file)?.[1] ?? []);

test('every link leads to a file of the site, and every anchor to an element', () => {
  const pages = new Map(files().map((file) => [file, read(file).replace(/<script\b[^>]*>[^<].*?<\/script>/gs, '')]));
  const missing: string[] = [];
  for (const [file, text] of pages) {
    for (const [, link = ''] of text.matchAll(/\b(?:href|src)="([^"]*)"/g)) {
      if (/^(https?:|data:|mailto:)/.test(link)) continue;
      const [target = '', anchor] = link.split('#');
      const [name = ''] = target.split('?');
      let to = name === '' ? file : path.join(path.dirname(file), decodeURIComponent(name));
      if (to === '.' || to === './' || to.endsWith('/')) to = path.join(to, 'index.html');
      const page = pages.get(to);
      const there = page !== undefined || readdirSync(path.join(folder, path.dirname(to))).includes(path.basename(to));
      const found = anchor === undefined || anchor === '' || page?.includes(`id="${decodeURIComponent(anchor)}"`);
      if (!there || !found) missing.push(`${file}: ${link}`);
    }
  }
  expect(pages.size).toBeGreaterThan(40);
  expect(missing).toEqual([]);
});

test('an example has a button to run it, or says why it has none', () => {
  const pages = files().filter((file) => /^examples\/(?!index)/.test(file));
  const [able, unable] = [true, false].map((wanted) =>
    pages.filter((file) => /class="run"/.test(read(file)) === wanted),
  );
  expect(able?.length).toBeGreaterThan(runnable().length);
  for (const file of unable ?? []) expect(read(file), file).toMatch(/needs Node|runs in Python|which Vite serves/);
});

/** Waits until a page that has been loaded, with all its text, answers as well. */
const untilAlive = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => '__vue_app__' in (document.querySelector('#app') ?? {}), { polling: 50 });
/** Where it is: page.url() is what the browser has told of it so far. */
const addressIn = (page: Page): Promise<string> => page.evaluate(() => location.href);

/** Works through all in so many pages; those behind another one draw nothing. */
async function eachPage<T>(
  browser: Browser,
  all: readonly T[],
  pages: number,
  work: (page: Page, one: T) => Promise<void>,
) {
  const left = [...all];
  const worker = async () => {
    const page = await browser.newPage();
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(page, one);
    await page.close();
  };
  await Promise.all(Array.from({ length: pages }, worker));
}

describe.each(browserNames)('the site in %s', (name) => {
  describe.skipIf(isSkipped(name))('', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(name);
    });
    afterAll(() => browser?.close());

    test('is walked from page to page under a sub-path, and searched', async () => {
      const { page, errors } = await openPage(browser, at('index.html'));
      await page.setViewport({ width: 1280, height: 900 });
      await untilAlive(page);
      // without loading, at other depths, and back
      for (const [text, place] of Object.entries({ Guides: '/docs/', Examples: '/examples/', API: '/api/' })) {
        await page.evaluate((wanted) => {
          const links = [...document.querySelectorAll<HTMLElement>('.VPNavBarMenuLink')];
          links.find((one) => one.textContent?.includes(wanted))?.click();
        }, text);
        await page.waitForFunction(
          (where) => document.title.length > 0 && location.pathname.includes(where),
          { polling: 50 },
          place,
        );
        await page.waitForSelector('.vp-doc h1');
        expect(await addressIn(page)).toContain('/some/where/');
      }
      await page.click('.DocSearch-Button');
      await page.waitForSelector('#localsearch-input');
      for (const [words, found] of Object.entries(SEARCHES)) {
        await page.$eval('#localsearch-input', (input) => (input as HTMLInputElement).select());
        await page.type('#localsearch-input', words);
        await page.waitForFunction(
          (pattern, flags) =>
            [...document.querySelectorAll<HTMLAnchorElement>('.VPLocalSearchBox .result')].some(
              (one) =>
                one.pathname.includes('/some/where/api/') && new RegExp(pattern, flags).test(one.textContent ?? ''),
            ),
          { polling: 50 },
          found.source,
          found.flags,
        );
      }
      await page.keyboard.press('Escape');
      expect(errors).toEqual([]);
      await page.close();
    });

    test('every example with a button prints what its page says, to the last digit', async () => {
      const found: Record<string, string | null> = {};
      await eachPage(browser, runnable(), 2, async (page, example) => {
        await page.goto(at(`examples/${example}.html`));
        await untilAlive(page);
        await page.click('.run button');
        await page.waitForFunction(
          () => /^(Finished|It)/.test(document.querySelector('.run [role=status]')?.textContent ?? ''),
          { polling: 100 },
        );
        found[example] = await page.$eval('.run [role=status]', (says) => says.textContent);
      });
      const same = 'Finished: it printed what this page says, to the last digit.';
      expect(found).toEqual(Object.fromEntries(runnable().map((example) => [example, same])));
    });

    test('everybody can read every kind of page, light and dark', async () => {
      await eachPage(browser, Object.entries(KINDS), 1, async (page, [kind, place]) => {
        await page.setViewport({ width: 1280, height: 900 });
        await page.goto(at(place));
        await untilAlive(page);
        for (const theme of ['light', 'dark']) {
          // colours on their way from one theme to the other have contrasts of neither
          await page.evaluate(async (dark) => {
            document.documentElement.classList.toggle('dark', dark);
            await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
            const changes = document.getAnimations().filter((one) => one instanceof CSSTransition);
            await Promise.allSettled(changes.map(({ finished }) => finished));
          }, theme === 'dark');
          const { violations } = await axeIn(page, 'body', theme === 'dark' ? COLOURS : undefined);
          expect(inWords(violations.filter((one) => isSerious(one) && one.id !== THEMES)), `${kind}, ${theme}`).toEqual(
            [],
          );
        }
        await page.screenshot({ path: path.join(SCREENSHOTS, `site-${kind}-${name}.png`) as `${string}.png` });
        await doubleText(page);
        for (const width of [1280, 360]) {
          await page.setViewport({ width, height: 900 });
          const wide = () => document.documentElement.scrollWidth > innerWidth;
          expect(await page.evaluate(wide), `${kind}, ${width} pixels`).toBe(false);
        }
      });
    });

    test('says so where there is no page, at any depth, and leads home', async () => {
      const page = await browser.newPage();
      await page.goto(at('docs/nowhere/at-all.html'));
      await untilAlive(page);
      expect(await page.$eval('.NotFound a', (link) => (link as HTMLAnchorElement).href)).toBe(at(''));
      expect(await page.$eval('.NotFound a', (link) => getComputedStyle(link).borderTopStyle)).toBe('solid');
      await page.click('.NotFound a');
      await page.waitForSelector('.vp-doc h1');
      expect(await addressIn(page)).toBe(at(''));
      await page.close();
    });

    test('leads to both pages, which lead back', async () => {
      const { page, errors } = await openPage(browser, at('race/index.html?race=sgd&limit=300&epochs=1&hidden=none'));
      await page.waitForFunction(() => document.querySelector('#state')?.textContent?.startsWith('Finished'), {
        polling: 50,
      });
      for (const place of ['race/index.html', 'race/descent.html']) {
        await page.goto(at(place));
        const back = await page.$eval('.brand a[href="../"]', (link) => (link as HTMLAnchorElement).href);
        expect(back).toBe(at(''));
      }
      expect(errors).toEqual([]);
      await page.close();
    });
  });
});

describe.skipIf(isSkipped('chromium'))('without JavaScript', () => {
  test('pages are read, and lead to one another', async () => {
    const browser = await launch('chromium');
    try {
      const page = await browser.newPage();
      await page.setViewport({ width: 1280, height: 900 });
      await page.setJavaScriptEnabled(false);
      await page.goto(at('index.html'));
      const shown = () => page.$eval('.vp-doc', (text) => (text as HTMLElement).innerText);
      expect(await shown()).toContain('257ec58f23eb');
      expect(await shown()).toContain('runs equal, 1 thread');
      await Promise.all([page.waitForNavigation(), page.click('.vp-doc a[href$="docs/benchmarks.html"]')]);
      expect(page.url()).toBe(at('docs/benchmarks.html'));
      expect((await shown()).length).toBeGreaterThan(5000);
      await Promise.all([page.waitForNavigation(), page.click('.VPSidebar a[href*="api/"]')]);
      expect(await page.$$eval('.vp-doc a[href]', (links) => links.length)).toBeGreaterThan(5);
      await page.goto(at('examples/node-minimal.html'));
      expect(await shown()).toContain('twoMoons');
    } finally {
      await browser.close();
    }
  });
});
