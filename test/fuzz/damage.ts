/** Bytes of any format with a few things wrong: overwritten, copied from elsewhere in the file, put in, cut off. */
import fc from 'fast-check';

interface Damage {
  readonly how: 'overwrite' | 'copy' | 'insert';
  readonly where: number;
  readonly from: number;
  readonly bytes: readonly number[];
}

const damages: fc.Arbitrary<readonly Damage[]> = fc.array(
  fc.record({
    how: fc.constantFrom('overwrite', 'overwrite', 'overwrite', 'copy', 'insert'),
    where: fc.nat(),
    from: fc.nat(),
    bytes: fc.oneof(
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 8 }),
      // lengths and addresses that are too large
      fc.constantFrom([255, 255, 255, 255], [255, 255, 255, 255, 255, 255, 255, 255], [0, 0, 0, 128], [0, 0, 0, 0]),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

export interface Wrong {
  readonly all: readonly Damage[];
  readonly cut: number;
}
export const wrongs: fc.Arbitrary<Wrong> = fc.record({ all: damages, cut: fc.nat() });

/** A damaged copy; a sixth of them is only the beginning of it. */
export function damaged(file: Uint8Array, { all, cut }: Wrong): Uint8Array {
  let bytes = file.slice();
  for (const { how, where, from, bytes: own } of all) {
    const size = Math.max(1, bytes.length);
    // addresses and lengths of most formats stand at multiples of four
    if (how === 'copy') {
      const [to, start] = [(where % size) & ~3, (from % size) & ~3];
      bytes.set(bytes.slice(start, start + Math.min(8, bytes.length - to)), to);
    } else if (how === 'insert') {
      const at = where % size;
      const longer = new Uint8Array(bytes.length + own.length);
      longer.set(bytes.subarray(0, at));
      longer.set(own, at);
      longer.set(bytes.subarray(at), at + own.length);
      bytes = longer;
    } else for (const [i, one] of own.entries()) bytes[(where + i) % size] = one;
  }
  return cut % 6 === 0 ? bytes.subarray(0, cut % (bytes.length + 1)) : bytes;
}
