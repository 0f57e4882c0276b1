/** The page in real browsers, used as a person uses it. Small races: what counts is that their digests are those of Node. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fromQuery } from '../../web/settings.ts';
import { launch, openPage, PATIENCE } from '../browsers/browser.ts';
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
  FILE_NAMES,
  gapsOf,
  measureGaps,
  runLines,
  SCREENSHOTS,
  screenshot,
  servePage,
  stepsOf,
  textOf,
  untilKept,
  untilState,
  untilStep,
} from './page.ts';

/** A race that is long enough to be paused, and short enough for a test. */
const QUERY =
  '?race=momentum~momentum:0.5,nesterov,rmsprop~centered:true~useEma:true~gradientAccumulationSteps:2,nadam~beta1:0.8~learningRate:0.002&seed=7&limit=1999&epochs=2&batchSize=4&activation=gelu';
const STEPS = 1000;
/** A racer in an export of JSON, as far as it is looked at. */
interface Run {
  readonly optimizer: string;
  readonly digest: string;
  readonly epochs: readonly Readonly<Record<string, number>>[];
  readonly curve: readonly { readonly step: number }[];
}
/** Convolutional networks, and optimizers of the full core: one of a single pass over the weights, one of several. */
const CNN = '?model=cnn&race=lion,lamb~beta1:0.8&seed=7&limit=500&epochs=2&batchSize=25&hidden=16';
const LONG = '?race=sgd,adam&epochs=900&limit=500&hidden=32';

let built: Built;
let server: Server;
/** Whether the server has Fashion-MNIST. */
let missing = false;
/** Digests that the page takes for Node's. */
let known: Record<string, string> = {};
/** Where browsers put what they download. */
let downloads = '';

beforeAll(async () => {
  downloads = await mkdtemp(path.join(os.tmpdir(), 'simdescent-downloads-'));
  built = await buildPage();
  const { facts } = built;
  server = await servePage(built, (where, response) => {
    if (missing && where.includes('/fashion-mnist/')) {
      response.writeHead(404).end();
      return true;
    }
    if (!where.endsWith('/data/facts.json')) return false;
    response.end(JSON.stringify({ ...facts, digests: { ...facts.digests, ...known } }));
    return true;
  });
});
afterAll(async () => {
  await server?.close();
  await rm(downloads, { recursive: true, force: true });
});

/** What the button with this id gives the user to keep. */
async function downloaded(page: Page, id: string, folder: string): Promise<Buffer> {
  await page.click(`#${id}`);
  const file = path.join(folder, `race.${id}`);
  return vi.waitFor(
    async () => {
      const content = await readFile(file);
      expect(content.length).toBeGreaterThan(100);
      return content;
    },
    { timeout: PATIENCE, interval: 100 },
  );
}

/** Runs in a page: where the ink of a picture of three charts begins and ends, in the middle of each. */
async function inkOf(url: string) {
  const bitmap = await createImageBitmap(await (await fetch(url)).blob());
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  if (!context) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const pixel = (x: number, y: number) => data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3).join();
  const charts = [0.25, 0.55, 0.85].map((part) => {
    const [from, to] = [Math.floor((part - 0.08) * height), Math.floor((part + 0.08) * height)];
    const inked = (x: number) => {
      for (let y = from; y < to; y++) if (pixel(x, y) !== pixel(0, 0)) return true;
      return false;
    };
    const columns = Array.from({ length: width }, (_, x) => x).filter(inked);
    return { left: columns[0] ?? width, right: columns.at(-1) ?? 0 };
  });
  return { width, charts };
}

const address = (query = ''): string => addressOf(server, query);

describe.each(browserNames)('the page in %s', (name) => {
  describe.skipIf(isSkipped(name))('', () => {
    let browser: Browser;
    /** A page that remembers nothing of those before: no cache, no service worker. */
    const freshPage = async () =>
      (
        await browser.createBrowserContext(
          name === 'chromium'
            ? { downloadBehavior: { policy: 'allow', downloadPath: path.join(downloads, name) } }
            : {},
        )
      ).newPage();
    beforeAll(async () => {
      const folder = path.join(downloads, name);
      await mkdir(folder);
      const preferences = { 'browser.download.folderList': 2, 'browser.download.dir': folder };
      browser = await launch(name, { preferences });
    });
    afterAll(() => browser?.close());

    test('races to the end with the bits of Node, paused, stepped and gone on with by clicking', async () => {
      const page = await freshPage();
      await measureGaps(page);
      await page.setViewport({ width: 1280, height: 900 });
      await atStep(page, 10, 'pause');
      const { errors } = await openPage(browser, address(QUERY), page);
      await untilState(page, 'Paused');
      const paused = await stepsOf(page);
      expect(new Set(paused).size).toBe(1);
      await page.click('#step');
      await untilStep(page, (paused[0] ?? 0) + 1);
      await untilState(page, 'Paused');
      expect(await stepsOf(page)).toEqual(paused.map((step) => step + 1));
      await page.click('#play');
      await untilState(page, 'Finished');
      console.log(`${name}, ${await gapsOf(page)}`);
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

      await screenshot(page, `finished-${name}`);
      await checkExports(page, digests);
      expect(errors).toEqual([]);
      await page.close();
    });

    /** The curves of the race as files: what the page shows, number for number. */
    async function checkExports(page: Page, digests: Readonly<Record<string, string>>): Promise<void> {
      const folder = path.join(downloads, name);
      const [head, ...lines] = (await downloaded(page, 'csv', folder)).toString().trimEnd().split('\n');
      expect(head).toBe('optimizer,epoch,step,seconds,loss,accuracy,val_loss,val_accuracy');
      const racers = Object.keys(digests);
      const rows = lines.map((line) => line.split(','));
      expect(rows.map(([racer, epoch, step]) => [racer, Number(epoch), Number(step)])).toEqual(
        racers.flatMap((racer) => [0, 1, 2].map((epoch) => [racer, epoch, (STEPS / 2) * epoch])),
      );
      const { settings, runs } = JSON.parse((await downloaded(page, 'json', folder)).toString());
      expect(settings).toEqual(fromQuery(QUERY).settings);
      expect(Object.fromEntries(runs.map((run: Run) => [run.optimizer, run.digest]))).toEqual(digests);
      const shown = await allTexts(page, '.standings tbody td:nth-child(6)');
      for (const [i, { optimizer, epochs, curve }] of (runs as Run[]).entries()) {
        const last = rows
          .findLast(([racer]) => racer === optimizer)
          ?.slice(3)
          .map(Number);
        const { seconds, loss, accuracy, val_loss, val_accuracy } = epochs.at(-1) ?? {};
        expect(last).toEqual([seconds, loss, accuracy, val_loss, val_accuracy]);
        expect(val_loss?.toFixed(4)).toBe(shown[i]);
        expect(curve.at(-1)?.step).toBe(STEPS);
      }
      const png = await downloaded(page, 'png', folder);
      expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
      // each chart reaches from edge to edge, whatever the window
      const bands = await page.evaluate(inkOf, `data:image/png;base64,${png.toString('base64')}`);
      expect(bands.width).toBe(960);
      for (const { left, right } of bands.charts) {
        expect(left).toBeLessThan(70);
        expect(right).toBeGreaterThan(900);
      }
      await writeFile(path.join(SCREENSHOTS, `export-${name}.png`), png);
    }

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
      expect(await page.$eval('.filters canvas', ({ width, height }) => [width, height])).toEqual([28, 28]);
      await screenshot(page, `phone-${name}`);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('races convolutional networks to the bits of Node, and shows their filters', async () => {
      const page = await freshPage();
      await measureGaps(page);
      await page.setViewport({ width: 1280, height: 900 });
      const { errors } = await openPage(browser, address(CNN), page);
      await page.waitForSelector('.inside:not([hidden])');
      await page.$eval('.inside', (element) => element.scrollIntoView());
      // while they form
      await page.waitForSelector('.filters canvas');
      await untilState(page, 'Finished');
      console.log(`${name}, convolutional, ${await gapsOf(page)}`);
      expect(await textOf(page, '.settings')).toContain('784–conv32–conv64–16–10');
      const lines = (await textOf(page, '#commands')).split(/(?= simdescent )/).map((line) => line.trim());
      for (const line of lines) expect(line).toContain('--model cnn --hidden 16');
      expect(await digestsOf(page)).toEqual(await runLines(lines));

      const steps = (await stepsOf(page)).at(-1);
      await page.waitForFunction(
        (wanted) => document.querySelector('.filters + p')?.textContent?.includes(wanted),
        {},
        `after ${steps} steps`,
      );
      const pictures = await page.$$eval('.filters canvas', (canvases) =>
        canvases.map((canvas) => ({
          says: canvas.getAttribute('aria-label'),
          size: [canvas.width, canvas.height],
          shades: [...(canvas.getContext('2d')?.getImageData(0, 0, 3, 3).data ?? [])].filter((_, i) => i % 4 === 0),
        })),
      );
      expect(pictures).toHaveLength(32);
      for (const [i, { says, size }] of pictures.entries()) {
        expect(says).toMatch(new RegExp(`^Filter ${i + 1}: −?0\\.\\d\\d to −?0\\.\\d\\d$`));
        expect(size).toEqual([3, 3]);
      }
      // one scale for all: the largest weight is white, or black if it is negative
      const shades = pictures.flatMap((one) => one.shades);
      expect(shades).toHaveLength(32 * 9);
      expect(Math.min(...shades) === 0 || Math.max(...shades) === 255).toBe(true);
      expect(await page.$$eval('.layers tbody tr', (rows) => rows.length)).toBe(4);
      await screenshot(page, `cnn-${name}`);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('shows the numbers of one weight while it races, stops, and goes back to the start', async () => {
      const page = await freshPage();
      await page.setViewport({ width: 1280, height: 900 });
      const { errors } = await openPage(browser, address(LONG), page);
      await page.waitForSelector('.inside:not([hidden])');
      await page.$eval('.inside', (element) => element.scrollIntoView());
      await page.waitForFunction(() => document.querySelectorAll('dl.numbers dd').length === 6);
      expect(await allTexts(page, 'dl.numbers dt')).toEqual(['g', 'm', 'v', 'step', 'w before', 'w after']);

      await page.click('#stop');
      await untilState(page, 'Stopped');
      expect(Object.values(await digestsOf(page)).every((digest) => /^[0-9a-f]{64}$/.test(digest))).toBe(true);
      await page.click('#reset');
      await untilState(page, 'Ready');
      expect(await stepsOf(page)).toEqual([0, 0]);

      // nothing begins while a field is wrong, until it is mended or set by a button
      await page.click('#limit', { count: 3 });
      await page.keyboard.type('many');
      for (const button of ['#play', '#step']) {
        await page.click(button);
        expect(await textOf(page, '.notices')).toContain('a setting is wrong');
        expect(await page.$eval('#limit', (input) => input === document.activeElement)).toBe(true);
      }
      expect(await stepsOf(page)).toEqual([0, 0]);
      await page.click('[aria-label="Numbers of training images"] button:nth-child(2)');
      await page.waitForFunction(() => !document.querySelector('#limit')?.hasAttribute('aria-invalid'));
      await page.click('#play');
      await untilStep(page, 5);
      expect(await textOf(page, '.notices')).toBe('');
      expect(errors).toEqual([]);
      await page.close();
    });

    test('says that the images are missing, tries again, and then works without a network', async () => {
      missing = true;
      const page = await freshPage();
      const { errors } = await openPage(browser, address('?race=sgd&limit=3000&epochs=1'), page);
      await page.click('#play');
      await page.waitForSelector('.transport [role=alert]:not([hidden])');
      for (const part of ['.transport', '.images']) expect(await textOf(page, `${part} .bad`)).toContain('HTTP 404');
      expect(await textOf(page, '#get-images')).toBe('Try again');
      await screenshot(page, `missing-${name}`);
      missing = false;
      // what was not there, and nothing else
      expect(errors.filter((error) => !/404|labels-idx1/.test(error))).toEqual([]);
      await page.$eval('.settings', (fold) => fold.setAttribute('open', ''));
      await page.click('#get-images');
      await untilState(page, 'Ready');
      await page.click('#play');
      await untilState(page, 'Finished');
      const [digest] = Object.values(await digestsOf(page));

      await untilKept(page);
      const asked = server.asked.length;
      await page.reload();
      await untilState(page, 'Finished');
      expect(await textOf(page, '.notices')).toContain('had finished before the page was reloaded');
      await clickToRace(page, '#play');
      await untilState(page, 'Finished');
      expect(Object.values(await digestsOf(page))).toEqual([digest]);
      expect(server.asked.slice(asked).filter((where) => !where.endsWith('sw.js'))).toEqual([]);
      await page.close();
    });

    test('takes the four files when they are dropped on it', async () => {
      missing = true;
      const page = await freshPage();
      await openPage(browser, address('?race=adam&limit=2500&epochs=1&hidden=none'), page);
      await page.waitForSelector('#get-images');
      await page.evaluate(async (names) => {
        const dropped = new DataTransfer();
        for (const name of names) {
          const bytes = await (await fetch(new URL(`/files/${name}`, location.href))).blob();
          dropped.items.add(new File([bytes], name, { type: 'application/gzip' }));
        }
        const event = { dataTransfer: dropped, bubbles: true, cancelable: true };
        document.body.dispatchEvent(new DragEvent('dragover', event));
        if (!document.querySelector('.drop.over')) throw new Error('nothing shows that files can be dropped');
        document.body.dispatchEvent(new DragEvent('drop', event));
      }, FILE_NAMES);
      await untilState(page, 'Ready');
      await page.click('#play');
      await untilState(page, 'Finished');
      expect(await textOf(page, '.images')).toContain('60,000 training and 10,000 test images are loaded');
      missing = false;
      await page.close();
    });
  });
});

describe.skipIf(isSkipped('chromium'))('files that are chosen', () => {
  test('take the place of a download', async () => {
    const browser = await launch('chromium');
    try {
      const page = await browser.newPage();
      missing = true;
      await openPage(browser, address('?race=adam&limit=2500&epochs=1&hidden=none'), page);
      const input = await page.waitForSelector('input#files');
      await input?.uploadFile(...FILE_NAMES.map((one) => path.join(built.folder, 'fashion-mnist', one)));
      await untilState(page, 'Ready');
      await page.click('#play');
      await untilState(page, 'Finished');
    } finally {
      missing = false;
      await browser.close();
    }
  });
});

describe('the weight of the pages', () => {
  /** Sizes of all scripts that are reached from some files: those that `names` finds in them, and so on. */
  const reached = async (files: readonly string[], names: (file: string, content: string) => boolean) => {
    const assets = (await readdir(path.join(built.folder, 'assets'))).filter((name) => name.endsWith('.js'));
    const sizes = new Map<string, number>();
    const follow = async (file: string): Promise<void> => {
      const content = await readFile(path.join(built.folder, file));
      if (file.endsWith('.js')) sizes.set(file, gzipSync(content).length);
      for (const name of assets)
        if (!sizes.has(`assets/${name}`) && names(name, content.toString())) await follow(`assets/${name}`);
    };
    for (const file of files) await follow(file);
    return { files: [...sizes.keys()], bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
  };

  test('all JavaScript of both, workers and what is loaded later included, stays below 160 kB of gzip', async () => {
    const all = await reached(['index.html', 'descent.html'], (name, content) => content.includes(name));
    const cores = (await readdir(path.join(built.folder, 'assets'))).filter((name) => name.endsWith('.wasm'));
    expect(cores).toHaveLength(1);
    const core = gzipSync(await readFile(path.join(built.folder, 'assets', cores[0] ?? ''))).length;
    console.log(`JavaScript of both pages: ${all.bytes} bytes of gzip, and the core as a file: ${core}`);
    expect(all.files.length).toBeGreaterThan(8);
    expect(all.bytes).toBeLessThan(160_000);
  });

  test.each([
    ['index.html', 35_000],
    ['descent.html', 70_000],
  ])('%s starts with less than %i bytes of scripts', async (page, most) => {
    const imported = (name: string, content: string) =>
      new RegExp(`(?:from|import|src=|href=)\\s*"(?:\\./|\\./assets/)${name.replaceAll('.', '\\.')}"`).test(content);
    const first = await reached([page], imported);
    expect(first.files.length).toBeGreaterThan(1);
    expect(first.bytes).toBeLessThan(most);
  });
});
