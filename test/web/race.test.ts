/** The page in real browsers, used as a person uses it. Small races: what counts is that their digests are those of Node. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import {
  allTexts,
  buildPage,
  DIST,
  digestsOf,
  measureTasks,
  screenshot,
  servePage,
  stepsOf,
  textOf,
  untilState,
  untilStep,
} from './page.ts';

// other tests may have browsers of their own at the same time
vi.setConfig({ testTimeout: 180_000 });

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A race that is long enough to be paused, and short enough for a test. */
const QUERY =
  '?race=momentum~momentum:0.5,nesterov,rmsprop,nadam~beta1:0.8~learningRate:0.002&seed=7&limit=1999&epochs=2&batchSize=4&activation=gelu';
const STEPS = 1000;
const LONG = '?race=sgd,adam&epochs=900&limit=500&hidden=32';

/** Runs a command line of the page with this checkout's program; the digest of each optimizer. */
async function runLines(lines: readonly string[]): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const line of lines) {
    const [program, ...args] = line.split(' ');
    expect(program).toBe('simdescent');
    const { stdout } = await promisify(execFile)('node', ['dist/cli.js', ...args, '--json'], { maxBuffer: 1e8 });
    const { optimizer, digest } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    digests[optimizer] = digest;
  }
  return digests;
}

let server: Server;
/** Whether the server has Fashion-MNIST. */
let missing = false;
/** Digests that the page takes for Node's. */
let known: Record<string, string> = {};

beforeAll(async () => {
  await buildPage();
  const facts = JSON.parse(readFileSync(path.join(DIST, 'data/facts.json'), 'utf8'));
  server = await servePage((where, response) => {
    if (missing && where.includes('/fashion-mnist/')) {
      response.writeHead(404).end();
      return true;
    }
    if (!where.endsWith('/data/facts.json')) return false;
    response.end(JSON.stringify({ ...facts, digests: { ...facts.digests, ...known } }));
    return true;
  });
}, 180_000);
afterAll(() => server?.close());

const address = (query = ''): string => `${server.origin}/some/where/${query}`;

async function checkAccessibility(page: Page, theme: string): Promise<void> {
  await page.select('#theme-choice', theme);
  await page.evaluate(axeSource);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: object): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run({ resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
  expect(found, `accessibility, ${theme}`).toEqual([]);
}

describe.each(browserNames)('the page in %s', (name) => {
  describe.skipIf(isSkipped(name))('', () => {
    let browser: Browser;
    /** A page that remembers nothing of those before: no cache, no service worker. */
    const freshPage = async () => (await browser.createBrowserContext()).newPage();
    beforeAll(async () => {
      browser = await launch(name);
    });
    afterAll(() => browser?.close());

    test('races to the end with the bits of Node, paused, stepped and gone on with by clicking', async () => {
      const page = await freshPage();
      await page.evaluateOnNewDocument(measureTasks);
      await page.setViewport({ width: 1280, height: 900 });
      const { errors } = await openPage(browser, address(QUERY), page);

      await untilStep(page, 10);
      await page.click('#play');
      await untilState(page, 'Paused');
      const paused = await stepsOf(page);
      expect(new Set(paused).size).toBe(1);
      await page.click('#step');
      await untilStep(page, (paused[0] ?? 0) + 1);
      await untilState(page, 'Paused');
      expect(await stepsOf(page)).toEqual(paused.map((step) => step + 1));
      await page.click('#play');
      await untilState(page, 'Finished');
      expect(await stepsOf(page)).toEqual(paused.map(() => STEPS));

      const lines = (await textOf(page, '#commands')).split(/(?= simdescent )/).map((line) => line.trim());
      expect(lines).toHaveLength(4);
      const digests = await digestsOf(page);
      const node = await runLines(lines);
      expect(digests).toEqual(node);
      expect(new Set(Object.values(digests)).size).toBe(4);

      await page.type('#digest', node.rmsprop ?? '');
      expect(await textOf(page, '#digest-says')).toBe('Equal, to the last bit: RMSProp.');
      known = Object.fromEntries(lines.map((line, i) => [line, Object.values(digests)[i] ?? '']));

      const longest = await page.evaluate(
        () => (globalThis as unknown as { measured: { longest: number } }).measured.longest,
      );
      console.log(`${name}: the page's thread was busy for ${longest.toFixed(1)} ms at most`);
      await screenshot(page, `finished-${name}`);
      for (const theme of ['light', 'dark']) await checkAccessibility(page, theme);
      await screenshot(page, `dark-${name}`);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('knows the digests of Node, shows what is inside, and fits on a phone', async () => {
      const page = await freshPage();
      await page.setViewport({ width: 360, height: 740 });
      const { errors } = await openPage(browser, address(QUERY), page);
      await untilState(page, 'Finished');
      expect(await allTexts(page, '#finals .badge')).toEqual(['= Node', '= Node', '= Node', '= Node']);
      expect(await textOf(page, '#verdict')).toContain('All digests equal those that Node');
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

      await page.$eval('.inside', (element) => element.scrollIntoView());
      await page.waitForSelector('.gallery li');
      expect(await page.$$eval('.gallery li', (tiles) => tiles.length)).toBe(30);
      const cells = await allTexts(page, '.confusion tbody td');
      expect(cells.reduce((sum, text) => sum + Number(text), 0)).toBe(500);
      expect(await page.$$eval('.layers tbody tr', (rows) => rows.length)).toBe(3);
      await screenshot(page, `phone-${name}`);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('shows the numbers of one weight while it races, stops, and goes back to the start', async () => {
      const page = await freshPage();
      await page.setViewport({ width: 1280, height: 900 });
      const { errors } = await openPage(browser, address(LONG), page);
      await page.waitForSelector('.inside');
      await page.$eval('.inside', (element) => element.scrollIntoView());
      await page.waitForFunction(() => document.querySelectorAll('dl.numbers dd').length === 6, { timeout: 30_000 });
      expect(await allTexts(page, 'dl.numbers dt')).toEqual(['g', 'm', 'v', 'step', 'w before', 'w after']);

      await page.click('#stop');
      await untilState(page, 'Stopped');
      expect(Object.values(await digestsOf(page)).every((digest) => /^[0-9a-f]{64}$/.test(digest))).toBe(true);
      await page.click('#reset');
      await untilState(page, 'Ready');
      expect(await stepsOf(page)).toEqual([0, 0]);
      await page.click('#play');
      await untilStep(page, 5);

      await page.reload();
      await untilState(page, 'Racing');
      await page.waitForFunction(() => document.querySelector('.notices')?.textContent?.includes('It starts again'));
      expect(errors).toEqual([]);
      await page.close();
    });

    test('says that the images are missing, tries again, and then works without a network', async () => {
      missing = true;
      const page = await freshPage();
      const { errors } = await openPage(browser, address('?race=sgd&limit=3000&epochs=1'), page);
      await page.click('#play');
      await page.waitForSelector('.images [role=alert]:not([hidden])');
      expect(await textOf(page, '.images [role=alert]')).toContain('HTTP 404');
      expect(await textOf(page, '#get-images')).toBe('Try again');
      await screenshot(page, `missing-${name}`);
      missing = false;
      // what was not there, and nothing else
      expect(errors.filter((error) => !/404|labels-idx1/.test(error))).toEqual([]);
      await page.click('#get-images');
      await untilState(page, 'Ready');
      await page.click('#play');
      await untilState(page, 'Finished');
      const [digest] = Object.values(await digestsOf(page));

      await page.evaluate(async () => {
        await navigator.serviceWorker.ready;
      });
      const asked = server.asked.length;
      await page.reload();
      await page.click('#play');
      await untilState(page, 'Finished');
      expect(Object.values(await digestsOf(page))).toEqual([digest]);
      expect(server.asked.slice(asked).filter((where) => !where.endsWith('sw.js'))).toEqual([]);
      await page.close();
    });
  });
});

describe.skipIf(isSkipped('chromium'))('files that are given', () => {
  test('take the place of a download', async () => {
    const browser = await launch('chromium');
    try {
      const page = await browser.newPage();
      missing = true;
      await openPage(browser, address('?race=adam&limit=2500&epochs=1&hidden=none'), page);
      const input = await page.$('input#files');
      const names = ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'];
      await input?.uploadFile(...(names.map((one) => path.join(DIST, `fashion-mnist/${one}-ubyte.gz`)) as [string]));
      await untilState(page, 'Ready');
      await page.click('#play');
      await untilState(page, 'Finished');
    } finally {
      missing = false;
      await browser.close();
    }
  });
});
