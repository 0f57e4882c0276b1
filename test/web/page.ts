/** The built page under a sub-path of a static server without any special header, and what a person does with it. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'puppeteer-core';
import { type Server, type Serving, serve } from '../browsers/server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const DIST = path.join(root, 'web/dist');
const SCREENSHOTS = path.join(root, 'test/web/screenshots');

/** `npm run build:web`, with the core that is there; a process of its own, because Vitest's would not build for production. */
export async function buildPage(): Promise<void> {
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)('node', [vite, 'build', path.join(root, 'web')], { env });
}

export const servePage = (answer?: Serving['answer']): Promise<Server> =>
  serve({ folders: { '/some/where/': DIST }, ...(answer && { answer }) });

/** What the element shows, without runs of white space. */
export const textOf = (page: Page, selector: string): Promise<string> =>
  page.$eval(selector, (element) => (element.textContent ?? '').replace(/\s+/g, ' ').trim());

export const allTexts = (page: Page, selector: string): Promise<string[]> =>
  page.$$eval(selector, (elements) => elements.map((element) => (element.textContent ?? '').trim()));

/** Waits until the race says so. */
export async function untilState(page: Page, state: string, timeout = 120_000): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelector('#state')?.textContent?.startsWith(wanted),
    { timeout, polling: 50 },
    state,
  );
}

export async function untilStep(page: Page, step: number): Promise<void> {
  const there = (wanted: number) => {
    const [, at = '0'] = document.querySelector('#numbers')?.textContent?.match(/step ([\d,]+)/) ?? [];
    return Number(at.replace(',', '')) >= wanted;
  };
  await page.waitForFunction(there, { timeout: 120_000, polling: 20 }, step);
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

/**
 * Measures from the beginning of the page how long its thread was busy at a stretch: the longest time between two messages that it
 * sends itself. Works in every browser, and counts what other programs take from this one as well.
 */
export function measureTasks(): void {
  const channel = new MessageChannel();
  let before = performance.now();
  const measured = { longest: 0 };
  Object.assign(globalThis, { measured });
  channel.port1.onmessage = () => {
    const now = performance.now();
    measured.longest = Math.max(measured.longest, now - before);
    setTimeout(() => {
      before = performance.now();
      channel.port2.postMessage(0);
    }, 5);
  };
  channel.port2.postMessage(0);
}
