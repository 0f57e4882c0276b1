/** TensorFlow.js and ONNX Runtime, installed as the lock file says, if a test needs them and that has not been done since it was written. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { runSync } from '../child.ts';
import { runs } from '../run.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Vitest calls it before the first test. */
export default function setup(project: TestProject): void {
  if (!runs(project, 'convert')) return;
  const done = join(folder, 'node_modules/.package-lock.json');
  const lock = join(folder, 'package-lock.json');
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(lock).mtimeMs) return;
  runSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder]);
}
