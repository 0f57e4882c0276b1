/**
 * WebKitGTK for tests: its MiniBrowser on a display of its own, over WebDriver. WebKit has no headless mode and no WebDriver BiDi that
 * puppeteer could speak; what tests need of the classic protocol is four requests.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../port.ts';
import { webkitPaths } from './install.ts';

/** A window of WebKit that shows a page. */
export interface WebKit extends AsyncDisposable {
  readonly version: string;
  /** Loads a page and waits until that is done. */
  open(url: string): Promise<void>;
  /** What the body of an async function gives, as JSON would have it; rejects with its error, or if the page's process ends. */
  evaluate(body: string, ...args: readonly unknown[]): Promise<unknown>;
  reload(): Promise<void>;
}

interface Answer {
  readonly value: unknown;
}
/**
 * What `evaluate` rejects with when the page's process has ended. In CI WebKitGTK 2.50's did so once in some ten runs of every test, in the middle of
 * the reference runs and by itself: a test of numbers asks another browser then, a test of WebKit's life fails.
 */
export const PAGE_ENDED = /the page's process has ended/;
/** The driver parses an answer that never came, which is empty. */
const EMPTY = 'Could not parse script result';
const failed = (value: unknown): value is { error: string; message: string } =>
  typeof value === 'object' && value !== null && 'error' in value && 'message' in value;

interface Started {
  readonly child: ChildProcess;
  end(): void;
  /** The last that it and its children wrote to standard error. */
  said(): string;
}

/** Starts a program and all of its children as one group, to be ended together. */
function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Started {
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'], detached: true });
  child.on('error', () => undefined);
  let said = '';
  child.stderr?.on('data', (text) => {
    said = `${said}${text}`.slice(-2000);
  });
  const end = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended already
    }
    process.off('exit', end);
  };
  process.once('exit', end);
  return { child, end, said: () => said.trim() };
}

/** The number of the display that Xvfb has chosen. */
async function displayOf({ stdio }: ChildProcess): Promise<string> {
  let text = '';
  for await (const part of stdio[3] as AsyncIterable<Buffer>) {
    text += part;
    if (text.includes('\n')) return `:${text.trim()}`;
  }
  throw new Error('Xvfb has not started');
}

/** Starts WebKit with shared memory allowed, which its WebDriver does not do by itself. */
export async function launchWebKit(env: NodeJS.ProcessEnv = {}): Promise<WebKit> {
  const programs = webkitPaths();
  if (programs === undefined) throw new Error('WebKit is not installed');
  const screen = start(
    programs.display,
    ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'],
    process.env,
  );
  const port = await freePort();
  const driver = start(programs.driver, [`--port=${port}`, '--host=127.0.0.1'], {
    ...process.env,
    // without a language, pages get navigator.language 'C'
    LC_ALL: 'en_US.UTF-8',
    JSC_useSharedArrayBuffer: '1',
    DISPLAY: await displayOf(screen.child),
    GDK_BACKEND: 'x11',
    LIBGL_ALWAYS_SOFTWARE: '1',
    WEBKIT_DISABLE_COMPOSITING_MODE: '1',
    NO_AT_BRIDGE: '1',
    ...env,
  });
  const origin = `http://127.0.0.1:${port}`;

  const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${origin}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      signal: AbortSignal.timeout(280_000),
    });
    const { value } = (await response.json()) as Answer;
    if (failed(value))
      throw new Error(
        value.message === EMPTY
          ? `WebKit: the page's process has ended${driver.said() && `: ${driver.said()}`}`
          : `WebKit: ${value.error}: ${value.message}`,
      );
    return value;
  };

  const close = async () => {
    await ask('DELETE', session).catch(() => undefined);
    driver.end();
    screen.end();
  };
  let session = '/session/none';
  try {
    for (let tries = 0; ; tries++) {
      const ready = await fetch(`${origin}/status`).catch(() => undefined);
      if (ready?.ok) break;
      if (tries > 300 || driver.child.exitCode !== null) throw new Error(`${programs.driver} does not answer`);
      await pause(100);
    }
    const options = { binary: programs.browser, args: ['--automation'] };
    const made = (await ask('POST', '/session', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
    })) as { sessionId: string; capabilities: { browserVersion: string } };
    session = `/session/${made.sessionId}`;
    await ask('POST', `${session}/timeouts`, { script: 270_000, pageLoad: 120_000 });
    return {
      version: made.capabilities.browserVersion,
      open: async (url) => void (await ask('POST', `${session}/url`, { url })),
      reload: async () => void (await ask('POST', `${session}/refresh`, {})),
      async evaluate(body, ...args) {
        const script = `const done = arguments[arguments.length - 1];
          (async (...args) => { ${body} })(...arguments)
            .then((result) => done(JSON.stringify({ result })), (error) => done(JSON.stringify({ error: String(error) + '\\n' + error?.stack })));`;
        const text = await ask('POST', `${session}/execute/async`, { script, args });
        const { result, error } = JSON.parse(String(text)) as { result?: unknown; error?: string };
        if (error !== undefined) throw new Error(error);
        return result;
      },
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
