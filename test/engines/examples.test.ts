/** Examples that are made of functions without a model give the digests of examples.json in every engine, and with 2 and 3 threads. In browsers, the tests of the site run them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { run } from '../child.ts';
import { built } from '../cli/run.ts';
import { engines } from './binaries.ts';

const digests: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('examples.json', import.meta.url), 'utf8'),
);
const names = Object.keys(digests);
const fileOf = (name: string): string => fileURLToPath(new URL(`../../examples/${name}.js`, import.meta.url));
const digestIn = (output: string): string | undefined => /\b[0-9a-f]{64}\b/.exec(output)?.[0];

/** The package, with tensors in a runtime of so many threads; says at the end how many workers it had. */
function packageWith(threads: number): string {
  const dist = JSON.stringify(new URL('../../dist/index.js', import.meta.url));
  return `import * as simdescent from ${dist};
    export * from ${dist};
    const runtime = simdescent.createRuntime({ threads: ${threads} });
    export const tensor = (shape, values, options) => simdescent.tensor(shape, values, { ...options, runtime });
    process.on('exit', () => console.log('workers ' + runtime.workers));`;
}

beforeAll(built);

describe.each(engines())('$name', ({ name: engine, command }) => {
  test.skipIf(command === undefined && !process.env.CI).each(names)('%s gives its digest', async (name) => {
    if (command === undefined) throw new Error(`${engine} could not be installed`);
    const [program = '', ...args] = command;
    const { stdout } = await run(program, [...args, fileOf(name)], { timeout: 280_000 });
    expect(digestIn(stdout)).toBe(digests[name]);
  });
});

describe.each(names)('%s', (name) => {
  test.each([2, 3])('gives its digest with %d thread(s)', async (threads) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'simdescent-'));
    try {
      const file = path.join(folder, 'example.mjs');
      writeFileSync(file, readFileSync(fileOf(name), 'utf8').replace("'simdescent'", "'./package.mjs'"));
      writeFileSync(path.join(folder, 'package.mjs'), packageWith(threads));
      const { stdout } = await run(process.execPath, [file], { timeout: 280_000 });
      expect(stdout).toContain(`workers ${threads - 1}\n`);
      expect(digestIn(stdout)).toBe(digests[name]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
