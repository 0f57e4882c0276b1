/** Fashion-MNIST, got before the first test that needs it: programs that are tested, and timed, then find it on the disk. */
import type { TestProject } from 'vitest/node';
import { loadFashionMnist } from '../src/datasets/index.ts';
import { runs } from './run.ts';

export default async function setup(project: TestProject): Promise<void> {
  if (!runs(project, 'cli', 'datasets', 'docs', 'engines', 'examples', 'package', 'site', 'web')) return;
  // tests say themselves what is missing
  await loadFashionMnist({ apt: true }).catch(({ message }: Error) => console.error(message));
}
