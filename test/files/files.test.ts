/** files.write, read and remove over the file system: whole or not there, and clear about why not. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { files } from '../../src/index.ts';
import { errorOf } from '../helpers.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simdescent-files-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bytes = (n: number, fill = 7) => new Uint8Array(n).fill(fill);

describe('in Node', () => {
  test('writes, replaces, reads and removes, and leaves nothing else behind', async () => {
    const inside = join(folder, 'plain');
    await mkdir(inside);
    const path = join(inside, 'a.bin');
    await files.write(path, bytes(3));
    await files.write(path, bytes(5, 9));
    expect(await files.read(path)).toEqual(bytes(5, 9));
    expect(await readdir(inside)).toEqual(['a.bin']);
    await files.remove(path);
    await files.remove(path);
    expect(await readdir(inside)).toEqual([]);
  });

  test('many writers of one file leave it whole, as one of them wrote it', async () => {
    const inside = join(folder, 'many');
    await mkdir(inside);
    const path = join(inside, 'a.bin');
    await Promise.all(Array.from({ length: 20 }, (_, i) => files.write(path, bytes(100_000 + i, i))));
    const found = await files.read(path);
    const writer = found[0] ?? -1;
    expect(found).toEqual(bytes(100_000 + writer, writer));
    expect(await readdir(inside)).toEqual(['a.bin']);
  });

  test.each<[string, string, string]>([
    ['a missing folder', 'no/such/folder/a.bin', 'no such file or folder'],
    ['a file where a folder should be', 'file/a.bin', 'a file is in its place'],
    ['a folder in its place', 'taken', 'a folder is in its place'],
  ])('%s is named, and nothing is left behind', async (_title, name, why) => {
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'taken/full'), { recursive: true });
    const before = await readdir(folder);
    const error = await errorOf(() => files.write(join(folder, name), bytes(3)));
    expect(error.message).toBe(`${join(folder, name)}: cannot be written (${why})`);
    expect(await readdir(folder)).toEqual(before);
  });

  test.skipIf(process.platform !== 'linux')('a system that takes no more keeps what was there before', async () => {
    // a limit on the size of files fails in the middle of a write, as a full disk does; it is set for a process of its own
    const path = join(folder, 'limited.bin');
    await writeFile(path, 'before');
    const built = new URL('../../dist/index.js', import.meta.url).href;
    const script = `import { files } from '${built}';
      await files.write(${JSON.stringify(path)}, new Uint8Array(1e6)).catch((error) => console.log(error.message));`;
    const command = `ulimit -f 100; exec "$0" --input-type=module -e "$1"`;
    const child = spawn('bash', ['-c', command, process.execPath, script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    for await (const part of child.stdout) said += part;
    expect(said).toBe(`${path}: cannot be written (it would be larger than the system allows)\n`);
    expect(await readFile(path, 'utf8')).toBe('before');
    expect((await readdir(folder)).filter((name) => name.includes('limited'))).toEqual(['limited.bin']);
  });

  test.skipIf(process.getuid?.() === 0)('a folder without permission is named', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o500);
    const error = await errorOf(() => files.write(join(closed, 'a.bin'), bytes(3)));
    expect(error.message).toContain('permission denied');
  });

  test('what cannot be read is named', async () => {
    const error = await errorOf(() => files.read(join(folder, 'nothing')));
    expect(error.message).toBe(`${join(folder, 'nothing')} cannot be read (no such file or folder)`);
    await symlink(join(folder, 'loop'), join(folder, 'loop'));
    expect((await errorOf(() => files.read(join(folder, 'loop')))).message).toContain('loop cannot be read (');
  });
});

describe('wrong calls', () => {
  test.each<[() => unknown, string]>([
    [() => files.write('', bytes(1)), 'must be a path, or a name that begins with opfs:'],
    [() => files.write('a.bin', 'text' as never), "must be a Uint8Array, got 'text'"],
    [() => files.write('opfs:', bytes(1)), "'opfs:' needs a name without slashes behind the colon"],
    [() => files.write('opfs:a/b', bytes(1)), "'opfs:a/b' needs a name without slashes behind the colon"],
    [() => files.read('indexeddb:..'), "'indexeddb:..' needs a name without slashes behind the colon"],
    [() => files.read('download:a'), 'download:a cannot be read (a download cannot be read back'],
    [() => files.read('opfs:a'), 'opfs:a cannot be read (there is no origin private file system here)'],
    [() => files.read('indexeddb:a'), 'indexeddb:a cannot be read (there is no IndexedDB here)'],
    [() => files.write('download:a', bytes(1)), 'download:a cannot be written (only a page can offer a download)'],
  ])('%s', async (run, message) => {
    expect((await errorOf(run)).message).toContain(message);
  });
});
