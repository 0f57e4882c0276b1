/** A file never takes more than 20 times its size, whatever its header holds: in a process that has hardly more memory than that. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run } from '../child.ts';

test('headers of 6 MB that ask for much are refused with a heap of 128 MB', async () => {
  const script = fileURLToPath(new URL('memory.js', import.meta.url));
  const library = new URL('../../dist/index.js', import.meta.url).href;
  // 20 times the file, and a little for the library
  const flags = ['--max-old-space-size=128', '--max-semi-space-size=1', script, library];
  const { stdout } = await run(process.execPath, flags);
  const large = 'holds more than a text of its length should';
  expect(stdout.trimEnd().split('\n')).toEqual([
    ...['arrays', 'objects'].map((name) => `${name}: the header of the file ${large}`),
    ...['numbers', 'strings'].map((name) => `${name}: the file: 'a' must be an object`),
    "keys: the file: '0k' must be an object",
    "tensors: the file: 'z' must be an object",
    'text: the file does not hold a model of simdescent, at most arrays without their meaning',
    'metadata: the file has no config in its metadata',
    `config: the config in the file ${large}`,
    'layers: the file has no state in its metadata',
    'deep: the header of the file is nested more than 256 deep',
    expect.stringMatching(/^doubling: .*models within.* at most \d+ times/),
  ]);
});
