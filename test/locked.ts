/** Packages of a folder of tests, as its lock file says. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { runSync } from './child.ts';

/** Installs them with `npm ci`, unless that has been done since the lock file was written. */
export function installLocked(folder: string, ...flags: readonly string[]): void {
  const done = path.join(folder, 'node_modules/.package-lock.json');
  const lock = path.join(folder, 'package-lock.json');
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log(`installing ${path.relative(process.cwd(), lock)}`);
  runSync('npm', ['ci', '--no-audit', '--no-fund', ...flags, '--prefix', folder]);
}
