/** Sweeps on a real queue, by programs of a package that is installed beside BullMQ and ioredis. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { loadFashionMnist } from '../../src/datasets/index.ts';
import { VERSION } from '../../src/version.ts';
import { built } from '../cli/run.ts';
import { installLocked } from '../locked.ts';
import { installRedis, Redis } from './redis.ts';

const there = installRedis();
const packages = fileURLToPath(new URL('queue', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const SPEC = [
  ...['--optimizers', 'sgd,nadam', '--learning-rates', '1e-3..1e-1:log', '--limit', '128', '--hidden', '8'],
  ...['--search', 'halving', '--trials', '8', '--factor', '2', '--epochs', '4'],
];

let folder = '';
let redis: Redis;
const children = new Set<ChildProcess>();

/** The package in a folder of its own. */
function installed(name: string, beside: boolean): string {
  const modules = join(folder, name, 'node_modules');
  mkdirSync(modules, { recursive: true });
  for (const part of ['dist', 'package.json'])
    cpSync(join(root, part), join(modules, 'simdescent', part), { recursive: true });
  if (beside)
    for (const one of ['bullmq', 'ioredis']) symlinkSync(join(packages, 'node_modules', one), join(modules, one));
  return join(modules, 'simdescent/dist/cli.js');
}

beforeAll(async () => {
  if (!there) return;
  built();
  installLocked(packages, '--ignore-scripts');
  await loadFashionMnist();
  folder = mkdtempSync(join(tmpdir(), 'simdescent-queue-'));
  installed('here', true);
  redis = await Redis.start();
}, 900_000);
afterAll(async () => {
  await redis?.kill();
  if (folder) rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts a command; `text` is all that it has printed. */
function start(args: readonly string[], where = 'here') {
  const child = spawn(process.execPath, [join(folder, where, 'node_modules/simdescent/dist/cli.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let [text, stdout] = ['', ''];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (stream === child.stdout) stdout += more;
    });
  onTestFailed(() => console.error(`simdescent ${args.join(' ')}\n${text}`));
  const done = once(child, 'close').then(([code]) => code as number | null);
  const until = async (fits: (text: string) => boolean) => {
    while (!fits(text)) {
      if (child.exitCode !== null) throw new Error(`it ended: ${text}`);
      await once(child.stdout, 'data', { signal: AbortSignal.timeout(60_000) }).catch(() => undefined);
    }
  };
  return { child, done, until, text: () => text, last: () => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') };
}
const startWorker = (where?: string, ...flags: string[]) =>
  start(['worker', '--queue', redis.url, '--workers', '1', '--lease', '1', ...flags], where);
const trialsIn = (text: string): number => text.match(/^trial \d/gm)?.length ?? 0;

describe.skipIf(!there)('a sweep on a queue', { timeout: 120_000 }, () => {
  it('has the digest of one machine, though a worker and the queue are killed in the middle', async () => {
    const local = start(['sweep', ...SPEC, '--workers', '1', '--out', join(folder, 'local'), '--json']);
    expect(await local.done).toBe(0);
    const out = join(folder, 'queued');
    const sweep = start(['sweep', ...SPEC, '--queue', redis.url, '--out', out, '--json', '--verify', '0.3']);
    const [first, second] = [startWorker(), startWorker()];
    // with a trial in its hands
    await Promise.race([first.until((text) => trialsIn(text) > 0), sweep.done]);
    first.child.kill('SIGKILL');
    const third = startWorker();
    await second.until((text) => trialsIn(text) > 1);
    // it keeps nothing: whatever was in the queue is lost
    await redis.kill();
    await redis.start();
    expect(await sweep.done).toBe(0);
    expect(sweep.text()).toContain('is there again');
    expect(sweep.last()).toMatchObject({ digest: local.last().digest, trials: 8, best: local.last().best });
    // each result was written once
    const keys = readFileSync(join(out, 'journal.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line).entry)
      .map(({ trial, epochs }) => `${trial}/${epochs}`);
    expect(new Set(keys).size).toBe(keys.length);
    // nobody finds out how the queue is reached
    expect(readdirSync(out).some((name) => readFileSync(join(out, name), 'utf8').includes(redis.url))).toBe(false);
    for (const { child } of [second, third]) child.kill('SIGTERM');
    expect(await Promise.all([second.done, third.done])).toEqual([0, 0]);
  });

  it('refuses a worker of another version by name', async () => {
    installed('other', true);
    const dist = join(folder, 'other/node_modules/simdescent/dist');
    for (const name of ['sweep.js', 'cli.js']) {
      const file = join(dist, name);
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replaceAll(`\`${VERSION}\``, '`9.9.9`').replaceAll(`"${VERSION}"`, '"9.9.9"'),
      );
    }
    // other trials than before, whose results the queue still has
    const seeded = ['--search-seed', '7', '--out', join(folder, 'refused')];
    const sweep = start(['sweep', ...SPEC, '--queue', redis.url, ...seeded]);
    const worker = startWorker('other');
    expect(await worker.done).toBe(1);
    expect(worker.text()).toMatch(new RegExp(`the sweep is of simdescent ${VERSION}, and this is 9\\.9\\.9`));
    await sweep.until((text) => text.includes('is refused'));
    expect(sweep.text()).toContain('9.9.9');
    expect(trialsIn(sweep.text())).toBe(0);
    sweep.child.kill('SIGINT');
    expect(await sweep.done).toBe(130);
  });

  it('says what to install, and what address it wants', async () => {
    installed('alone', false);
    const alone = startWorker('alone');
    expect(await alone.done).toBe(1);
    expect(alone.text()).toMatch(/npm install bullmq@\d+ ioredis/);
    const wrong = start(['worker', '--queue', 'http://user:secret@host']);
    expect(await wrong.done).toBe(2);
    expect(wrong.text()).toContain('redis://host:6379');
    expect(wrong.text()).not.toContain('secret');
    const away = start(['worker', '--queue', 'redis://127.0.0.1:1']);
    expect(await away.done).toBe(1);
    expect(away.text()).toContain('redis://127.0.0.1:1 cannot be reached');
  });
});
