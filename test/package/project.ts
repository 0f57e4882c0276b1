/** A project of somebody else's: the packed package installed from its tarball, beside the files of test/package/project. */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { run, runSync } from '../child.ts';
import { installLocked } from '../locked.ts';
import { runs } from '../run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const template = fileURLToPath(new URL('./project/', import.meta.url));

/** Installs the bundlers that the lock file names, if a test needs them and that has not been done since it was written. Vitest calls it before the first test. */
export default function setup(vitest: TestProject): void {
  if (!runs(vitest, 'package')) return;
  installLocked(template);
}

export interface Project {
  readonly folder: string;
  /** What a program of it prints, the last line alone. */
  run(command: readonly string[], ...args: readonly string[]): Promise<string>;
  remove(): void;
}

export function makeProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'simdescent-project-'));
  cpSync(template, folder, { recursive: true });
  const tarball = join(folder, 'packed');
  mkdirSync(tarball);
  const packed = runSync('npm', ['pack', '--json', '--pack-destination', tarball], { cwd: root });
  const [{ filename }] = JSON.parse(packed.stdout);
  // offline: all but the package itself is there as the lock file says, so that npm asks no registry about it
  const args = ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  runSync('npm', [...args, join(tarball, filename)], { cwd: folder });
  return {
    folder,
    async run([program = '', ...first], ...args) {
      const { stdout } = await run(program, [...first, ...args], { cwd: folder });
      return stdout.trimEnd().split('\n').at(-1) ?? '';
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
