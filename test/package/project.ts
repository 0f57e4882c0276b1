/** A project of somebody else's: the packed package installed from its tarball, beside the files of test/package/project. */
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { runs } from '../run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const template = fileURLToPath(new URL('./project/', import.meta.url));

/** Installs the bundlers that the lock file names, if a test needs them and that has not been done since it was written. Vitest calls it before the first test. */
export default function setup(vitest: TestProject): void {
  if (!runs(vitest, 'package')) return;
  const done = join(template, 'node_modules/.package-lock.json');
  const lock = join(template, 'package-lock.json');
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', template], { stdio: 'ignore' });
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
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', tarball], {
    cwd: root,
    encoding: 'utf8',
  });
  const [{ filename }] = JSON.parse(packed);
  // without a network: there is nothing but the package itself to install
  const args = ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'];
  execFileSync('npm', [...args, join(tarball, filename)], { cwd: folder, stdio: 'ignore' });
  return {
    folder,
    async run([program = '', ...first], ...args) {
      const running = promisify(execFile)(program, [...first, ...args], { cwd: folder });
      const { stdout } = await running.catch((error: Error & { stdout: string }) => {
        // where compilers say what is wrong
        throw new Error(`${error.message}\n${error.stdout}`);
      });
      return stdout.trimEnd().split('\n').at(-1) ?? '';
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
