/** One command at a time writes to a folder, whichever container it runs in, and what has died holds nothing. */
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/errors.ts';
import { lockFolder } from '../../src/cli/lock.ts';
import { loadFashionMnist } from '../../src/datasets/index.ts';
import { errorOf } from '../helpers.ts';
import { built, run, start } from './run.ts';

let root: string;
let count = 0;
beforeAll(async () => {
  built();
  await loadFashionMnist();
  root = mkdtempSync(join(tmpdir(), 'simdescent-lock-'));
}, 900_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const newFolder = () => join(root, `folder ${count++}`);
const locksIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.lock'));

/** Takes a folder; `look` stands for a second between two looks at a lock of another container. */
const take = (folder: string, look: () => void = () => expect.fail('nothing is to be looked for')) => {
  const notes: string[] = [];
  const rest = async (milliseconds: number) => (milliseconds < 1000 ? sleep(milliseconds) : look());
  return lockFolder(folder, (text) => notes.push(text), rest).then((lock) => ({ ...lock, notes }));
};

/** The lock of a process that holds `folder`, changed: somebody else's. */
async function forgedLock(folder: string, change: object): Promise<string> {
  const lock = await take(folder);
  const [name = ''] = locksIn(folder);
  const holder = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  lock.release();
  const path = join(folder, '.simdescent-0123456789ab.lock');
  writeFileSync(path, JSON.stringify({ ...holder, ...change }));
  return path;
}

describe('a folder', () => {
  it('is made, held by one, and free again when that one is done', async () => {
    const folder = join(newFolder(), 'inside');
    const lock = await take(folder);
    expect(lock.folder).toBe(folder);
    const error = await errorOf(() => take(folder));
    expect(error).toBeInstanceOf(UsageError);
    for (const part of [folder, `process ${process.pid}`, '--out']) expect(error.message).toContain(part);
    await lock.check();
    lock.release();
    expect(locksIn(folder)).toEqual([]);
    (await take(folder)).release();
  });

  it('is taken by one of many that come at once', async () => {
    const folder = newFolder();
    for (let round = 0; round < 5; round++) {
      const all = await Promise.allSettled(Array.from({ length: 6 }, () => take(folder)));
      const taken = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(taken).toHaveLength(1);
      for (const one of all) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(UsageError);
      expect(locksIn(folder)).toHaveLength(1);
      taken[0]?.release();
    }
  });

  it('that cannot be written is named', async () => {
    const file = newFolder();
    writeFileSync(file, '');
    expect((await errorOf(() => take(join(file, 'inside')))).message).toContain('cannot be written (');
  });
});

describe.skipIf(process.platform !== 'linux')('in one container', () => {
  it('a process that was killed holds nothing', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    const { child, done } = start(['train', '--limit', '320', '--epochs', '100000', '--hidden', '4', '--out', folder]);
    await new Promise((begun) => child.stdout?.once('data', begun));
    const message = (await errorOf(() => take(folder))).message;
    expect(message).toContain(`process ${child.pid}`);
    child.kill('SIGKILL');
    await done;
    expect(locksIn(folder)).toHaveLength(1);
    const lock = await take(folder);
    expect(locksIn(folder)).toHaveLength(1);
    lock.release();
  });

  it('a process of the same number that began at another time holds nothing', async () => {
    const folder = newFolder();
    const path = await forgedLock(folder, { began: '1' });
    (await take(folder)).release();
    expect(existsSync(path)).toBe(false);
  });
});

describe('in another container', () => {
  it.each<[string, object]>([
    ['whose processes cannot be seen', { home: 'boot pid:[1]' }],
    ['without a namespace', { home: undefined }],
    ['whose lock cannot be read', { pid: -1 }],
  ])('%s: a lock that is renewed is held', async (_title, change) => {
    const folder = newFolder();
    const path = await forgedLock(folder, change);
    let waited = 0;
    const renew = () => {
      if (++waited === 3) utimesSync(path, new Date(), new Date(statSync(path).mtimeMs + 5000));
    };
    const error = await errorOf(() => take(folder, renew));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain('is in use by another simdescent');
    expect(waited).toBe(3);
    expect(locksIn(folder)).toHaveLength(1);
  });

  it('a lock that nobody renews is that of a dead process, and is taken over after half a minute', async () => {
    const folder = newFolder();
    const path = await forgedLock(folder, { home: 'boot pid:[1]', host: 'elsewhere', pid: 7 });
    let waited = 0;
    const lock = await take(folder, () => void waited++);
    expect(waited).toBe(30);
    expect(lock.notes.join()).toContain('process 7 on elsewhere');
    expect(existsSync(path)).toBe(false);
    lock.release();
  });

  it('who was taken for dead finds out before it writes', async () => {
    const folder = newFolder();
    const lock = await take(folder);
    const [name = ''] = locksIn(folder);
    rmSync(join(folder, name));
    // nobody else has it: writing will show what is wrong with the folder
    await lock.check();
    const other = await take(folder);
    expect((await errorOf(() => lock.check())).message).toContain('is now in use by another simdescent');
    lock.release();
    await other.check();
    other.release();
  });

  const unshare = ['--pid', '--fork', '--mount-proc'];
  const contained = (() => {
    try {
      execFileSync('unshare', [...unshare, 'true'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();
  it.skipIf(!contained)('a training there is left alone', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
    const flags = ['train', '--limit', '320', '--epochs', '100000', '--hidden', '4', '--out', folder];
    const child = spawn('unshare', [...unshare, '--kill-child', process.execPath, cli, ...flags], { stdio: 'pipe' });
    const ended = new Promise((end) => child.once('close', end));
    await new Promise((begun) => child.stdout.once('data', begun));
    const here = await run('train', '--limit', '320', '--epochs', '1', '--out', folder);
    expect(here.code).toBe(2);
    expect(here.stderr).toContain('is in use by another simdescent (process 1 on ');
    child.kill('SIGKILL');
    await ended;
  });
});

describe('two commands with one --out', () => {
  it('at once: one trains, the other is refused and removes nothing', async () => {
    const out = newFolder();
    mkdirSync(out);
    const holder = await take(out);
    const unfinished = '.checkpoint-01.safetensors.1.0123abcd.tmp';
    writeFileSync(join(out, unfinished), 'half');
    const before = readdirSync(out).sort();
    for (const command of ['train', 'compare']) {
      const { code, stdout, stderr } = await run(command, '--limit', '320', '--epochs', '1', '--out', out);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^simdescent: [^\n]+ is in use by another simdescent [^\n]+\n$/);
      expect(readdirSync(out).sort()).toEqual(before);
    }
    holder.release();
    expect((await run('train', '--limit', '320', '--epochs', '1', '--out', out)).code).toBe(0);
    // what a dead command had left is gone, and so is the lock
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
