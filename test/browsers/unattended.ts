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

/** A browser that shows a page until it is disposed of. */
interface Unattended extends AsyncDisposable {
  /** Rejects with what the browser printed if it ends by itself. */
  readonly gone: Promise<never>;
}

async function openUnattended(url: string): Promise<Unattended> {
  const program = browserPath('firefox');
  if (program === undefined) throw new Error('firefox is not installed');
  const profile = await mkdtemp(path.join(os.tmpdir(), 'simdescent-'));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref('${name}', ${JSON.stringify(value)});\n`);
  await writeFile(path.join(profile, 'user.js'), lines.join(''));
  const child = spawn(program, ['--headless', '--no-remote', '--profile', profile, url], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('exit', (code, signal) => resolve(`ended with ${code ?? signal}`));
  });
  const gone = ended.then((why) => {
    throw new Error(`${program} ${url}: ${why}\n${printed}`);
  });
  // also after it has been disposed of, when no one waits for it
  gone.catch(() => undefined);
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
    gone,
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
  await using browser = await openUnattended(`${server.origin}${page}`);
  return await Promise.race([received, browser.gone]);
}
