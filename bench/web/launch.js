// Browsers for benchmarks, each with a fresh profile and without background work. Paths: $CHROMIUM and $FIREFOX, or Debian's.
import puppeteer from 'puppeteer-core';

const PATHS = {
  chromium: process.env.CHROMIUM ?? '/usr/bin/chromium',
  firefox: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
};
const FLAGS = ['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'];

export function launch(name, executablePath = PATHS[name]) {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return puppeteer.launch({
    browser: name === 'chromium' ? 'chrome' : name,
    executablePath,
    args: name === 'chromium' ? [...sandbox, ...FLAGS] : [],
    protocolTimeout: 600_000,
  });
}
