/** Real browsers for tests: Chromium and Firefox with a fresh profile each, and pages whose errors are collected. */
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { type BrowserName, browserPath } from './install.ts';

/** Nothing of what a browser does for itself, and no sandbox where root would not get one. */
const FLAGS: Readonly<Record<BrowserName, readonly string[]>> = {
  chromium: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
  firefox: [],
};

/** Milliseconds for which tests wait for a browser and anything in a page: what only comes late on a busy machine is no failure, and 30 s were not enough. */
export const PATIENCE = 240_000;

export interface LaunchOptions {
  /** More flags of the command line. */
  readonly args?: readonly string[];
  /** Preferences of Firefox, as in about:config. */
  readonly preferences?: Readonly<Record<string, unknown>>;
  /** Unpacked extensions, in Chromium. */
  readonly extensions?: readonly string[];
}

/** Starts a browser, headless, with a profile that goes when it is closed. */
export async function launch(name: BrowserName, options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = browserPath(name);
  if (executablePath === undefined) throw new Error(`${name} is not installed`);
  return puppeteer.launch({
    browser: name === 'chromium' ? 'chrome' : 'firefox',
    executablePath,
    headless: true,
    args: [...FLAGS[name], ...(options.args ?? [])],
    extraPrefsFirefox: { ...options.preferences },
    ...(options.extensions && { enableExtensions: [...options.extensions], pipe: true }),
    timeout: PATIENCE,
    protocolTimeout: 300_000,
  });
}

/**
 * Of requests that the page itself gave up: its worker ended, another page was opened. Browsers also say so of bodies that a worker read to their
 * end. Nothing of this is a fault, and whether it occurs depends on the clock.
 */
const GIVEN_UP = /^(net::ERR_ABORTED|NS_BINDING_ABORTED|NS_BASE_STREAM_CLOSED)$/;

export interface OpenPage {
  readonly page: Page;
  /** What went wrong so far, in words: errors on the console, uncaught ones, requests that failed without being given up. A test expects none. */
  readonly errors: readonly string[];
}

/** A page of `browser` at `url`: a new one, or `given`, prepared by the caller. Errors are collected from the beginning. */
export async function openPage(browser: Browser, url: string, given?: Page): Promise<OpenPage> {
  const page = given ?? (await browser.newPage());
  page.setDefaultTimeout(PATIENCE);
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => {
    errors.push(`uncaught: ${error instanceof Error ? error.message : String(error)}`);
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    if (!GIVEN_UP.test(reason)) errors.push(`request: ${request.url()} ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) errors.push(`response: ${response.url()} ${response.status()}`);
  });
  await page.goto(url);
  return { page, errors };
}
