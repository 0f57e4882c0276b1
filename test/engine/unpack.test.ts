import { compress } from '@blu3r4y/lzma';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HEADER, unpack } from '../../src/engine/unpack.ts';

const packed = (bytes: Uint8Array): string => Buffer.from(compress(bytes, 9)).toString('latin1', HEADER);
const roundTrip = (bytes: Uint8Array): Uint8Array => unpack(packed(bytes), bytes.length);

test('what was packed comes back, whatever it was', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), (bytes) => {
      expect(roundTrip(bytes)).toEqual(bytes);
    }),
    { numRuns: 50 },
  );
});

test('repetitions near and far, short and long, and those with a byte changed here and there', () => {
  const run = fc.record({
    from: fc.nat(),
    length: fc.integer({ min: 1, max: 400 }),
    change: fc.nat(),
    by: fc.nat(255),
  });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 600 }), fc.array(run, { maxLength: 60 }), (seed, runs) => {
      const bytes = [...seed];
      for (const { from, length, change, by } of runs) {
        const start = from % bytes.length;
        for (let i = 0; i < length; i++) bytes.push(bytes[start + i] ?? 0);
        bytes[change % bytes.length] = by;
      }
      expect(roundTrip(Uint8Array.from(bytes))).toEqual(Uint8Array.from(bytes));
    }),
    { numRuns: 50 },
  );
});

test('distances of every size up to half a megabyte', () => {
  const random = (n: number, seed: number) =>
    Uint8Array.from({ length: n }, (_, i) => Math.imul(i + seed, 2654435761) >>> 13);
  const phrase = random(64, 5);
  const parts = [phrase];
  for (let gap = 1; gap < 1 << 18; gap *= 2) parts.push(random(gap, gap), phrase);
  const bytes = Buffer.concat(parts);
  expect(Buffer.from(roundTrip(bytes)).equals(bytes)).toBe(true);
});

test('the first bytes alone', () => {
  const bytes = Uint8Array.from({ length: 500 }, (_, i) => i % 97);
  expect(unpack(packed(bytes), 123)).toEqual(bytes.subarray(0, 123));
});
