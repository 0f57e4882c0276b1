import { compress } from '@blu3r4y/lzma';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HEADER, unpack } from '../../src/engine/unpack.ts';

/** Packed with this effort: from 2 on, what was up to a megabyte before is found again. */
const packed = (bytes: Uint8Array, effort: 2 | 9 = 9): string =>
  Buffer.from(compress(bytes, effort)).toString('latin1', HEADER);
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

test('distances of every size up to a quarter of a megabyte', () => {
  const phrase = Uint8Array.from({ length: 64 }, (_, i) => Math.imul(i + 5, 2654435761) >>> 13);
  const parts = [phrase];
  // zeros are packed in no time
  for (let gap = 1; gap < 1 << 19; gap *= 2) parts.push(new Uint8Array(gap), phrase);
  const bytes = Buffer.concat(parts);
  const text = packed(bytes, 2);
  expect(text.length).toBeLessThan(parts.length * 25); // so little that all phrases but the first are distances
  expect(Buffer.from(unpack(text, bytes.length)).equals(bytes)).toBe(true);
});

test('the first bytes alone', () => {
  const bytes = Uint8Array.from({ length: 500 }, (_, i) => i % 97);
  expect(unpack(packed(bytes), 123)).toEqual(bytes.subarray(0, 123));
});
