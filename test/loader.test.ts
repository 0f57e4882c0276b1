/** The core through @assemblyscript/loader: what it computes, what its assertions say, and what bench/ measures of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { HEADER_BYTES } from '../assembly/opcodes.ts';
import { code as CONVOLUTION } from '../assembly/words/conv.ts';
import { load } from '../bench/loader.bench.js';
import { run } from './child.ts';
import { loadCore } from './core.ts';
import { errorOf } from './helpers.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'simdescent-loader-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const UNKNOWN = -1;

describe('the core through the loader', () => {
  test('computes the same by its wrappers and by the exports below them', () => {
    const module = new WebAssembly.Module(readFileSync(new URL('../build/release.wasm', import.meta.url)));
    const { cases, product } = load(module);
    expect(cases.length).toBe(2);
    for (const way of ['wrapped', 'direct'] as const) {
      product.fill(0);
      for (const one of cases) one[way]();
      // rows and columns of four halves
      expect(Array.from(product)).toEqual(Array(16).fill(1));
    }
  });

  test('says of a failed assertion what and where it was', async () => {
    const core = loadCore('debug');
    const operation = core.i32([UNKNOWN, ...Array(15).fill(0)]);
    const { message } = await errorOf(() => core.x.execute(0, operation.ptr, 1, 0, 1, 0));
    expect(message).toMatch(/unknown opcode at .*assembly\/program\.ts:\d+:\d+/);
  });

  test('the small core stops at an operation of the full one, instead of leaving it out', () => {
    const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });
    const module = new WebAssembly.Module(readFileSync(new URL('../build/core.wasm', import.meta.url)));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const program = 65536 * 32;
    const header = new Int32Array(memory.buffer, program, 48);
    // one operation, batches of one row, one row
    header.set([1, 1, 1]);
    header[HEADER_BYTES / 4] = CONVOLUTION;
    expect(() => (exports.run as (...args: number[]) => number)(program, 1, 0, 1)).toThrow(WebAssembly.RuntimeError);
  });

  test('is measured by `npm run bench -- --only loader`', async () => {
    const file = path.join(folder, 'bench.json');
    await run(process.execPath, ['bench/run.js', '--only', 'loader', '--quick', '--json', file]);
    const { tables } = JSON.parse(readFileSync(file, 'utf8'));
    expect(tables.length).toBe(1);
    expect(tables[0].rows.length).toBe(2);
    for (const row of tables[0].rows)
      for (const column of ['export ns', 'wrapper ns']) expect(row[column]).toBeGreaterThan(0);
  });
});
