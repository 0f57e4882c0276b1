/**
 * Firefox as a person starts it, without WebDriver: what a page has to say it must send to its server. Under WebDriver BiDi (Firefox 153)
 * `new Worker` in a worker does not return in one case out of fifty or so, which without it was never seen.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { browserPath } from './install.ts';
import { type Serving, serve } from './server.ts';

/** Nothing of what it does for itself, and no questions. */
const PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
};

/** Shows `url` until it is disposed of. */
async function openUnattended(url: string): Promise<AsyncDisposable> {
  const program = browserPath('firefox');
  if (program === undefined) throw new Error('firefox is not installed');
  const profile = await mkdtemp(path.join(os.tmpdir(), 'simdescent-'));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref('${name}', ${JSON.stringify(value)});\n`);
  await writeFile(path.join(profile, 'user.js'), lines.join(''));
  const child = spawn(program, ['--headless', '--no-remote', '--profile', profile, url], {
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve()).once('exit', () => resolve());
  });
  const kill = () => {
    try {
      // the processes of its tabs belong to its group
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended already
    }
  };
  process.once('exit', kill);
  return {
    [Symbol.asyncDispose]: async () => {
      process.off('exit', kill);
      kill();
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What a page sends to its server: JSON, posted to `/result`. */
export interface Sent {
  readonly result?: unknown;
  readonly error?: string;
}

/** Shows `page` of what is served until it has sent something, and gives that. */
export async function sentBy(page: string, serving: Serving): Promise<Sent> {
  let receive: (sent: Sent) => void = () => undefined;
  const received = new Promise<Sent>((resolve) => {
    receive = resolve;
  });
  await using server = await serve({
    ...serving,
    answer: (path, response, request) => {
      if (path !== '/result') return serving.answer?.(path, response, request) ?? false;
      void text(request).then((body) => {
        response.end();
        receive(JSON.parse(body));
      });
      return true;
    },
  });
  await using _ = await openUnattended(`${server.origin}${page}`);
  return await received;
}
