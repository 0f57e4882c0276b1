/** CSV from every kind of source, in every form that people write it, and Errors that name the line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numberIn } from '../../src/data/csv/number.ts';
import { csv } from '../../src/data/index.ts';
import { serve } from '../browsers/server.ts';

const IRIS = 'sepal_length,sepal_width,species\n5.1,3.5,setosa\n7,3.2,versicolor\n';

const piecesOf = async function* (text: string, length: number) {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'simdescent-csv-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('csv reads', () => {
  const check = async (source: Parameters<typeof csv>[0]): Promise<void> => {
    const table = await csv(source);
    expect(table.columns).toEqual(['sepal_length', 'sepal_width', 'species']);
    expect([...table.numbers('sepal_length')]).toEqual([5.1, 7]);
    expect(table.texts('species')).toEqual(['setosa', 'versicolor']);
    expect(table.matrix()).toEqual({ data: Float32Array.of(5.1, 3.5, 7, 3.2), shape: [2, 2] });
  };

  it('text, bytes, blobs, responses, streams and async iterables', async () => {
    const bytes = new TextEncoder().encode(IRIS);
    await check(IRIS);
    await check(`\ufeff${IRIS}`);
    await check(bytes);
    await check(bytes.buffer);
    await check(new Blob([IRIS]));
    await check(new File([IRIS], 'iris.csv'));
    await check(new Response(IRIS));
    await check(new Blob([IRIS]).stream());
    await check(piecesOf(IRIS, 3));
    await check(new Blob([gzipSync(IRIS)]));
    await check(`data:text/csv,${encodeURIComponent(IRIS)}`);
  });

  it('paths and addresses', async () => {
    const file = path.join(folder, 'iris.csv');
    writeFileSync(file, IRIS);
    await check(file);
    await check(pathToFileURL(file));
    writeFileSync(`${file}.gz`, gzipSync(IRIS));
    await check(`${file}.gz`);
    await using server = await serve({ folders: { '/': `${folder}/` } });
    await check(`${server.origin}/iris.csv`);
    await check(new URL(`${server.origin}/iris.csv`));
    await expect(csv(`${server.origin}/none.csv`)).rejects.toThrow('404');
    await expect(csv(path.join(folder, 'none.csv'))).rejects.toThrow(/none\.csv.*no such file/);
  });

  it('other encodings, if it is told', async () => {
    const latin = Uint8Array.of(...Array.from('a,b\n1,caf', (c) => c.charCodeAt(0)), 0xe9, 10);
    await expect(csv(latin)).rejects.toThrow(/utf-8.*encoding/);
    expect((await csv(latin, { encoding: 'latin1' })).texts('b')).toEqual(['café']);
  });
});

describe('csv finds out', () => {
  it.each([',', ';', '\t', '|'])('the separator %j, also beside commas in text', async (separator) => {
    const text = ['a', 'b', '"c, d"\n1', '2', 'x'].join(separator);
    const table = await csv(`${text}\n`);
    expect(table.columns).toEqual(['a', 'b', 'c, d']);
    expect([...table.numbers('b')]).toEqual([2]);
  });

  it('whether there is a header', async () => {
    expect((await csv('5.1,setosa\n4.9,setosa\n')).columns).toEqual(['0', '1']);
    expect((await csv('5.1,setosa\n4.9,setosa\n', { header: ['length', 'kind'] })).columns).toEqual(['length', 'kind']);
    const years = await csv('country,2019\nChad,5\n', { header: true });
    expect([...years.numbers('2019')]).toEqual([5]);
    expect((await csv('a,b\nc,d\n', { header: false })).texts('0')).toEqual(['a', 'c']);
    expect((await csv(',b\n7,1\n')).columns).toEqual(['0', 'b']);
  });

  it('which columns are numbers, with missing values', async () => {
    const table = await csv('a,b,c,d\n1,NA,x,-inf\n ,2e3,?,Infinity\n?, .5,y,7.\n');
    expect([...table.numbers('a')]).toEqual([1, Number.NaN, Number.NaN]);
    expect([...table.numbers('b')]).toEqual([Number.NaN, 2000, 0.5]);
    expect(table.texts('c')).toEqual(['x', '', 'y']);
    expect([...table.numbers('d')]).toEqual([-Infinity, Infinity, 7]);
  });

  it('nothing, where it is told', async () => {
    const table = await csv('id,v,w\n007,"1,5",-999\n', {
      types: { id: 'text' },
      decimal: ',',
      missing: ['-999'],
      columns: ['w', 'id', 'v'],
      separator: ',',
    });
    expect(table.rows()).toEqual([{ w: Number.NaN, id: '007', v: 1.5 }]);
  });

  it('the same, in whatever pieces the text comes', async () => {
    const field = fc.oneof(fc.constantFrom('a"b', 'x,y', 'two\nlines', 'r\r\nn', ' s ', 'ü€𝄞'), fc.string());
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(field, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (rows, length, lineEnd) => {
          const quoted = rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','));
          const text = ['a,b,c', ...quoted].join(lineEnd);
          const options = {
            header: true,
            types: { a: 'text', b: 'text', c: 'text' },
            missing: [],
            separator: ',',
          } as const;
          const table = await csv(piecesOf(text, length), options);
          const expected = rows.map(([a = '', b = '', c = '']) => ({ a: a.trim(), b: b.trim(), c: c.trim() }));
          expect(table.rows()).toEqual(expected);
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });

  it('the same at the end of its sample: a column of numbers for a million characters holds text behind', async () => {
    const text = `a,b\n${'1,2\n'.repeat(400_000)}x,2\n`;
    await expect(csv(text)).rejects.toThrow(/line 400002, column 'a'.*number.*'x'.*text/);
    expect((await csv(text, { types: { a: 'text' } })).texts('a').at(-1)).toBe('x');
  });

  it('numbers as Number does, to the bit', () => {
    const number = fc.oneof(
      fc.double({ noNaN: true }).map(String),
      fc.tuple(fc.integer(), fc.nat(99_999_999)).map(([a, b]) => `${a}.${b}`),
      fc.constantFrom('-0', '0', '.5', '-.5', '5.', '1e3', '00012', '999999999999999', '0.00000000000001'),
    );
    fc.assert(
      fc.property(number, (text) => {
        expect(numberIn(text)).toBe(Number(text));
      }),
      { numRuns: 5000, seed: 1 },
    );
    for (const text of ['', ' ', '-', '.', '-.', '1.2.3', 'x', '1_0']) expect(numberIn(text)).toBeNaN();
  });
});

describe('csv names the line of', () => {
  it.each([
    ['too few fields', 'a,b\n1,2\n"x\ny",3\nq\n', /line 5.*2 fields.*1.*'b'/],
    ['too many fields', 'a,b\n1,2\n\n"x\ny",3,4\n', /line 4.*2 fields.*3.*'4'/],
    ['a quote that never closes', 'a,b\n1,2\n3,"x\n5,6\n', /line 3.*closes/],
    ['text behind a closing quote', 'a,b\n1,2\n"x"y,3\n', /line 3.*quote.*'y'/],
  ])('%s', async (_, text, message) => {
    await expect(csv(text)).rejects.toThrow(message);
    await expect(csv(piecesOf(text, 2))).rejects.toThrow(message);
  });

  it('a wrong number, and the file', async () => {
    const text = 'a,b\n1,2\n3,none\n';
    await expect(csv(text, { types: { b: 'number' } })).rejects.toThrow(/^line 3, column 'b'.*number.*'none'/);
    await expect(csv(new File([text], 'my.csv'), { types: { b: 'number' } })).rejects.toThrow(/^'my.csv': line 3/);
  });
});

describe('csv refuses', () => {
  it.each([
    ['a number', 5, TypeError, /got 5/],
    ['an empty string', '', RangeError, /empty/],
    ['empty lines alone', '\n\n', RangeError, /none/],
    ['columns of the same name', 'a,a\n1,2\n', RangeError, /1 and 2.*'a'/],
  ])('%s', async (_, source, kind, message) => {
    const error = await csv(source as string).catch((found: unknown) => found);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
  });

  it.each([
    [{ colums: [] }, RangeError, /'columns'/],
    [{ columns: ['aa'] }, RangeError, /'a'/],
    [{ types: { b: 'integer' } }, RangeError, /number, text/],
    [{ types: { q: 'text' } }, RangeError, /a, b/],
    [{ separator: ',,' }, RangeError, /one character/],
    [{ header: ['a'] }, RangeError, /1 columns.*2 fields/],
    [{ header: 'yes' }, TypeError, /true or false/],
    [{ missing: '' }, TypeError, /array/],
    [{ decimal: '_' }, RangeError, /decimal/],
    [{ encoding: 8 }, TypeError, /encoding/],
  ])('options %j', async (options, kind, message) => {
    const error = await csv('a,b\n1,2\n', options as object).catch((found: unknown) => found);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
  });

  it('a stream of something else, and passes on its errors', async () => {
    const numbers = (async function* () {
      yield 5;
    })() as unknown as AsyncIterable<string>;
    await expect(csv(numbers)).rejects.toThrow(TypeError);
    const broken = (async function* () {
      yield 'a,b\n';
      throw new RangeError('the cable is out');
    })();
    await expect(csv(broken)).rejects.toThrow('the cable is out');
  });
});

describe('a table', () => {
  const read = () => csv('a,b,kind\n1,2,x\n,4,y\n5,,\n7,9,y\n');

  it('refuses a matrix with gaps or text, and says what to do', async () => {
    const table = await read();
    expect(() => table.matrix()).toThrow(/row 1.*'a'.*dropMissing.*fillMissing/);
    expect(() => table.matrix(['kind'])).toThrow(/text.*labelEncode/);
    expect(() => table.matrix([])).toThrow(RangeError);
    expect(() => table.numbers('c')).toThrow(/a, b, kind/);
  });

  it('drops and fills missing values', async () => {
    const table = await read();
    expect(table.dropMissing().rows()).toEqual([
      { a: 1, b: 2, kind: 'x' },
      { a: 7, b: 9, kind: 'y' },
    ]);
    expect(table.dropMissing(['a']).rowCount).toBe(3);
    expect([...table.fillMissing('median').numbers('a')]).toEqual([1, 5, 5, 7]);
    expect([...table.fillMissing('mean', { columns: ['b'] }).numbers('b')]).toEqual([2, 4, 5, 9]);
    expect([...table.fillMissing(-1).numbers('a')]).toEqual([1, -1, 5, 7]);
    expect([...table.numbers('a')]).toEqual([1, Number.NaN, 5, 7]);
    expect(() => table.fillMissing('mean', { columns: ['kind'] })).toThrow(TypeError);
    expect(() => table.fillMissing('mode' as 'mean')).toThrow(/mean, median/);
  });

  it('selects columns and rows', async () => {
    const table = await read();
    expect(table.select(['kind', 'a']).columns).toEqual(['kind', 'a']);
    expect(table.without(['a']).columns).toEqual(['b', 'kind']);
    expect(table.take([3, 0, 3]).texts('kind')).toEqual(['y', 'x', 'y']);
    expect(() => table.take([4])).toThrow(RangeError);
    expect(table.texts('b')).toEqual(['2', '4', '', '9']);
    expect(table.rows(3)).toEqual([{ a: 7, b: 9, kind: 'y' }]);
    expect(String(table)).toBe('Table(4 rows: a, b, kind (text))');
  });
});
