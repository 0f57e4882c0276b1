import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import * as full from '../../dist/index.js';
import * as slim from '../../dist/slim/index.js';
import { runSync } from '../child.ts';

const path = new URL('../../dist/core.wasm', import.meta.url);
const core = readFileSync(path);
const unmarked = () => readFileSync(new URL('../../build/core.wasm', import.meta.url));

async function trained({ sequential, layers }: Pick<typeof full, 'sequential' | 'layers'>): Promise<string> {
  const model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [2] })], { seed: 7 });
  model.compile({ optimizer: 'nadam', loss: 'sparseCategoricalCrossentropy' });
  await model.fit([[0, 1], [1, 0], [1, 1]], [0, 1, 2], { epochs: 5, batchSize: 2 }); // biome-ignore format: a table
  const digest = await model.digest();
  model.dispose();
  return digest;
}

describe('before a core is given', () => {
  test('whatever needs it says so', async () => {
    expect(() => slim.tensor([1])).toThrow(
      'slim contains no core; first await provideCore() with simdescent/core.wasm',
    );
  });

  test('what is not the core is refused', async () => {
    const changed = Uint8Array.from(core);
    changed[5000] = (changed[5000] ?? 0) ^ 1;
    await expect(slim.provideCore(changed)).rejects.toThrow(/not a core of this version.*expected bytes of SHA-256/);
    await expect(slim.provideCore(core.subarray(0, 1000))).rejects.toThrow('not a core of this version');
    await expect(slim.provideCore(new WebAssembly.Module(unmarked()))).rejects.toThrow('got one without');
    await expect(slim.provideCore(new Response('', { status: 404 }))).rejects.toThrow('could not be fetched: 404');
    // @ts-expect-error: a number is no core
    await expect(slim.provideCore(5)).rejects.toThrow(TypeError);
    expect(() => slim.tensor([1])).toThrow('contains no core');
  });
});

describe('once it is given', () => {
  let reference = '';
  beforeAll(async () => {
    reference = await trained(full as typeof full & typeof slim);
  });

  test.each([
    ['bytes', () => core],
    ['a buffer', () => Uint8Array.from(core).buffer],
    ['a module', () => new WebAssembly.Module(core)],
    ['a promise of a response', async () => new Response(core)],
    ['the address of a file', () => pathToFileURL(path.pathname)],
  ])('as %s, models train to the bits of the full package', async (_, source) => {
    expect(await slim.provideCore(source())).toBe('strict');
    expect(await trained(slim as typeof full & typeof slim)).toBe(reference);
  });

  test('as the address of a server', async () => {
    const server = createServer((_, response) => response.end(core)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await slim.provideCore(`http://127.0.0.1:${port}/core.wasm`)).toBe('strict');
    server.close();
  });

  test('the full core alone will do', () => {
    const program = `
      import { readFileSync } from 'node:fs';
      import { ops, provideCore, tensor } from './dist/slim/index.js';
      await provideCore(readFileSync('dist/core-full.wasm'));
      console.log([...ops.add(tensor([2], [1, 2]), tensor([2], [3, 4])).data].join());`;
    const { stdout } = runSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: new URL('../..', import.meta.url),
    });
    expect(stdout).toBe('4,6\n');
  });

  test.each([
    ['core-relaxed.wasm', 'relaxed'],
    ['core-full.wasm', 'full'],
    ['core-full-relaxed.wasm', 'full-relaxed'],
  ])('the other cores are told from it: %s', async (file, name) => {
    const bytes = readFileSync(new URL(`../../dist/${file}`, import.meta.url));
    expect(await slim.provideCore(bytes)).toBe(name);
  });
});
