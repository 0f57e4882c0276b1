/** TensorFlow.js and ONNX Runtime, installed as the lock file says, if a test needs them and that has not been done since it was written. */
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { installLocked } from '../locked.ts';
import { runs } from '../run.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Vitest calls it before the first test. */
export default function setup(project: TestProject): void {
  if (!runs(project, 'convert')) return;
  installLocked(folder, '--ignore-scripts');
}
