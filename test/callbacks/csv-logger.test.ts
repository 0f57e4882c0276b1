import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callbacks } from '../../src/index.ts';
import { errorOf } from '../helpers.ts';
import { trainWith } from './scripted.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simdescent-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('csvLogger', () => {
  test('writes a line of names and a line for each epoch, which a float64 can be read back from', async () => {
    const path = join(folder, 'log.csv');
    const { history } = await trainWith(callbacks.csvLogger(path), [0.1, 1 / 3]);
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines[0]).toBe('epoch,accuracy,loss,score');
    expect(lines.length).toBe(4);
    expect(lines[2]?.split(',').map(Number)).toEqual([
      1,
      history.history.accuracy?.[1],
      history.history.loss?.[1],
      1 / 3,
    ]);
    expect(lines[3]).toBe('');
  });

  test('begins anew, or goes on below what is there', async () => {
    const path = join(folder, 'append.csv');
    await writeFile(path, 'old');
    await trainWith(callbacks.csvLogger(path), [1]);
    await trainWith(callbacks.csvLogger(path, { append: true }), [2]);
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines.map((line) => line.split(',').at(-1))).toEqual(['score', '1', '2']);
    await writeFile(path, '');
    await trainWith(callbacks.csvLogger(path, { append: true }), [3]);
    expect((await readFile(path, 'utf8')).startsWith('epoch,')).toBe(true);
  });

  test('a line without an end gets one before the next', async () => {
    const path = join(folder, 'torn.csv');
    await writeFile(path, 'epoch,loss,score,accuracy\n0,0.5,1,1\n1,0.');
    await trainWith(callbacks.csvLogger(path, { append: true }), [2, 3]);
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines.slice(0, 3)).toEqual(['epoch,loss,score,accuracy', '0,0.5,1,1', '1,0.']);
    // in the order of the file
    expect(lines[3]).toMatch(/^0,[\d.]+,2,[\d.]+$/);
    expect(lines[4]).toMatch(/^1,[\d.]+,3,[\d.]+$/);
    expect(lines.slice(5)).toEqual(['']);
  });

  test('the columns of the file are kept: those without a value are NA, names in quotes and other ends of lines are read', async () => {
    const path = join(folder, 'wide.csv');
    await writeFile(path, 'epoch;val_loss;"a;""b""";accuracy;loss\r\n');
    const log = callbacks.csvLogger(path, { append: true, separator: ';' });
    await trainWith(log, [4], 'a;"b"');
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines[1]).toMatch(/^0;NA;4;[\d.]+;[\d.]+$/);
  });

  test.each([
    ['a column is missing that fit has a value for', 'epoch,loss,score\n', "'accuracy'"],
    ['there are no names', '0,1,2,3\n', "'epoch', got '0'"],
    ['it has another separator', 'epoch;accuracy;loss;score\n', "'epoch', got 'epoch;accuracy;loss;score'"],
  ])('a file is refused before anything is trained, and stays: %s', async (_title, text, message) => {
    const path = join(folder, 'refused.csv');
    await writeFile(path, text);
    let begun = false;
    const log = {
      ...callbacks.csvLogger(path, { append: true }),
      onEpochBegin() {
        begun = true;
      },
    };
    const error = await errorOf(() => trainWith(log, [1]));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toContain(path);
    expect(error.message).toContain(message);
    expect([begun, await readFile(path, 'utf8')]).toEqual([false, text]);
  });

  test('a value that a callback adds must have a column too', async () => {
    const path = join(folder, 'added.csv');
    const text = 'epoch,accuracy,loss\n';
    await writeFile(path, text);
    const error = await errorOf(() => trainWith(callbacks.csvLogger(path, { append: true }), [1]));
    expect(error.message).toMatch(/'score'.*accuracy, loss/);
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('a function gets each line; the separator and names that hold it are quoted', async () => {
    const lines: string[] = [];
    const log = callbacks.csvLogger((line) => void lines.push(line), { separator: ';' });
    await trainWith(log, [Number.NaN, 2], 'a;"b"');
    expect(lines.length).toBe(2);
    expect(lines[0]).toMatch(/^epoch;"a;""b""";accuracy;loss\n0;NaN;[\d.]+;[\d.]+\n$/);
    expect(lines[1]).toMatch(/^1;2;/);
  });

  test('a key that an epoch does not have is NA', async () => {
    const lines: string[] = [];
    const log = callbacks.csvLogger((line) => void lines.push(line));
    await log.onTrainBegin?.({});
    await log.onEpochEnd?.(0, { loss: 1, extra: 2 });
    await log.onEpochEnd?.(1, { loss: 3, other: 4 });
    expect(lines).toEqual(['epoch,extra,loss\n0,2,1\n', '1,NA,3\n']);
  });

  test('what cannot be written is said before anything is trained', async () => {
    const error = await errorOf(() => trainWith(callbacks.csvLogger(join(folder, 'no/such/log.csv')), [1]));
    expect(error.message).toMatch(/log\.csv: cannot be written \(no such file or folder\)$/);
    const appended = callbacks.csvLogger(join(folder, 'no/such/log.csv'), { append: true });
    expect((await errorOf(() => trainWith(appended, [1]))).message).toContain('no such file or folder');
    expect((await errorOf(() => callbacks.csvLogger('a', { separator: '' }))).message).toContain('separator');
    expect((await errorOf(() => callbacks.csvLogger(7 as never))).message).toBe(
      'filename must be a path or a function, got 7',
    );
  });
});
