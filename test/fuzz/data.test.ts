/** Hostile data: NumPy's files, archives and CSV with things wrong in them end in an Error that says so, or are read; nothing else. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csv, readNpy, readNpz, writeNpy, writeNpz } from '../../src/data/index.ts';
import { expectClear } from './clear.ts';

const numRuns = Number(process.env.SIMDESCENT_FUZZ_RUNS ?? 4000);
const seed = Number(process.env.SIMDESCENT_FUZZ_SEED ?? 1) | 0;
const timeout = Math.max(60_000, numRuns * 20);

/** A file with bytes changed, put in or cut off. */
const damaged = (files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 255, 0x30, 0x39, 0x2c))), { maxLength: 4 }),
      fc.option(fc.nat(), { freq: 4 }),
      fc.option(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 8 })), { freq: 4 }),
    )
    .map(([file, changes, length, insertion]) => {
      const bytes = Array.from(file);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      if (insertion !== null) bytes.splice(insertion[0] % bytes.length, 0, ...insertion[1]);
      return Uint8Array.from(length === null ? bytes : bytes.slice(0, length % bytes.length));
    });

async function tally(file: fc.Arbitrary<Uint8Array>, read: (file: Uint8Array) => Promise<unknown>): Promise<void> {
  let [good, refused] = [0, 0];
  const property = fc.asyncProperty(file, async (bytes) => {
    try {
      await read(bytes);
      good++;
    } catch (error) {
      refused++;
      expectClear(error);
    }
  });
  await fc.assert(property, { numRuns, seed });
  console.log(`${good} read, ${refused} refused`);
  expect(Math.min(good, refused)).toBeGreaterThan(numRuns / 100);
}

const arrays = {
  x: { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] },
  y: { data: Uint8Array.of(1, 2), shape: [2] },
};

test("NumPy's arrays: no more is allocated than the file says and has", { timeout }, async () => {
  const files = [writeNpy(arrays.x), writeNpy(arrays.y), writeNpy([[[1]]])];
  await tally(damaged(files), async (file) => {
    const { data, shape } = await readNpy(file);
    expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
    expect(data.byteLength).toBeLessThanOrEqual(2 * file.length);
  });
});

test("NumPy's archives", { timeout }, async () => {
  const files = [writeNpz(arrays), writeNpz(arrays, { compress: true })];
  await tally(damaged(files), (file) => readNpz(file, { maxBytes: 10_000 }));
});

test('CSV: all columns of a table have the same length', { timeout }, async () => {
  const texts = ['a,b,c\n1,2,x\n3,,"y\nz"\n', '"a";"b"\r\n"1";"u""v"\r\n', '1\t2\n3\t4'];
  await tally(damaged(texts.map((text) => new TextEncoder().encode(text))), async (file) => {
    const table = await csv(file);
    for (const name of table.columns) expect(table.texts(name)).toHaveLength(table.rowCount);
  });
});
