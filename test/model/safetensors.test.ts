/** The file format by itself: written as its specification says, and read only if it is so. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../src/model/safetensors.ts';

const read = (bytes: Uint8Array) => readSafetensors(bytes, 'the file');

/** A file of this header, as text or to be made JSON, and this many bytes of data. */
function fileOf(header: unknown, data = 0, length?: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const arrays = fc.uniqueArray(
  fc.record({ name: fc.string().filter((name) => !/^__/.test(name)), shape: fc.array(fc.nat(3), { maxLength: 3 }) }),
  { selector: ({ name }) => name, maxLength: 5 },
);

describe('writing', () => {
  test('what is written is what the specification says, and comes back to the bit', () => {
    fc.assert(
      fc.property(arrays, fc.string(), (specs, note) => {
        const stored = specs.map(({ name, shape }, i) => {
          const size = shape.reduce((a, b) => a * b, 1);
          return { name, shape, data: Float32Array.from({ length: size }, (_, k) => i + k / 7) };
        });
        const bytes = writeSafetensors(stored, new Map([['note', note]]));
        // an independent look: header length, alignment, contiguous offsets in order, everything accounted for
        const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
        expect((8 + length) % 8).toBe(0);
        const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
        expect(text.startsWith('{')).toBe(true);
        const header = JSON.parse(text) as Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>;
        let end = 0;
        for (const { name, shape, data } of stored) {
          const entry = header[name];
          expect(entry).toEqual({ dtype: 'F32', shape, data_offsets: [end, end + data.byteLength] });
          const view = new DataView(bytes.buffer, 8 + length + end);
          for (const [k, value] of data.entries()) expect(view.getFloat32(4 * k, true)).toBe(value);
          end += data.byteLength;
        }
        expect(bytes.length).toBe(8 + length + end);

        const back = read(bytes);
        expect(back.metadata).toEqual(new Map([['note', note]]));
        expect([...back.arrays.keys()].sort()).toEqual(specs.map(({ name }) => name).sort());
        for (const { name, shape, data } of stored) {
          expect(back.arrays.get(name)?.shape).toEqual(shape);
          expect(back.arrays.get(name)?.bytes).toEqual(new Uint8Array(data.buffer));
        }
      }),
    );
  });
});

const entry = (over: object = {}) => ({ dtype: 'F32', shape: [2], data_offsets: [0, 8], ...over });

describe('reading', () => {
  test('arrays may stand in any order, with a header of any length, in shared memory too', () => {
    const file = fileOf({ b: entry({ data_offsets: [4, 12] }), a: entry({ shape: [1], data_offsets: [0, 4] }) }, 12);
    file.set([1, 2, 3, 4], file.length - 12);
    expect(read(file).arrays.get('a')?.bytes).toEqual(new Uint8Array([1, 2, 3, 4]));
    const shared = new Uint8Array(new SharedArrayBuffer(file.length));
    shared.set(file);
    expect(read(shared).arrays.get('b')?.shape).toEqual([2]);
    expect(read(fileOf('{}   ')).arrays.size).toBe(0);
  });

  test.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'the file: expected a safetensors file, got 0 bytes'],
    ['a length past the end', fileOf({}, 0, 3), 'got one of 10 bytes whose header would take 3'],
    ['a huge length', fileOf({}, 0, 2 ** 52), 'whose header would take 4503599627370496'],
    ['a length of all ones', new Uint8Array(16).fill(255), 'whose header would take'],
    ['another format', new TextEncoder().encode('PK\x03\x04 and so on'), 'whose header would take'],
    [
      'a header that is not UTF-8',
      new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]),
      'the header of the file is not UTF-8',
    ],
    ['a header that is no JSON', fileOf('hello'), 'the header of the file must be a JSON object'],
    ['a header that ends early', fileOf('{"a":'), 'the header of the file is not JSON'],
    ['a header that is no object', fileOf('[]'), 'the header of the file must be a JSON object'],
    [
      'a name given twice',
      fileOf(`{"a":${JSON.stringify(entry())},"a":${JSON.stringify(entry({ data_offsets: [8, 16] }))}}`, 16),
      "the header of the file has the key 'a' twice",
    ],
    ['a prototype key', fileOf('{"__proto__":{}}'), "the header of the file has the key '__proto__'"],
    [
      'metadata given twice',
      fileOf('{"__metadata__":{"a":"1"},"__metadata__":{"a":"2"}}'),
      "the header of the file has the key '__metadata__' twice",
    ],
    [
      'a key of the metadata given twice',
      fileOf('{"__metadata__":{"a":"1","\\u0061":"2"}}'),
      "the metadata of the file has the key 'a' twice",
    ],
    ['a prototype key in the metadata', fileOf('{"__metadata__":{"__proto__":"1"}}'), "has the key '__proto__'"],
    ['metadata that is no object', fileOf({ __metadata__: [] }), 'the metadata of the file must be a JSON object'],
    ['metadata that is no text', fileOf({ __metadata__: { a: 1 } }), "'a' in the metadata must be a string"],
    ['an entry that is no object', fileOf({ a: 1 }), "the file: 'a' must be an object"],
    ['an unknown field', fileOf({ a: entry({ offset: 0 }) }, 8), "'a' has an unknown field 'offset'"],
    ['another type', fileOf({ a: entry({ dtype: 'F16' }) }, 8), "'a' must be of type F32, got F16"],
    ['no type', fileOf({ a: entry({ dtype: undefined }) }, 8), "'a' must be of type F32"],
    ['a negative size', fileOf({ a: entry({ shape: [-2] }) }, 8), "'a': its shape must be an array of sizes"],
    ['half a size', fileOf({ a: entry({ shape: [2.5] }) }, 8), "'a': its shape must be an array of sizes"],
    ['a size past 2^53', fileOf({ a: entry({ shape: [2 ** 60] }) }, 8), "'a': its shape must be an array of sizes"],
    [
      'a product past 2^53',
      fileOf({ a: entry({ shape: [2 ** 50, 2 ** 50, 2 ** 50] }) }, 8),
      'does not fill bytes 0 to 8',
    ],
    [
      'infinity times zero',
      fileOf({ a: entry({ shape: [...Array(40).fill(2 ** 50), 0] }) }, 8),
      'does not fill bytes 0 to 8',
    ],
    ['a shape that does not fit', fileOf({ a: entry({ shape: [3] }) }, 8), "'a': shape [3] does not fill bytes 0 to 8"],
    ['offsets past the end', fileOf({ a: entry({ data_offsets: [0, 12] }) }, 8), "'a' claims bytes 0 to 12 of 8"],
    ['offsets backwards', fileOf({ a: entry({ data_offsets: [8, 0] }) }, 8), "'a' claims bytes 8 to 0 of 8"],
    ['a negative offset', fileOf({ a: entry({ data_offsets: [-8, 0] }) }, 8), 'its data_offsets must be two positions'],
    ['half an offset', fileOf({ a: entry({ data_offsets: [0.5, 8.5] }) }, 9), 'its data_offsets must be two positions'],
    ['three offsets', fileOf({ a: entry({ data_offsets: [0, 8, 8] }) }, 8), 'its data_offsets must be two positions'],
    [
      'overlapping arrays',
      fileOf({ a: entry(), b: entry({ data_offsets: [4, 12] }) }, 12),
      "'b' begins at byte 4, but the array before it ends at 8",
    ],
    [
      'the same bytes twice',
      fileOf({ a: entry(), b: entry() }, 8),
      "'b' begins at byte 0, but the array before it ends at 8",
    ],
    [
      'a gap',
      fileOf({ a: entry(), b: entry({ data_offsets: [12, 20] }) }, 20),
      "'b' begins at byte 12, but the array before it ends at 8",
    ],
    ['bytes left over', fileOf({ a: entry() }, 9), 'its arrays end at byte 8 of the 9 behind the header'],
    ['deep nesting', fileOf(`{"a":${'['.repeat(1e5)}`), 'nested more than 256 deep'],
  ])('%s is refused', (_title, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
  });

  test('every shortened file is refused', () => {
    const whole = writeSafetensors([{ name: 'a', shape: [2], data: new Float32Array(2) }], new Map());
    for (let length = 0; length < whole.length; length++) expect(() => read(whole.slice(0, length))).toThrow();
    expect(read(whole).arrays.size).toBe(1);
  });
});
