/** Programs that tests start and wait for: when one fails, its Error shows everything it printed. */
import { type ExecFileOptions, execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

type Options = Pick<ExecFileOptions, 'cwd' | 'env' | 'timeout'> & {
  /** What the program reads on stdin. */
  readonly input?: string | Uint8Array;
};

const LIMITS = { encoding: 'utf8', maxBuffer: 2 ** 28 } as const;

function failed(program: string, args: readonly string[], why: string, { stdout, stderr }: Partial<Output>): Error {
  const shown = Object.entries({ stdout, stderr }).filter(([, text]) => text?.trim());
  const printed = shown.map(([name, text]) => `\n--- its ${name}:\n${text?.trimEnd()}`).join('');
  return new Error(`${[program, ...args].join(' ')}: ${why}${printed || ', and printed nothing'}`);
}

/** Runs a program; rejects unless it exits with 0. */
export async function run(program: string, args: readonly string[], options: Options = {}): Promise<Output> {
  const { input = '', ...rest } = options;
  const running = promisify(execFile)(program, args, { ...rest, ...LIMITS });
  // a program that does not read its input may have ended already
  running.child.stdin?.on('error', () => undefined).end(input);
  return running.catch((error: Error & Partial<Output> & { code?: unknown; signal?: unknown }) => {
    throw failed(program, args, `ended with ${error.code ?? error.signal}`, error);
  });
}

/** The same while everything else waits. */
export function runSync(program: string, args: readonly string[], options: Options = {}): Output {
  const { error, status, signal, stdout, stderr } = spawnSync(program, args, { input: '', ...options, ...LIMITS });
  if (status === 0) return { stdout, stderr };
  throw failed(program, args, error?.message ?? `ended with ${status ?? signal}`, { stdout, stderr });
}
