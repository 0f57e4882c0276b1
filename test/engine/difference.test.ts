import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differenceOf } from '../../scripts/difference.js';
import { apply } from '../../src/engine/difference.ts';

const differ = (from: Uint8Array, to: Uint8Array): Buffer => differenceOf(Buffer.from(from), Buffer.from(to));

/** Bytes made of few pieces, so that there is something to copy. */
const bytes = fc
  .array(
    fc.constantFrom(
      ...[0, 1, 2, 3].map((seed) => Array.from({ length: 40 + seed * 50 }, (_, i) => (i * i + seed) & 255)),
      [7],
      [9, 9],
    ),
    {
      maxLength: 12,
    },
  )
  .map((pieces) => Uint8Array.from(pieces.flat()));

test('a difference applied to what it was taken from gives what it was taken of', () => {
  fc.assert(
    fc.property(bytes, bytes, (from, to) => {
      expect(apply(differ(from, to), from)).toEqual(to);
    }),
  );
});

test('what is the same costs next to nothing, wherever it stands', () => {
  const from = Uint8Array.from({ length: 50_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255);
  const to = Uint8Array.from([1, 2, 3, ...from.subarray(20_000), ...from.subarray(0, 20_000)]);
  const difference = differ(from, to);
  expect(difference.length).toBeLessThan(40);
  expect(apply(difference, from)).toEqual(to);
});
