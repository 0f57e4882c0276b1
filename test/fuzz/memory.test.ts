/** No allocation beyond twice a file's size before it is refused: in a process that has hardly more memory than that. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run } from '../child.ts';

test('headers of 12 MB that ask for much are refused with a heap of 48 MB', { timeout: 180_000 }, async () => {
  const script = fileURLToPath(new URL('memory.js', import.meta.url));
  const library = new URL('../../dist/index.js', import.meta.url).href;
  // twice the file, and twice that for the library, for what any process has, and for what the collector has not found yet
  const flags = ['--max-old-space-size=48', '--max-semi-space-size=1', script, library];
  const { stdout } = await run(process.execPath, flags);
  const header = 'the header of the file holds more than a file of its size should';
  expect(stdout.trimEnd().split('\n')).toEqual([
    ...['arrays', 'objects', 'numbers', 'strings', 'keys', 'tensors'].map((name) => `${name}: ${header}`),
    'text: the file holds no model of simdescent: its arrays may be, their meaning is not there',
    'config: the config in the file holds more than a file of its size should',
  ]);
});
