/**
 * Which browsers are on this machine. Before the first test, Vitest calls the default function: what is missing and needed is installed
 * where that can be done (root on Debian or Ubuntu), else the tests that need it are skipped, and in CI (`CI=true`) the run fails.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { runSync } from '../child.ts';
import { runs } from '../run.ts';

export const browserNames = ['chromium', 'firefox'] as const;
export type BrowserName = (typeof browserNames)[number];

/** Commands to look for, and the packages that bring them. */
const browsers: Readonly<Record<BrowserName, { commands: readonly string[]; package: string; variable: string }>> = {
  chromium: {
    commands: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
    package: 'chromium',
    variable: 'CHROMIUM',
  },
  firefox: { commands: ['firefox-esr', 'firefox'], package: 'firefox-esr', variable: 'FIREFOX' },
};

/** The path of the browser's program: `$CHROMIUM` or `$FIREFOX`, else the first that stands in `$PATH`. */
export function browserPath(name: BrowserName): string | undefined {
  const { commands, variable } = browsers[name];
  const chosen = process.env[variable];
  if (chosen) return chosen;
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return commands.flatMap((command) => folders.map((folder) => path.join(folder, command))).find(isProgram);
}

/** WebKitGTK's browser, what drives it, and a display to show it on. */
export function webkitPaths(): { browser: string; driver: string; display: string } | undefined {
  const libraries = ['x86_64', 'aarch64'].map((processor) => `/usr/lib/${processor}-linux-gnu`);
  const browser = ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0']
    .flatMap((version) => libraries.map((folder) => `${folder}/${version}/MiniBrowser`))
    .find(isProgram);
  const [driver, display] = ['/usr/bin/WebKitWebDriver', '/usr/bin/Xvfb'].map((file) =>
    isProgram(file) ? file : undefined,
  );
  return browser && driver && display ? { browser, driver, display } : undefined;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Every browser that tests need, WebKit included, which has tests of its own. */
const needed = [...browserNames, 'webkit'] as const;
type Needed = (typeof needed)[number];

const isMissing = (name: Needed): boolean => (name === 'webkit' ? webkitPaths() : browserPath(name)) === undefined;

const packagesOf = (name: Needed): readonly string[] =>
  name === 'webkit' ? ['webkit2gtk-driver', 'xvfb'] : [browsers[name].package];

/** Whether tests of this browser are skipped, which never happens in CI. */
export const isSkipped = (name: Needed): boolean => isMissing(name) && !process.env.CI;

function install(packages: readonly string[]): void {
  const apt = (...args: string[]) =>
    runSync('apt-get', args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 600_000,
    });
  console.log(`installing ${packages.join(' and ')}`);
  apt('-qq', 'update');
  apt('-qq', '-y', '--no-install-recommends', 'install', ...packages);
}

export default function setup(project: TestProject): void {
  if (!runs(project, 'browsers', 'engines', 'examples', 'package', 'site', 'web')) return;
  const missing = () => needed.filter(isMissing);
  if (missing().length === 0) return;
  const packages = missing().flatMap(packagesOf);
  const command = `apt-get install ${packages.join(' ')}`;
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    try {
      install(packages);
    } catch (error) {
      console.error((error as Error).message);
    }
  }
  const still = missing();
  if (still.length === 0) return;
  const variables = still.flatMap((name) => (name === 'webkit' ? [] : [browsers[name].variable])).join(', ');
  const what = `${still.join(' and ')} not found; install with: ${command}${variables && ` (or name the program in ${variables})`}`;
  if (process.env.CI) throw new Error(what);
  console.warn(`\n${what}\nTests that need ${still.join(' or ')} are skipped.\n`);
}
