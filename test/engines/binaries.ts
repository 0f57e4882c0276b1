/** Engines that are programs: the Node that runs the tests, and from npm Node's LTS and current release, Bun and Deno. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { run } from '../child.ts';
import { installLocked } from '../locked.ts';
import { runs } from '../run.ts';

export interface Engine {
  readonly name: string;
  /** Program and arguments up to the file that it runs; none where the engine cannot be had. */
  readonly command: readonly string[] | undefined;
}

const folder = fileURLToPath(new URL('.', import.meta.url));
const modules = path.join(folder, 'node_modules');

/** Installs what the lock file says, if a test needs it and that has not been done since it was written. Vitest calls it before the first test. */
export default function setup(project: TestProject): void {
  if (!runs(project, 'engines', 'package')) return;
  try {
    installLocked(folder);
  } catch (error) {
    console.error((error as Error).message);
  }
}

/** The first of these files below node_modules that is there: where an install script may not run, a binary stays in its own package. */
const first = (...files: readonly string[]): string | undefined =>
  files.map((file) => path.join(modules, file)).find((file) => existsSync(file));

/** All engines. */
export function engines(): readonly Engine[] {
  const { arch } = process;
  const bunArch = arch === 'arm64' ? 'aarch64' : arch;
  const engine = (name: string, program: string | undefined, ...args: readonly string[]): Engine => ({
    name,
    command: program === undefined ? undefined : [program, ...args],
  });
  return [
    engine('Node', process.execPath),
    engine('Node LTS', first(`node-${arch}-24/bin/node`)),
    engine('Node current', first(`node-${arch}-26/bin/node`)),
    engine('Bun', first('bun/bin/bun.exe', `@oven/bun-linux-${bunArch}/bin/bun`)),
    engine('Deno', first(`@deno/linux-${arch}-glibc/deno`), 'run', '--allow-read', '--allow-sys', '--allow-env'),
  ];
}

/** What process.js prints in the engine that `command` starts. */
export async function runProcess(
  command: readonly string[],
  what: number | 'few' | 'scenarios' | 'resume' | 'arrays',
  data: Uint8Array,
): Promise<unknown> {
  const [program = '', ...args] = command;
  const script = [path.join(folder, 'process.js'), String(what)];
  const { stdout } = await run(program, [...args, ...script], { timeout: 280_000, input: data });
  return JSON.parse(stdout);
}
