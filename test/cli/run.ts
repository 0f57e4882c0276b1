/** The command line as a process, from the built package. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFailed } from 'vitest';
import { runSync } from '../child.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(root, 'dist/cli.js');

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** When the latest of the files of a folder was written, of those whose paths count. */
export const newest = (folder: string, counts: (file: string) => boolean = () => true): number =>
  Math.max(
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter(counts)
      .map((file) => statSync(file).mtimeMs),
  );

/** Builds the package if it is missing or older than its sources: `npm test` has built it already. */
export function built(): void {
  const sources = Math.max(newest(join(root, 'src')), newest(join(root, 'web/volunteer')));
  if (existsSync(cli) && statSync(cli).mtimeMs > sources) return;
  runSync(process.execPath, [join(root, 'node_modules/tsdown/dist/run.mjs')], { cwd: root });
}

export function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; done: Promise<Result> } {
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, SIMDESCENT_DATA: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  onTestFailed(() => console.error(`simdescent ${args.join(' ')}\n${stdout}${stderr}`));
  const done = new Promise<Result>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, done };
}

export const run = (...args: string[]): Promise<Result> => start(args).done;
