/** The packed package on pages of real browsers: bundled, plain, in a worker, under a strict policy, in an extension. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as simdescent from '../../dist/index.js';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import { ISOLATED, serve } from '../browsers/server.ts';
import { sentBy } from '../browsers/unattended.ts';
import { train } from './project/train.js';
import { makeProject, type Project } from './project.ts';

let project: Project;
let reference: string;
const file = (name: string): string => join(project.folder, name);

beforeAll(async () => {
  project = makeProject();
  reference = await train(simdescent);
});
afterAll(() => project.remove());

/** The digest that the page at `url` shows, and what went wrong on it. */
async function shown(
  browser: Browser,
  url: string,
): Promise<{ digest: string | undefined; errors: readonly string[] }> {
  const { page, errors } = await openPage(browser, url);
  await page.waitForSelector('html[data-digest]');
  const digest = await page.evaluate(() => document.documentElement.dataset.digest);
  await page.close();
  return { digest, errors };
}

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";

describe.each(browserNames)('%s', (name) => {
  describe.skipIf(isSkipped(name))('trains to the same bits', () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch(name);
    });
    afterAll(() => browser?.close());

    test.each([
      ['on a plain page', 'plain', {}],
      ['on an isolated one', 'plain', ISOLATED],
      ['in a module worker', 'worker', {}],
      ['in a module worker of an isolated page', 'worker', ISOLATED],
    ])('%s', async (_, page, headers) => {
      // threads in a worker of Firefox have to be without WebDriver
      if (name === 'firefox' && page === 'worker' && headers === ISOLATED) {
        const serving = { folders: { '/': project.folder }, headers };
        return expect(await sentBy('/pages/unattended.html', serving)).toEqual({ result: reference });
      }
      await using server = await serve({ folders: { '/': project.folder }, headers });
      expect(await shown(browser, `${server.origin}/pages/${page}.html`)).toEqual({ digest: reference, errors: [] });
    });

    test('under a strict Content-Security-Policy', async () => {
      const headers = { 'Content-Security-Policy': POLICY };
      await using server = await serve({ folders: { '/': project.folder }, headers });
      const { digest } = await shown(browser, `${server.origin}/pages/strict.html`);
      expect(digest).toBe(reference);
    });

    test('under that policy on an isolated page, where threads are refused: on one', async () => {
      const headers = { 'Content-Security-Policy': POLICY, ...ISOLATED };
      await using server = await serve({ folders: { '/': project.folder }, headers });
      const { digest } = await shown(browser, `${server.origin}/pages/strict.html`);
      expect(digest).toBe(reference);
    });

    test('served by Vite while it is worked on', async () => {
      const { createServer } = await import('vite');
      const cacheDir = file(`vite-cache-${name}`);
      const options = { root: project.folder, configFile: false as const, logLevel: 'silent' as const, cacheDir };
      const server = await createServer({ ...options, server: { port: 0, host: '127.0.0.1', hmr: false, ws: false } });
      await server.listen();
      const [url = ''] = server.resolvedUrls?.local ?? [];
      expect((await shown(browser, url)).digest).toBe(reference);
      await server.close();
    });

    test('built by Vite, under a sub-path', async () => {
      const { build } = await import('vite');
      const outDir = file(`vite-${name}`);
      await build({ root: project.folder, configFile: false, logLevel: 'silent', base: './', build: { outDir } });
      await using server = await serve({ folders: { '/somewhere/': outDir } });
      expect(await shown(browser, `${server.origin}/somewhere/`)).toEqual({ digest: reference, errors: [] });
    });
  });
});

describe.skipIf(isSkipped('chromium'))('an unpacked extension (Manifest V3) in Chromium', () => {
  test('trains to the same bits', async () => {
    const extension = file('extension');
    cpSync(file('node_modules/simdescent/dist'), join(extension, 'node_modules/simdescent/dist'), { recursive: true });
    cpSync(file('pages'), join(extension, 'pages'), { recursive: true });
    cpSync(file('train.js'), join(extension, 'train.js'));
    const browser = await launch('chromium', { extensions: [extension] });
    try {
      const background = await browser.waitForTarget((target) => target.type() === 'service_worker');
      const { origin } = new URL(background.url());
      const address = `chrome-extension://${new URL(background.url()).host}/page.html`;
      expect(origin === 'null' || address.startsWith(origin)).toBe(true);
      expect((await shown(browser, address)).digest).toBe(reference);
    } finally {
      await browser.close();
    }
  });
});
