import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../src/sha256.ts';

const known = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('the hash of nothing, and of lengths around every edge of a block', () => {
  for (let length = 0; length <= 130; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
    expect(sha256([bytes]), `${length} bytes`).toBe(known(bytes));
  }
  expect(sha256([])).toBe(known(new Uint8Array(0)));
});

test('parts hash as the whole does, wherever it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (parts) => {
      expect(sha256(parts)).toBe(known(Buffer.concat(parts)));
    }),
  );
});

test('a megabyte', () => {
  const bytes = Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * i) >> 3);
  expect(sha256([bytes])).toBe(known(bytes));
});
