/** The page that people lend, from the built package, as a sweep serves it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadFashionMnist } from '../../src/datasets/index.ts';
import { axeIn, inWords } from '../browsers/axe.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { isSkipped } from '../browsers/install.ts';
import { built } from '../cli/run.ts';
import { endAll, hold, linkOf, start } from '../sweep/program.ts';
import { allTexts, screenshot, textOf } from './page.ts';

const SPEC = [
  ...['--optimizers', 'sgd,nadam', '--learning-rates', '1e-3..1e-1:log', '--limit', '400', '--hidden', '16'],
  ...['--search', 'halving', '--trials', '16', '--epochs', '4', '--factor', '2', '--json'],
];

let folder = '';
let browser: Browser;
beforeAll(async () => {
  built();
  await loadFashionMnist();
  folder = await mkdtemp(join(tmpdir(), 'simdescent-lent-'));
  if (!isSkipped('chromium')) browser = await launch('chromium');
});
afterEach(endAll);
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

const untilState = (page: Page, state: string) =>
  page.waitForFunction(
    (wanted) => document.querySelector('#state')?.textContent?.startsWith(wanted),
    { polling: 'mutation' },
    state,
  );

/** A page of its own session, so that nothing is cached. */
async function opened(link: string, width = 1280, dark = false) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
  return openPage(browser, link, page);
}

describe.skipIf(isSkipped('chromium'))('a lent tab', () => {
  it('computes what one process would, while others are closed in the middle', async () => {
    const alone = start(['sweep', ...SPEC, '--workers', '1', '--out', join(folder, 'alone')]);
    expect(await alone.done).toBe(0);
    const out = join(folder, 'served');
    const env = { SIMDESCENT_TOKEN: 'token-of-this-test' };
    const args = ['sweep', ...SPEC, '--serve', '0', '--workers', '1', '--out', out];
    const sweep = start(args, undefined, env);
    const link = await linkOf(sweep);
    expect(link).toContain('#token=token-of-this-test');
    // until the tab has computed something
    const goOn = await hold(sweep);
    const closed = await opened(link, 360, true);
    await closed.page.click('#switch');
    await closed.page.waitForSelector('#now:not([hidden])');
    await closed.page.close();
    const { page, errors } = await opened(link);
    await page.focus('#switch');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.done tbody tr');
    goOn();
    await untilState(page, 'The sweep has ended');
    expect(await sweep.done).toBe(0);
    expect(sweep.last()).toMatchObject({ digest: alone.last().digest, best: alone.last().best });
    // what it says it did is in the result
    const { trials } = JSON.parse(await readFile(join(out, 'sweep.json'), 'utf8'));
    const shown = await allTexts(page, '.done tbody th');
    const own = trials.filter(({ worker }: { worker: string }) => worker.startsWith('page-')).length;
    expect(own).toBeGreaterThan(0);
    expect(shown.length).toBeGreaterThan(0);
    expect(await textOf(page, '#switch')).toBe('Start');
    expect(errors).toEqual([]);
    await screenshot(page, 'volunteer-end');
  });

  it.each([
    [1280, false],
    [360, true],
  ])('is usable at %i px, dark: %s', async (width, dark) => {
    const out = join(folder, `${width}`);
    // more than the tab computes before it is stopped
    const more = ['--trials', '200', '--epochs', '64'];
    const sweep = start(['sweep', ...SPEC, ...more, '--serve', '0', '--workers', '1', '--out', out]);
    const link = await linkOf(sweep);
    await hold(sweep);
    const { page, errors } = await opened(link, width, dark);
    expect(inWords((await axeIn(page, 'body')).violations)).toEqual([]);
    await screenshot(page, `volunteer-${width}-idle`);
    await page.click('#switch');
    await page.waitForSelector('.done tbody tr');
    await page.waitForSelector('#now:not([hidden])');
    expect(inWords((await axeIn(page, 'body')).violations)).toEqual([]);
    await screenshot(page, `volunteer-${width}-computing`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBe(0);
    const hidden = await page.$eval('.done .scroll', (table) => table.scrollWidth - table.clientWidth);
    expect(hidden).toBe(0);
    await page.click('#switch');
    await untilState(page, 'Stopped');
    expect(await textOf(page, '#switch')).toBe('Start');
    expect(errors).toEqual([]);
    // the sweep goes away while it waits
    await page.click('#switch');
    await untilState(page, 'Epoch');
    sweep.child.kill('SIGKILL');
    await page.waitForSelector('#problem:not([hidden])');
    expect(await textOf(page, '#problem')).toContain('does not answer');
    await screenshot(page, `volunteer-${width}-away`);
  });

  it('says what is wrong with its link', async () => {
    const sweep = start(['sweep', ...SPEC, '--serve', '0', '--workers', '1', '--out', join(folder, 'wrong')]);
    const link = await linkOf(sweep);
    await hold(sweep);
    const { page } = await opened(link.replace(/#.*/, ''));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.click('#switch');
    await page.waitForSelector('#problem:not([hidden])');
    expect(await textOf(page, '#problem')).toContain('#token=');
    await page.goto('about:blank');
    await page.goto(link.replace(/#.*/, '#token=0123456789abcdef'));
    await page.click('#switch');
    await page.waitForSelector('#problem:not([hidden])');
    expect(await textOf(page, '#problem')).toContain('token');
    // it learns that before it downloads the images
    expect(asked.some((url) => url.includes('/trials/join'))).toBe(true);
    expect(asked.filter((url) => url.includes('fashion-mnist'))).toEqual([]);
    expect(await textOf(page, '#switch')).toBe('Start');
  });
});
