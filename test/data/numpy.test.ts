/** NumPy's files, as NumPy wrote them, byte for byte, and as nobody should. */
import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readNpy, readNpz, writeNpy, writeNpz } from '../../src/data/index.ts';

interface Kept {
  readonly name: string;
  readonly file: string;
  readonly data: readonly number[];
  readonly shape: readonly number[];
}
const { npy, refused, npz } = JSON.parse(
  readFileSync(new URL('../reference/evaluation.json', import.meta.url), 'utf8'),
) as {
  npy: Kept[];
  refused: Kept[];
  npz: { stored: string; compressed: string };
};
const bytesOf = (file: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(file, 'base64'));
const fileOf = (name: string): string => npy.find((one) => one.name === name)?.file ?? '';

describe('readNpy', () => {
  it.each(npy)('reads $name as NumPy wrote it', async ({ name, file, data, shape }) => {
    const read = await readNpy(new Blob([bytesOf(file)]));
    expect(read.shape).toEqual(shape);
    expect([...read.data]).toEqual(name.includes('b1') ? data.map((x) => Number(x !== 0)) : data);
  });

  it('keeps the kind of the numbers', async () => {
    const kinds = {
      '<f4 C': Float32Array,
      '>f8 F': Float64Array,
      '>i2 C': Int16Array,
      '<f2 C': Float32Array,
      '<i8 C': Float64Array,
    };
    for (const [name, kind] of Object.entries(kinds))
      expect((await readNpy(bytesOf(fileOf(name)))).data).toBeInstanceOf(kind);
  });

  it.each([
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x3555, 0.333251953125],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, Number.NaN],
    [0x8000, -0],
  ])('the half %i is %d', async (bits, value) => {
    const file = bytesOf(fileOf('<f2 C'));
    new DataView(file.buffer).setUint16(file.length - 12, bits, true);
    expect((await readNpy(file)).data[0]).toBe(value);
  });

  it.each(refused)('refuses $name by its name', async ({ name, file }) => {
    const words = {
      U: '<U1',
      complex: '<c16',
      objects: 'Python objects',
      records: 'records',
      dates: 'M8',
      wide: '1152921504606846976',
    };
    await expect(readNpy(bytesOf(file))).rejects.toThrow(words[name as keyof typeof words]);
  });

  it.each([
    ['no bytes', () => new Uint8Array(0), SyntaxError],
    ['half a file', (file: Uint8Array) => file.subarray(0, 70), RangeError],
    ['one byte more', (file: Uint8Array) => Uint8Array.of(...file, 0), RangeError],
    ['half a header', (file: Uint8Array) => file.subarray(0, 40), RangeError],
    ['version 9', (file: Uint8Array) => file.with(6, 9), RangeError],
    ['no header', (file: Uint8Array) => file.slice().fill(32, 10, 60), SyntaxError],
  ])('refuses %s', async (_, damage, kind) => {
    await expect(readNpy(damage(bytesOf(fileOf('<f4 C'))))).rejects.toBeInstanceOf(kind);
  });

  it('refuses sizes that no file has before it allocates', async () => {
    for (const shape of ['9007199254740993,', '4294967296, 4294967296,', `${'1, '.repeat(40)}`]) {
      const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`;
      const file = Uint8Array.of(
        0x93,
        ...Array.from(`NUMPY\x01\0${String.fromCharCode(text.length)}\0${text}`, (c) => c.charCodeAt(0)),
      );
      await expect(readNpy(file)).rejects.toBeInstanceOf(RangeError);
    }
  });
});

describe('writeNpy', () => {
  it.each(['<f4 C', '<f8 C', '|u1 C', '|i1 C', '<u2 C', '<u4 C', '<i4 C', 'list', 'empty', 'number'])(
    'writes %s as NumPy does',
    async (name) => {
      expect(writeNpy(await readNpy(bytesOf(fileOf(name))))).toEqual(bytesOf(fileOf(name)));
    },
  );

  it('takes nested arrays, and refuses what a file cannot hold', async () => {
    expect(await readNpy(writeNpy([[1, 2]]))).toEqual({ data: Float64Array.of(1, 2), shape: [1, 2], divisor: 1 });
    expect(() => writeNpy({ data: Uint8Array.of(1), shape: [1], divisor: 255 })).toThrow(/255/);
    expect(() => writeNpy(['a'] as never)).toThrow(TypeError);
  });
});

describe('npz', () => {
  const x = { data: Float32Array.of(0, 1, 2, 3, 4, 5), shape: [2, 3], divisor: 1 };
  const y = { data: Uint8Array.of(7, 8), shape: [2], divisor: 1 };

  it("reads NumPy's archives, all arrays or some", async () => {
    for (const file of Object.values(npz)) expect(await readNpz(bytesOf(file))).toEqual({ x, y });
    expect(await readNpz(bytesOf(npz.stored), { only: ['y'] })).toEqual({ y });
    await expect(readNpz(bytesOf(npz.stored), { only: ['z'] })).rejects.toThrow(/'z'.*'x', 'y'/);
  });

  it('reads what it writes, which is the same whenever it is written', async () => {
    for (const compress of [false, true]) {
      expect(await readNpz(writeNpz({ x, y }, { compress }))).toEqual({ x, y });
      expect(writeNpz({ x, y }, { compress })).toEqual(writeNpz({ x, y }, { compress }));
    }
    expect(() => writeNpz({ '../x': x })).toThrow(RangeError);
  });

  it('refuses bombs, lies and other archives', async () => {
    const zeros = writeNpz({ zeros: { data: new Uint8Array(100_000), shape: [100_000] } }, { compress: true });
    await expect(readNpz(zeros, { maxBytes: 50_000 })).rejects.toThrow(/maxBytes/);
    // the size that the directory claims
    const liar = zeros.slice();
    const directory = Buffer.from(liar).lastIndexOf('PK\x01\x02', undefined, 'latin1');
    new DataView(liar.buffer).setUint32(directory + 24, 2 ** 30, true);
    await expect(readNpz(liar)).rejects.toThrow(/more bytes than the file/);
    await expect(readNpz(Uint8Array.of(1, 2, 3))).rejects.toBeInstanceOf(SyntaxError);
    await expect(readNpz(zeros.subarray(0, 50))).rejects.toBeInstanceOf(SyntaxError);
    await expect(readNpz(zipSync({ 'a.npy': Uint8Array.of(1) }))).rejects.toThrow(/'a'/);
    expect(await readNpz(zipSync({ 'readme.txt': Uint8Array.of(1) }))).toEqual({});
  });
});
