/** files.write, read and remove over the file system: whole or not there, and clear about why not. */
import { execFileSync, spawn } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
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

describe.skipIf(process.platform === 'win32')('what is already there', () => {
  const modeOf = async (path: string) => (await stat(path)).mode & 0o7777;

  test('keeps its mode; a new file gets the usual one', async () => {
    const path = join(folder, 'private.bin');
    for (const mode of [0o600, 0o640, 0o666, 0o755]) {
      await writeFile(path, 'before');
      await chmod(path, mode);
      await files.write(path, bytes(3));
      expect(await modeOf(path)).toBe(mode);
      expect(await files.read(path)).toEqual(bytes(3));
    }
    await writeFile(join(folder, 'usual'), '');
    await files.write(join(folder, 'new.bin'), bytes(3));
    expect(await modeOf(join(folder, 'new.bin'))).toBe(await modeOf(join(folder, 'usual')));
  });

  test.skipIf(process.getuid?.() !== 0)('keeps its owner, where root writes', async () => {
    const path = join(folder, 'owned.bin');
    await writeFile(path, 'before');
    execFileSync('chown', ['1234:4321', path]);
    await files.write(path, bytes(3));
    const { uid, gid } = await stat(path);
    expect([uid, gid]).toEqual([1234, 4321]);
  });

  test.skipIf(process.getuid?.() === 0)('is not written where its mode forbids it', async () => {
    const path = join(folder, 'read-only.bin');
    await writeFile(path, 'before', { mode: 0o444 });
    expect((await errorOf(() => files.write(path, bytes(3)))).message).toContain('permission denied');
    expect(await readFile(path, 'utf8')).toBe('before');
  });

  test('is read by nobody else while it is written', async () => {
    const inside = join(folder, 'watched');
    await mkdir(inside);
    const modes: number[] = [];
    let done = false;
    const writing = files.write(join(inside, 'a.bin'), bytes(5e7)).finally(() => {
      done = true;
    });
    while (!done)
      for (const name of await readdir(inside)) {
        const found = await lstat(join(inside, name)).catch(() => undefined);
        if (found !== undefined && found.size > 0 && found.size < 5e7) modes.push(found.mode & 0o777);
      }
    await writing;
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });

  test('is found through links, which stay links, whether it is there or not', async () => {
    const [inside, links] = [join(folder, 'targets'), join(folder, 'links')];
    await mkdir(inside);
    await mkdir(links);
    await writeFile(join(inside, 'old.bin'), 'before');
    await symlink('../targets', join(links, 'folder'));
    for (const [link, target, file] of [
      ['absolute', join(inside, 'old.bin'), 'old.bin'],
      ['relative', '../targets/old.bin', 'old.bin'],
      ['twice', 'relative', 'old.bin'],
      ['dangling', '../targets/new.bin', 'new.bin'],
      // up from where the linked folder is, not from where the link is
      ['around', 'folder/../targets/other.bin', 'other.bin'],
    ] as const) {
      await symlink(target, join(links, link));
      await files.write(join(links, link), bytes(3));
      expect(await readlink(join(links, link))).toBe(target);
      expect(new Uint8Array(await readFile(join(inside, file)))).toEqual(bytes(3));
      await files.write(join(links, link), bytes(4));
      expect((await stat(join(inside, file))).size).toBe(4);
    }
    await files.write(join(links, 'folder/through.bin'), bytes(3));
    expect((await readdir(inside)).sort()).toEqual(['new.bin', 'old.bin', 'other.bin', 'through.bin']);
    expect((await readdir(links)).sort()).toEqual(['absolute', 'around', 'dangling', 'folder', 'relative', 'twice']);
  });

  test.each<[string, (path: string) => unknown, string]>([
    ['a pipe', (path) => execFileSync('mkfifo', [path]), 'a pipe is in its place'],
    ...(process.getuid?.() === 0
      ? [
          [
            'a device',
            (path: string) => execFileSync('mknod', [path, 'c', '1', '7']),
            'a device is in its place',
          ] as never,
        ]
      : []),
    [
      'a socket',
      (path) => {
        const server = createServer().listen(path);
        server.unref();
        return new Promise((listening) => server.once('listening', listening));
      },
      'a socket is in its place',
    ],
    ['a folder', (path) => mkdir(path), 'a folder is in its place'],
    ['links in a circle', (path) => symlink(path, path), 'its links lead to each other'],
  ])('is refused and stays, behind a link too: %s', async (title, make, why) => {
    const inside = join(folder, `in place of ${title}`);
    await mkdir(inside);
    const path = join(inside, 'it');
    await make(path);
    await symlink('it', join(inside, 'link'));
    const before = await lstat(path);
    for (const name of ['it', 'link']) {
      const error = await errorOf(() => files.write(join(inside, name), bytes(3)));
      expect(error.message).toBe(`${join(inside, name)}: cannot be written (${why})`);
    }
    expect((await readdir(inside)).sort()).toEqual(['it', 'link']);
    const { ino, mode } = await lstat(path);
    expect([ino, mode]).toEqual([before.ino, before.mode]);
    if (before.isSymbolicLink()) return;
    expect((await errorOf(() => files.remove(path))).message).toContain(`cannot be removed (it is ${title})`);
    expect((await lstat(path)).ino).toBe(before.ino);
  });
});

describe('names', () => {
  test('that end with a slash are refused, whether something is there or not', async () => {
    const inside = join(folder, 'slashes');
    await mkdir(inside);
    await writeFile(join(inside, 'file'), 'before');
    for (const name of ['new/', 'file/', './', 'new/.'])
      await expect(files.write(`${inside}/${name}`, bytes(3))).rejects.toThrow(/cannot be written \(/);
    expect(await readdir(inside)).toEqual(['file']);
    expect(await readFile(join(inside, 'file'), 'utf8')).toBe('before');
  });

  test.skipIf(process.platform === 'win32')('may have 255 bytes, in any script, and no more', async () => {
    const inside = join(folder, 'long');
    await mkdir(inside);
    const names = ['a'.repeat(255), 'ä'.repeat(127), '中'.repeat(85), '🙂'.repeat(63)];
    for (const name of names) {
      await files.write(join(inside, name), bytes(3));
      await files.write(join(inside, name), bytes(5));
      expect(await files.read(join(inside, name))).toEqual(bytes(5));
    }
    expect((await readdir(inside)).sort()).toEqual(names.sort());
    const error = await errorOf(() => files.write(join(inside, 'a'.repeat(256)), bytes(3)));
    expect(error.message).toContain('the name is too long');
  });
});

describe('reading', () => {
  test('more than Node reads at once', { timeout: 180_000 }, async () => {
    // the disk keeps no zeros
    const path = join(folder, 'large.bin');
    const file = await open(path, 'w');
    const size = 2 ** 31 + 10;
    for (const at of [0, 2 ** 30 - 1, 2 ** 30, 2 ** 31, size - 1]) await file.write(Uint8Array.of(at % 251), 0, 1, at);
    await file.close();
    const found = await files.read(path);
    await rm(path);
    expect(found.length).toBe(size);
    for (const at of [0, 2 ** 30 - 1, 2 ** 30, 2 ** 31, size - 1]) expect(found[at]).toBe(at % 251);
    expect(found[2 ** 31 - 1]).toBe(0);
  });

  test.skipIf(process.platform === 'win32')('a pipe to its end', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    spawn('sh', ['-c', 'exec > "$0"; echo one; echo two', path]);
    expect(new TextDecoder().decode(await files.read(path))).toBe('one\ntwo\n');
  });
});

describe('wrong calls', () => {
  test.each<[() => unknown, string]>([
    [() => files.write('', bytes(1)), 'must be a path, or a name that begins with opfs:'],
    [() => files.write('a.bin', 'text' as never), "must be bytes: a Uint8Array, an ArrayBuffer, got 'text'"],
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
