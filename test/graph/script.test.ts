import { expect, test } from 'vitest';
import { run } from '../child.ts';

test.each([
  ['mlp', ['denseKernelGradient', 'updateParameters']],
  ['cnn', ['convKernelGradient', 'poolGradient']],
])('npm run graph -- %s prints a step and a prediction, with buffers and cost', async (name, operations) => {
  const { stdout } = await run(process.execPath, ['scripts/graph.js', name]);
  for (const word of ['a training step', 'a prediction', 'KB', ...operations]) expect(stdout).toContain(word);
});
