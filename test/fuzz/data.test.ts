/** Hostile data: files of NumPy and of sweeps, archives and CSV with things wrong in them end in an Error that says so, or are read; nothing else. */
import './allocation.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csv, readNpy, readNpz, writeNpy, writeNpz } from '../../src/data/index.ts';
import { sweep, verify } from '../../src/sweep/index.ts';
import { readEntries, textOf } from '../../src/sweep/journal.ts';
import { entryFrom } from '../../src/sweep/record.ts';
import { encodeUtf8 } from '../../src/utf8.ts';
import { largestMade } from './allocation.ts';
import { expectClear } from './clear.ts';
import { type Json, mutatedJson, mutations } from './mutations.ts';
import { runsOf, seed, timeout } from './runs.ts';

/** What the smallest files may take beside twice their bytes. */
const SLACK = 2 ** 16;

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

async function tally<T>(
  numRuns: number,
  file: fc.Arbitrary<T>,
  read: (file: T) => unknown,
  most?: (file: T) => number,
) {
  let [good, refused] = [0, 0];
  const property = fc.asyncProperty(file, async (bytes) => {
    largestMade();
    try {
      await read(bytes);
      good++;
    } catch (error) {
      refused++;
      expectClear(error);
    }
    if (most !== undefined) expect(largestMade()).toBeLessThanOrEqual(most(bytes) + SLACK);
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
  const read = async (file: Uint8Array) => {
    const { data, shape } = await readNpy(file);
    expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
    expect(data.byteLength).toBeLessThanOrEqual(2 * file.length);
  };
  await tally(runsOf('npy'), damaged(files), read, (file) => 2 * file.length);
});

test("NumPy's archives take no more than maxBytes", { timeout }, async () => {
  const files = [writeNpz(arrays), writeNpz(arrays, { compress: true })];
  const read = (file: Uint8Array) => readNpz(file, { maxBytes: 10_000 });
  await tally(runsOf('npz'), damaged(files), read, (file) => 2 * file.length + 10_000);
});

test('CSV: all columns of a table have the same length', { timeout }, async () => {
  const texts = ['a,b,c\n1,2,x\n3,,"y\nz"\n', '"a";"b"\r\n"1";"u""v"\r\n', '1\t2\n3\t4'];
  await tally(runsOf('CSV'), damaged(texts.map((text) => encodeUtf8(text))), async (file) => {
    const table = await csv(file);
    for (const name of table.columns) expect(table.texts(name)).toHaveLength(table.rowCount);
  });
});

describe('what sweeps write', { timeout }, async () => {
  const run = ({ settings }: { settings: Readonly<Record<string, unknown>> }) => Number(settings.rate);
  const published = JSON.parse(
    JSON.stringify(await sweep({ space: { rate: [0.1, 0.2, 0.4] }, objective: 'loss', run })),
  ) as { trials: Json[] } & { [key: string]: Json };

  /** Entries as lines of a journal, with the sums that belong to them: damage to what they say is not found by those. */
  const journalOf = (entries: readonly Json[]): Uint8Array =>
    encodeUtf8(entries.map((entry, i) => textOf({ line: i + 1, synced: i, entry: entry as object })).join(''));
  const read = (bytes: Uint8Array) => {
    for (const entry of readEntries(Uint8Array.from(bytes), 'journal').entries) entryFrom(entry);
  };

  test('the bytes of a journal', () =>
    tally(runsOf('journals', 2), damaged([journalOf(published.trials)]), read, (file) => 2 * file.length));

  test('the entries of a journal', () => {
    const files = mutations.map((wrong) => journalOf(mutatedJson(published.trials, wrong) as Json[]));
    return tally(runsOf('journals', 2), files, read, (file) => 2 * file.length);
  });

  test('a key that would colour a terminal is shown as text', () => {
    const entry = structuredClone(published.trials[0]) as { history: Record<string, unknown> };
    entry.history = { loss: [0.1], 'loss\u001b[31m': 0.1 };
    try {
      entryFrom(entry);
      expect.unreachable();
    } catch (error) {
      expectClear(error);
    }
  });

  test('a published result', () => {
    const results = mutations.map((wrong) => mutatedJson(published, wrong));
    return tally(runsOf('results'), results, (result) => verify(result, { run }));
  });
});
