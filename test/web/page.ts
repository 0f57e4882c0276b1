/** The built page under a sub-path of a static server without any special header, and what a person does with it. */
import { existsSync, mkdirSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';
import type { Page } from 'puppeteer-core';
import type { Facts } from '../../web/data/facts.ts';
import { type Server, type Serving, serve } from '../browsers/server.ts';
import { run } from '../child.ts';
import { newest } from '../cli/run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const SCREENSHOTS = path.join(root, 'test/web/screenshots');

/** The page that has been built, and the folder it is in. */
export interface Built {
  readonly folder: string;
  /** What was computed when it was built. */
  readonly facts: Facts;
}

const FOLDER = path.join(root, 'build/web');
const FACTS = 'data/facts.json';
/** What builds write beside the sources does not count. */
const isSource = (file: string): boolean => !/[\\/]web[\\/](public|dist)[\\/]/.test(file);

/**
 * `npm run build:web` into a folder of the tests, with the core that is there, unless that has been done since the sources were written; in a
 * process of its own, because Vitest's would not build for production. Tests only read it, and no page that others may read is replaced: of two that
 * build at the same time one is late, and takes what is there.
 */
export async function buildPage(): Promise<Built> {
  const written = Math.max(newest(path.join(root, 'src')), newest(path.join(root, 'web'), isSource));
  const folder = path.join(FOLDER, String(Math.floor(written)));
  if (!existsSync(folder)) {
    const own = path.join(FOLDER, `${process.pid}-${threadId}`);
    const vite = path.join(root, 'node_modules/vite/bin/vite.js');
    const env = { ...process.env, NODE_ENV: 'production' };
    await run('node', [vite, 'build', path.join(root, 'web'), '--outDir', own, '--emptyOutDir'], { env });
    await rename(own, folder).catch(async (error: Error) => {
      if (!existsSync(folder)) throw error;
      await rm(own, { recursive: true });
    });
    // those of older sources
    for (const name of await readdir(FOLDER))
      if (/^\d+$/.test(name) && name < path.basename(folder))
        await rm(path.join(FOLDER, name), { recursive: true, force: true });
  }
  return { folder, facts: JSON.parse(await readFile(path.join(folder, FACTS), 'utf8')) };
}

/** The page under `/some/where/`, and its Fashion-MNIST once more under `/files/`. */
export const servePage = ({ folder }: Built, answer?: Serving['answer']): Promise<Server> =>
  serve({ folders: { '/some/where/': folder, '/files/': `${folder}/fashion-mnist` }, ...(answer && { answer }) });

export const addressOf = ({ origin }: Server, query = ''): string => `${origin}/some/where/${query}`;

/** The files of Fashion-MNIST, as they are served. */
export const FILE_NAMES = ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'].map(
  (name) => `${name}-ubyte.gz`,
);

interface Ended {
  readonly optimizer: string;
  readonly digest: string;
}

/** Command lines that have been run, which give the same for each browser. */
const ended = new Map<string, Promise<readonly Ended[]>>();

async function runLine(line: string): Promise<readonly Ended[]> {
  const [program, ...args] = line.split(' ');
  if (program !== 'simdescent') throw new Error(`not a command line of simdescent: ${line}`);
  const { stdout } = await run('node', ['dist/cli.js', ...args, '--json'], { cwd: root });
  const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return last.runs ?? [last];
}

/** Runs command lines of the page with this checkout's program; the digest of each optimizer. */
export async function runLines(lines: readonly string[]): Promise<Record<string, string>> {
  for (const line of lines) if (!ended.has(line)) ended.set(line, runLine(line));
  const all = (await Promise.all(lines.map((line) => ended.get(line)))).flatMap((runs) => runs ?? []);
  return Object.fromEntries(all.map(({ optimizer, digest }) => [optimizer, digest]));
}

/** What the element shows, without runs of white space. */
export const textOf = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (element) => (element.textContent ?? '').replace(/\s+/g, ' ').trim());

export const allTexts = (page: Page, selector: string): Promise<string[]> =>
  page.$$eval(selector, (elements) => elements.map((element) => (element.textContent ?? '').trim()));

/** Waits until the race says so, and all parts of the page agree; while it moves they need not. */
export async function untilState(page: Page, state: string): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      document.querySelector('#state')?.textContent?.startsWith(wanted) &&
      (wanted === 'Racing' || document.body.dataset.stale === 'false'),
    // a race may be over sooner than anybody looks again
    { polling: state === 'Racing' ? 'mutation' : 50 },
    state,
  );
}

/** Presses a button and sees the race begin, however soon it is over: the page is watched before. */
export const clickToRace = (page: Page, button: string): Promise<unknown> =>
  Promise.all([untilState(page, 'Racing'), page.click(button)]);

/**
 * Has the document that `page` opens next, or the one behind it, press Pause, or lose the worker that it has started last, as soon as its race has
 * come to `step`: from here a race may be over before anybody hears that it has begun.
 */
export async function atStep(page: Page, step: number, deed: 'pause' | 'lose a worker', opened = 1): Promise<void> {
  await page.evaluateOnNewDocument(
    (wanted, what, which) => {
      sessionStorage.documents = Number(sessionStorage.documents ?? 0) + 1;
      if (Number(sessionStorage.documents) !== which) return;
      let last: Worker | undefined;
      if (what === 'lose a worker')
        globalThis.Worker = class extends Worker {
          constructor(...args: ConstructorParameters<typeof Worker>) {
            super(...args);
            last = this;
          }
        };
      const watcher = new MutationObserver(() => {
        const [, at = '0'] = document.querySelector('#numbers')?.textContent?.match(/step ([\d,]+)/) ?? [];
        const races = document.querySelector('#state')?.textContent?.startsWith('Racing');
        if (!races || Number(at.replace(',', '')) < wanted) return;
        watcher.disconnect();
        if (what === 'pause') document.querySelector<HTMLElement>('#play')?.click();
        else last?.terminate();
      });
      watcher.observe(document, { subtree: true, childList: true, characterData: true });
    },
    step,
    deed,
    opened,
  );
}

export async function untilStep(page: Page, step: number): Promise<void> {
  const there = (wanted: number) => {
    const [, at = '0'] = document.querySelector('#numbers')?.textContent?.match(/step ([\d,]+)/) ?? [];
    return Number(at.replace(',', '')) >= wanted;
  };
  await page.waitForFunction(there, { polling: 20 }, step);
}

/** A number for each racer from the table of standings. */
export const stepsOf = async (page: Page): Promise<number[]> =>
  (await allTexts(page, '.standings tbody td:nth-child(3)')).map((text) => Number(text.replace(',', '')));

/** Final digests by optimizer, as the page shows them. */
export const digestsOf = (page: Page): Promise<Record<string, string>> =>
  page.$$eval('#finals code', (codes) =>
    Object.fromEntries(codes.map((code) => [code.getAttribute('data-racer') ?? '', code.textContent ?? ''])),
  );

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
}

declare global {
  /** Gaps by what the page said at the time, in milliseconds. */
  var gaps: Record<string, number[]>;
}

const TICK = 4;

/**
 * Measures, in all that `page` opens from now on, for how long its thread could not answer: the time between two messages that it sends
 * itself, {@link TICK} ms apart. Works in every browser, and counts what other programs take from this one as well.
 */
export const measureGaps = (page: Page) =>
  page.evaluateOnNewDocument((tick) => {
    const channel = new MessageChannel();
    let before = performance.now();
    globalThis.gaps = {};
    channel.port1.onmessage = () => {
      const now = performance.now();
      const state = document.querySelector('#state')?.textContent?.match(/^\w+/)?.[0] ?? 'Opening';
      globalThis.gaps[state] ??= [];
      globalThis.gaps[state].push(now - before - tick);
      before = now;
      setTimeout(() => channel.port2.postMessage(0), tick);
    };
    channel.port2.postMessage(0);
  }, TICK);

/** What {@link measureGaps} has found, in words. */
export async function gapsOf(page: Page): Promise<string> {
  const gaps = await page.evaluate(() => globalThis.gaps);
  const phases = Object.entries(gaps).map(([state, all]) => {
    const sorted = all.toSorted((a, b) => b - a);
    const [longest = 0, late = 0] = [sorted[0], sorted[Math.floor(sorted.length / 100)]];
    return `${state}: ${longest.toFixed(0)} ms, in 99 of 100 cases ${late.toFixed(0)} ms`;
  });
  return `longest time without an answer: ${phases.join('; ')}`;
}

/** What cannot be read without scrolling sideways: texts that are cut off, and what hangs over an edge. Wide tables may scroll by themselves. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const scrolls = '.chart .scroll, .scroll:has(.layers, .confusion)';
    const found = [...document.querySelectorAll('body *')].filter((element) => {
      if (!element.checkVisibility() || element.matches('input, option')) return false;
      if (element.closest(`.skip, .hidden, thead, .u-wrap, ${scrolls}`)) return false;
      const { left, right } = element.getBoundingClientRect();
      const isText = [...element.childNodes].some(({ nodeType, nodeValue }) => nodeType === 3 && nodeValue?.trim());
      const full = isText || getComputedStyle(element).overflowX !== 'visible';
      const within = element.clientWidth === 0 || element.scrollWidth <= element.clientWidth + 1;
      return left < -1 || right > innerWidth + 1 || (full && !within);
    });
    return found.map(({ outerHTML }) => outerHTML.slice(0, 120));
  });

/** Makes all text twice as large, and leaves everything else. */
export const doubleText = (page: Page) => page.addStyleTag({ content: 'html { font-size: 200% !important; }' });

/**
 * Waits until the page's service worker answers for it, with all files of the page kept. `navigator.serviceWorker.ready` tells of a worker that
 * is still to be activated, past which a page that Firefox loads again on a busy machine gets some files from the server.
 */
export const untilKept = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated', { polling: 50 });
