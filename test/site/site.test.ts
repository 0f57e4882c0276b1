/** The site as it is published: built once, served under a sub-path, read, searched and run in real browsers. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { axeIn, inWords, isSerious } from '../browsers/axe.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import { type Server, serve } from '../browsers/server.ts';
import { run } from '../child.ts';
import { built } from '../cli/run.ts';
import { SCREENSHOTS } from '../web/page.ts';

vi.setConfig({ testTimeout: 180_000 });

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Examples that take a second or two. */
const QUICK = ['node-minimal', 'custom-loss', 'residual-network'];

let folder: string;
let server: Server;
beforeAll(async () => {
  built();
  folder = await mkdtemp(path.join(os.tmpdir(), 'simdescent-site-'));
  await run('node', ['site/build.js', '--out', folder], { cwd: root, timeout: 580_000 });
  server = await serve({ folders: { '/some/where/': folder } });
}, 600_000);
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const at = (page: string): string => `${server.origin}/some/where/${page}`;
const files = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));

test('every link leads to a file of the site, and every anchor to an element', () => {
  const pages = new Map(files().map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));
  const missing: string[] = [];
  for (const [file, text] of pages) {
    if (/^(race|run)\//.test(file) || file === '404.html') continue;
    for (const [, link = ''] of text.matchAll(/\b(?:href|src)="([^"]*)"/g)) {
      if (/^(https?:|data:|mailto:)/.test(link)) continue;
      const [target = '', anchor] = link.split('#');
      let to = target === '' ? file : path.join(path.dirname(file), decodeURIComponent(target));
      if (to === '.' || to.endsWith('/')) to = path.join(to, 'index.html');
      const page = pages.get(to);
      const there = page !== undefined || readdirSync(path.join(folder, path.dirname(to))).includes(path.basename(to));
      const found = anchor === undefined || anchor === '' || page?.includes(`id="${decodeURIComponent(anchor)}"`);
      if (!there || !found) missing.push(`${file}: ${link}`);
    }
  }
  expect(pages.size).toBeGreaterThan(40);
  expect(missing).toEqual([]);
});

test('the pages are there to be read without JavaScript', () => {
  const read = (page: string) => readFileSync(path.join(folder, page), 'utf8');
  expect(read('index.html')).toContain('257ec58f23eb');
  expect(read('index.html')).toContain('runs equal, 1 thread');
  expect(read('api/index.html').length + read('docs/benchmarks.html').length).toBeGreaterThan(10_000);
  expect(read('examples/node-minimal.html')).toContain('twoMoons');
});

/** Every line of what an example prints. */
const printed = (page: Page) => page.$eval('.run pre', (pre) => pre.textContent ?? '');

describe.each(browserNames)('the site in %s', (name) => {
  test.skipIf(isSkipped(name))('is searched, read and run, under a sub-path', async () => {
    const browser = await launch(name);
    try {
      const { page, errors } = await openPage(browser, at('index.html'));
      await page.setViewport({ width: 1280, height: 900 });
      // from page to page without loading, at other depths, and back
      for (const link of ['Guides', 'Examples', 'API']) {
        await page.evaluate((text) => {
          const links = [...document.querySelectorAll<HTMLElement>('.VPNavBarMenuLink')];
          links.find((one) => one.textContent?.includes(text))?.click();
        }, link);
        await page.waitForFunction(
          (text) =>
            document.title.length > 0 &&
            location.pathname.includes({ Guides: '/docs/', Examples: '/examples/', API: '/api/' }[text] ?? '?'),
          {},
          link,
        );
        await page.waitForSelector('.vp-doc h1');
        expect(page.url()).toContain('/some/where/');
      }
      for (const theme of [false, true]) {
        // colours on their way from one theme to the other have contrasts of neither
        await page.evaluate(async (dark) => {
          document.documentElement.classList.toggle('dark', dark);
          await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
          const changes = document.getAnimations().filter((one) => one instanceof CSSTransition);
          await Promise.allSettled(changes.map(({ finished }) => finished));
        }, theme);
        const { violations } = await axeIn(page, '#VPContent');
        expect(inWords(violations.filter(isSerious))).toEqual([]);
      }

      await page.click('.DocSearch-Button');
      await page.waitForSelector('#localsearch-input');
      await page.type('#localsearch-input', 'conv2d');
      await page.waitForSelector('.VPLocalSearchBox .result');
      const results = await page.$$eval('.VPLocalSearchBox .result', (all) =>
        all.map((one) => [(one as HTMLAnchorElement).pathname, one.textContent ?? '']),
      );
      expect(results.some(([where, text]) => where?.includes('/some/where/api/') && /conv2d/i.test(text ?? ''))).toBe(
        true,
      );
      await page.keyboard.press('Escape');

      for (const example of QUICK) {
        await page.goto(at(`examples/${example}.html`));
        await page.waitForFunction(() => '__VP_SITE_DATA__' in window && document.querySelector('.run button'));
        await page.click('.run button');
        await page.waitForFunction(
          () => /^(Finished|It)/.test(document.querySelector('.run [role=status]')?.textContent ?? ''),
          { timeout: 60_000 },
        );
        expect(await page.$eval('.run [role=status]', (says) => says.textContent)).toContain(
          'printed what this page says',
        );
        expect(await printed(page)).toMatch(/\b[0-9a-f]{64}\b/);
      }
      await page.screenshot({ path: path.join(SCREENSHOTS, `site-${name}.png`) as `${string}.png` });
      await page.goto(at('race/index.html?race=sgd&limit=300&epochs=1&hidden=none'));
      await page.waitForFunction(() => document.querySelector('#state')?.textContent?.startsWith('Finished'), {
        timeout: 60_000,
      });
      expect(await page.$eval('.brand a[href="../"]', (link) => (link as HTMLAnchorElement).href)).toBe(at(''));
      // Firefox calls a page that was to be fetched in advance aborted when another one is opened
      expect(errors.filter((error) => !error.endsWith('NS_BINDING_ABORTED'))).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
