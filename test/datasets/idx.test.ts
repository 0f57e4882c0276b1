import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIdx } from '../../src/datasets/idx.ts';

const header = (type: number, ...sizes: number[]) => {
  const bytes = new Uint8Array(4 + 4 * sizes.length);
  bytes[2] = type;
  bytes[3] = sizes.length;
  sizes.forEach((size, d) => {
    new DataView(bytes.buffer).setUint32(4 + 4 * d, size);
  });
  return bytes;
};
const idx = (sizes: number[], elements: ArrayLike<number>, type = 8) =>
  Uint8Array.from([...header(type, ...sizes), ...Array.from(elements)]);

describe('parseIdx', () => {
  it('reads labels and images as views of the bytes it was given', () => {
    const labels = idx([3], [7, 0, 9]);
    const parsed = parseIdx(labels, { name: 'labels' });
    expect(parsed.shape).toEqual([3]);
    expect([...parsed.data]).toEqual([7, 0, 9]);
    expect(parsed.data.buffer).toBe(labels.buffer);
    const images = parseIdx(idx([2, 1, 2], [1, 2, 3, 4]));
    expect(images.shape).toEqual([2, 1, 2]);
    expect([...images.data]).toEqual([1, 2, 3, 4]);
  });

  it('reads a file that starts in the middle of a buffer', () => {
    const whole = Uint8Array.from([1, 2, 3, ...idx([2], [5, 6]), 9]);
    expect([...parseIdx(whole.subarray(3, -1)).data]).toEqual([5, 6]);
  });

  it('reads back whatever sizes and elements were written', () => {
    const sizes = fc.oneof(fc.tuple(fc.nat(50)), fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5))) as fc.Arbitrary<number[]>;
    fc.assert(
      fc.property(sizes, fc.nat(255), (shape, seed) => {
        const count = shape.reduce((a, b) => a * b, 1);
        const elements = Array.from({ length: count }, (_, i) => (seed + 31 * i) % 256);
        const parsed = parseIdx(idx(shape, elements));
        expect(parsed.shape).toEqual(shape);
        expect([...parsed.data]).toEqual(elements);
      }),
      { seed: 42 },
    );
  });

  it('answers any bytes with a parsed file that fits them or an Error that names the file', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.uint8Array({ maxLength: 40 }).map((tail) => Uint8Array.from([0, 0, 8, 1 + ((tail[0] ?? 0) % 3), ...tail])),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        try {
          const { data, shape } = parseIdx(bytes, { name: 'some-file' });
          expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
          expect(data.length).toBe(bytes.length - 4 - 4 * shape.length);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect((error as Error).message).toMatch(/^some-file: expected .+, got .+/);
        }
      }),
      { seed: 42, numRuns: 2000 },
    );
  });

  it('refuses a header that claims 2^96 elements without allocating them', () => {
    const bytes = header(8, 0xffffffff, 0xffffffff, 0xffffffff);
    expect(() => parseIdx(bytes, { name: 'huge' })).toThrow(
      /^huge: expected 4294967295 x 4294967295 x 4294967295 elements, got 0 bytes$/,
    );
  });

  it('names the type of the elements when it is not an unsigned byte', () => {
    expect(() => parseIdx(idx([1], [0, 0, 0, 0], 0x0d), { name: 'f' })).toThrow(
      new TypeError('f: expected IDX elements of type uint8 (08), got float32'),
    );
  });

  it('refuses other numbers of dimensions, files cut short and files too long', () => {
    expect(() => parseIdx(idx([1, 1], [0]))).toThrow('expected 1 dimension (labels) or 3 (images), got 2');
    expect(() => parseIdx(idx([3], [1, 2]), { name: 'y' })).toThrow(
      new RangeError('y: expected 3 elements, got 2 bytes'),
    );
    expect(() => parseIdx(idx([1], [1, 2]))).toThrow('got 2 bytes');
    expect(() => parseIdx(header(8, 1, 2, 3).subarray(0, 9))).toThrow('expected an IDX header of 16 bytes, got 9');
    expect(() => parseIdx(new Uint8Array(0))).toThrow('expected an IDX header, got 0 bytes');
  });

  it('shows how a file begins that is something else altogether', () => {
    expect(() => parseIdx(new TextEncoder().encode('<!doctype html>'), { name: 'x.gz' })).toThrow(
      'x.gz: expected an IDX file (00 00 08 ..), got one that starts with 3c 21 64 6f',
    );
  });
});
