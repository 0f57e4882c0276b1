/** Commands of the built package that tests start and listen to: sweeps that serve their trials, and workers in any engine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFailed } from 'vitest';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const children = new Set<ChildProcess>();

export interface Program {
  readonly child: ChildProcess;
  /** The exit code. */
  readonly done: Promise<number | null>;
  /** All that it has printed. */
  text(): string;
  /** Waits for something that it prints. */
  until(fits: (text: string) => boolean): Promise<void>;
  /** All that it has printed when it has ended. */
  finished(): Promise<string>;
  /** The last line of stdout as JSON. */
  last(): Readonly<Record<string, unknown>>;
}

/**
 * @param engine program and arguments before the command line's file
 * @param cli that file: of this checkout, or of a package that is installed somewhere
 */
export function start(
  args: readonly string[],
  engine: readonly string[] = [process.execPath],
  env: NodeJS.ProcessEnv = {},
  cli: string = CLI,
): Program {
  const [program = '', ...before] = engine;
  const child = spawn(program, [...before, cli, ...args], {
    env: { ...process.env, SIMDESCENT_DATA: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let [text, stdout] = ['', ''];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (stream === child.stdout) stdout += more;
      child.emit('heard');
    });
  onTestFailed(() => console.error(`${engine.join(' ')} simdescent ${args.join(' ')}\n${text}`));
  let closed = false;
  const done = once(child, 'close').then(([code]) => {
    closed = true;
    return code as number | null;
  });
  return {
    child,
    done,
    text: () => text,
    finished: () => done.then(() => text),
    last: () => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''),
    async until(fits) {
      while (!fits(text)) {
        // its last words may come after it has ended
        if (closed) throw new Error(`it ended: ${text}`);
        await Promise.race([once(child, 'heard'), done]);
      }
    },
  };
}

const held = new Set<number>();

/** Whether a process is one of a sweep's pool; it may have ended. */
function isOfPool(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('sweep-process');
  } catch {
    return false;
  }
}

/** Holds the one process of a sweep's pool, so that others compute; gives what lets it go on. Without that the sweep cannot end. */
export async function hold({ child: { pid } }: Program): Promise<() => void> {
  for (;;) {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    const found = children.find((one) => one > 0 && isOfPool(one));
    if (found !== undefined) {
      process.kill(found, 'SIGSTOP');
      held.add(found);
      return () => {
        held.delete(found);
        process.kill(found, 'SIGCONT');
      };
    }
    await new Promise((go) => setTimeout(go, 10));
  }
}

/** Ends whatever a test has left. */
export function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  // one that is held does not notice that its sweep has ended
  for (const pid of held) if (isOfPool(pid)) process.kill(pid, 'SIGKILL');
  held.clear();
}

/** The link of the page that a sweep has printed. */
export async function linkOf(sweep: Program): Promise<string> {
  const link = () => /http:\S+#token=[\w-]+(?=\s)/.exec(sweep.text())?.[0];
  await sweep.until(() => link() !== undefined);
  return link() ?? '';
}

/** Trials that a worker has begun. */
export const trialsIn = (text: string): number => text.match(/^trial \d+ {2}.* epochs$/gm)?.length ?? 0;
