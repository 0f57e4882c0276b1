/** The journal: whatever is cut off or damaged, what it gives back is what was written, or it is refused by its line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Journal, readEntries } from '../../src/sweep/journal.ts';
import { randomFloats } from '../core.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simdescent-journal-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entry = (i: number) => ({ trial: i, text: `"${'ä\n'.repeat(i % 7)}`, list: [i / 3, 'NaN'] });

async function written(name: string, count: number): Promise<string> {
  const path = join(folder, name);
  const journal = await Journal.open(path);
  // some come while others are written
  await Promise.all(Array.from({ length: count }, (_, i) => journal.append(entry(i))));
  await journal.close();
  return path;
}
const all = Array.from({ length: 12 }, (_, i) => entry(i));

describe('a journal', () => {
  it('gives back what was written, and grows', async () => {
    const path = await written('whole', 11);
    const journal = await Journal.open(path);
    expect(journal.entries).toEqual(all.slice(0, 11));
    await journal.append(entry(11));
    await journal.close();
    const bytes = Uint8Array.from(readFileSync(path));
    expect(readEntries(bytes, path)).toEqual({ entries: all, length: bytes.length });
  });

  it('drops a torn last line wherever it is cut, and goes on behind the line before', async () => {
    const bytes = readFileSync(await written('torn', 12));
    const ends = [...bytes.entries()].flatMap(([i, byte]) => (byte === 10 ? [i + 1] : []));
    for (let length = 0; length <= bytes.length; length += 7) {
      const path = join(folder, 'cut');
      writeFileSync(path, bytes.subarray(0, length));
      const journal = await Journal.open(path);
      const whole = ends.filter((end) => end <= length).length;
      expect(journal.entries).toEqual(all.slice(0, whole));
      await journal.append(entry(whole));
      await journal.close();
      expect(readEntries(Uint8Array.from(readFileSync(path)), path).entries).toEqual(
        Array.from({ length: whole + 1 }, (_, i) => entry(i)),
      );
    }
  });

  it('refuses any damage in front of the last line, and names the line', async () => {
    const path = await written('damaged', 12);
    const bytes = Uint8Array.from(readFileSync(path));
    const last = bytes.lastIndexOf(10, bytes.length - 2) + 1;
    // without its line end, the line before would be the last one
    const end = last - 1;
    const lineOf = (at: number) => bytes.subarray(0, at).filter((byte) => byte === 10).length + 1;
    const next = randomFloats(5);
    const pick = (below: number) => Math.floor(((next() + 1) / 2) * below);
    for (let round = 0; round < 400; round++) {
      const at = pick(end);
      const wrong = bytes.slice();
      wrong[at] = (wrong[at] ?? 0) ^ (1 << pick(8));
      expect(() => readEntries(wrong, path), `byte ${at}`).toThrow(`${path}: line ${lineOf(at)} is damaged`);
      // a block of zeros, as a power cut leaves it
      const zeros = bytes.slice().fill(0, at, Math.min(end, at + 1 + pick(300)));
      expect(() => readEntries(zeros, path)).toThrow(`line ${lineOf(at)} is damaged`);
    }
    for (let at = last; at < bytes.length; at++) {
      const wrong = bytes.slice();
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      expect(readEntries(wrong, path)).toEqual({ entries: all.slice(0, 11), length: last });
    }
  });

  it('refuses lines that are missing, twice there or in another order', async () => {
    const path = await written('order', 6);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const read = (order: readonly number[]) => () =>
      readEntries(Uint8Array.from(Buffer.from(order.map((i) => `${lines[i]}\n`).join(''))), path);
    expect(read([0, 2, 3, 4])).toThrow('line 2 is damaged');
    expect(read([0, 1, 1, 2, 3])).toThrow('line 3 is damaged');
    expect(read([0, 2, 1, 3])).toThrow('line 2 is damaged');
  });
});
