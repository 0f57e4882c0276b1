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

const entry = (i: number) => ({ trial: i, text: `"${'ä\n\u2028'.repeat(i % 7)}`, list: [i / 3, 'NaN'] });

/** A journal of so many entries, each time the first alone and then the others together, because they come while it is written. */
async function written(name: string, ...writes: number[]): Promise<string> {
  const path = join(folder, name);
  const journal = await Journal.open(path);
  let next = 0;
  for (const count of writes) await Promise.all(Array.from({ length: count }, () => journal.append(entry(next++))));
  await journal.close();
  return path;
}
const ONE_EACH = Array<number>(12).fill(1);
const endsIn = (bytes: Uint8Array) => [...bytes.entries()].flatMap(([i, byte]) => (byte === 10 ? [i + 1] : []));
const all = Array.from({ length: 12 }, (_, i) => entry(i));

describe('a journal', () => {
  it('gives back what was written, and grows', async () => {
    const path = await written('whole', 4, 7);
    const journal = await Journal.open(path);
    expect(journal.entries).toEqual(all.slice(0, 11));
    await journal.append(entry(11));
    await journal.close();
    const bytes = Uint8Array.from(readFileSync(path));
    expect(readEntries(bytes, path)).toEqual({ entries: all, length: bytes.length });
  });

  it('drops a torn last line wherever it is cut, and goes on behind the line before', async () => {
    const bytes = readFileSync(await written('torn', 1, 8, 3));
    const ends = endsIn(bytes);
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

  it('keeps what was on the disk before its last write, whatever a power cut left of that', async () => {
    const whole = Uint8Array.from(readFileSync(await written('cut short', 1, 1, 10)));
    const ends = endsIn(whole);
    // nine of them
    const begin = ends[2] ?? 0;
    expect(
      Buffer.from(whole)
        .toString()
        .match(/"synced":3/g),
    ).toHaveLength(9);
    const { length } = whole;
    expect(length - begin).toBeGreaterThan(1024);
    const path = join(folder, 'left');
    const left = async (bytes: Uint8Array, from: number, what: string) => {
      writeFileSync(path, bytes);
      const journal = await Journal.open(path);
      // every whole line in front of the damage
      const kept = ends.filter((end) => end <= from).length;
      expect(journal.entries, what).toEqual(all.slice(0, kept));
      expect(journal.leftOut, what).toBe(bytes.length - (ends[kept - 1] ?? 0));
      // nothing is changed before something is written
      expect(readFileSync(path).equals(bytes), what).toBe(true);
      await journal.append(entry(kept));
      await journal.close();
      expect(readEntries(Uint8Array.from(readFileSync(path)), path).entries, what).toEqual(all.slice(0, kept + 1));
    };
    const zeroed = (from: number, to: number) => whole.slice().fill(0, from, to);
    for (let at = begin; at < length; at++) {
      const cuts = [
        [whole.slice(0, at), 'cut'],
        [zeroed(at, length), 'zero to the end'],
        [zeroed(at, at + 1), 'one zero'],
        [zeroed(begin, at), 'zero at the beginning'],
      ] as const;
      for (const [bytes, what] of at % 128 === 0 || ends.includes(at) || ends.includes(at + 1) ? cuts : [])
        if (bytes.length < length || !Buffer.from(bytes).equals(whole))
          await left(bytes, what === 'zero at the beginning' ? begin : at, `${what}, byte ${at}`);
      // the others are read alone, which is faster
      for (const bytes of [whole.slice(0, at), zeroed(at, length), zeroed(at, at + 1)])
        expect(readEntries(bytes, path).entries).toEqual(all.slice(0, ends.filter((end) => end <= at).length));
    }
    for (const size of [512, 4096])
      for (let block = Math.floor(begin / size); block * size < length; block++) {
        const [from, to] = [Math.max(begin, block * size), Math.min(length, (block + 1) * size)];
        await left(zeroed(from, to), from, `block ${block} of ${size}`);
        // one that is lost, and the file ends behind it
        await left(zeroed(from, to).slice(0, to), from, `up to block ${block} of ${size}`);
        // another file had it before
        await left(whole.slice().fill(10, from, to), from, `line ends in block ${block} of ${size}`);
      }
  });

  it('refuses damage to what was on the disk before its last write, and names the line', async () => {
    const path = await written('damaged', ...ONE_EACH);
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
      // a block of zeros, as a disk that fails leaves it
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
    for (const writes of [ONE_EACH.slice(0, 6), [1, 5], [6]]) {
      const path = await written(`order ${writes.length}`, ...writes);
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      const read = (order: readonly number[]) => () =>
        readEntries(Uint8Array.from(Buffer.from(order.map((i) => `${lines[i]}\n`).join(''))), path);
      expect(read([0, 2, 3, 4])).toThrow('line 2 is damaged');
      expect(read([0, 1, 1, 2, 3])).toThrow('line 3 is damaged');
      expect(read([0, 2, 1, 3])).toThrow('line 2 is damaged');
      expect(read([1, 2])).toThrow('line 1 is damaged');
    }
  });

  it('leaves a file alone that is none', async () => {
    const path = join(folder, 'another');
    for (const text of ['[1, 2]', 'my notes\n', '{"sum":"0123456789abcdef","entry":{}}\n{}\n', '\n', '\0\n\0\n']) {
      writeFileSync(path, text);
      await expect(Journal.open(path)).rejects.toThrow(`${path}: line 1 is damaged`);
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });
});
