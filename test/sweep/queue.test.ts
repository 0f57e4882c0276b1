/** Sweeps on a real queue, by programs of a package that is installed beside BullMQ and the clients of its servers. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadFashionMnist } from '../../src/datasets/index.ts';
import { VERSION } from '../../src/version.ts';
import { run } from '../child.ts';
import { built } from '../cli/run.ts';
import { installPackage } from './installed.ts';
import { endAll, type Program, start as startProgram } from './program.ts';
import { Postgres, Redis, type Server } from './servers.ts';

const SPEC = [
  ...['--optimizers', 'sgd,nadam', '--learning-rates', '1e-3..1e-1:log', '--limit', '128', '--hidden', '8'],
  ...['--search', 'halving', '--trials', '8', '--factor', '2', '--epochs', '4'],
];

let folder = '';
/** The result of one machine. */
let local: Record<string, unknown> = {};

beforeAll(async () => {
  built();
  await loadFashionMnist();
  folder = mkdtempSync(join(tmpdir(), 'simdescent-queue-'));
  installPackage(join(folder, 'here'), true);
  const alone = ['sweep', ...SPEC, '--workers', '1', '--out', join(folder, 'local'), '--json'];
  const { stdout } = await run(process.execPath, [cliIn('here'), ...alone]);
  local = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(endAll);

/** The command line of the package that is installed in a folder. */
const cliIn = (where: string): string => join(folder, where, 'node_modules/simdescent/dist/cli.js');
const start = (args: readonly string[], where = 'here'): Program => startProgram(args, undefined, {}, cliIn(where));
/** Trials that a worker has begun, or a sweep has the results of. */
const trialsIn = (text: string): number => text.match(/^trial \d/gm)?.length ?? 0;

describe.each([Redis, Postgres].filter((kind) => kind.there()))('a sweep on $name', (kind) => {
  let server: Server;
  beforeAll(async () => {
    server = await kind.start();
  });
  afterAll(() => server?.end());

  const command = (...args: string[]) => start(args);
  const startWorker = (where?: string, more: readonly string[] = []) => {
    const args = ['worker', '--queue', server.url, '--workers', '1', '--lease', '1', ...more];
    return start(args, where);
  };

  it('has the digest of one machine, though a worker and the queue are killed in the middle', async () => {
    const out = join(folder, `queued ${kind.name}`);
    const sweep = command('sweep', ...SPEC, '--queue', server.url, '--out', out, '--json', '--verify', '0.3');
    const [first, second] = [startWorker(), startWorker()];
    // with a trial in its hands; the sweep is held meanwhile, so that it cannot end before the queue does
    await first.until((text) => trialsIn(text) > 0);
    sweep.child.kill('SIGSTOP');
    first.child.kill('SIGKILL');
    const third = startWorker();
    await Promise.all([second, third].map((one) => one.until((text) => text.includes('at a time'))));
    // Redis keeps nothing: whatever was in the queue is lost
    await server.kill();
    sweep.child.kill('SIGCONT');
    await sweep.until((text) => text.includes('is away'));
    await server.start();
    expect(await sweep.done).toBe(0);
    expect(sweep.text()).toContain('is there again');
    expect(sweep.last()).toMatchObject({ digest: local.digest, trials: 8, best: local.best });
    // each result was written once
    const keys = readFileSync(join(out, 'journal.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line).entry)
      .map(({ trial, epochs }) => `${trial}/${epochs}`);
    expect(new Set(keys).size).toBe(keys.length);
    // nobody finds out how the queue is reached
    expect(readdirSync(out).some((name) => readFileSync(join(out, name), 'utf8').includes(server.url))).toBe(false);
    expect(sweep.text()).not.toMatch(/secret/);
    for (const { child } of [second, third]) child.kill('SIGTERM');
    expect(await Promise.all([second.done, third.done])).toEqual([0, 0]);
  });

  it('is a queue that Bull Board shows as it is', async () => {
    const { stdout } = await run(process.execPath, [join(folder, 'here/board.js'), server.url]);
    const [shown, ...others] = JSON.parse(stdout);
    expect(others).toEqual([]);
    expect(shown).toMatchObject({ name: 'simdescent', isPaused: false, counts: { failed: 0, active: 0 } });
    expect(shown.counts.completed).toBeGreaterThan(0);
    const [job] = shown.jobs;
    expect(job).toMatchObject({
      ...{
        name: expect.stringMatching(/^trial \d, \d epochs$/),
        id: expect.stringMatching(/^trial-\d-/),
        isFailed: false,
      },
      data: { simdescent: VERSION, job: { settings: { limit: 128, hidden: [8] }, epochs: expect.any(Number) } },
      returnValue: { worker: expect.any(String), entry: { digest: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    });
  });

  it('says that a killed sweep has left trials, and removes them where that is wanted', async () => {
    const named = ['--queue-name', 'left'];
    const on = (out: string, ...more: string[]) =>
      command('sweep', ...SPEC, '--queue', server.url, ...named, '--out', join(folder, `${out} ${kind.name}`), ...more);
    // more trials than a worker computes before it is killed
    const killed = on('killed', '--search-seed', '9', '--trials', '64');
    const first = startWorker(undefined, named);
    await first.until((text) => trialsIn(text) > 0);
    for (const { child, done } of [first, killed]) {
      child.kill('SIGKILL');
      await done;
    }
    const told = on('told');
    await told.until((text) => /\d trials wait in the queue/.test(text));
    told.child.kill('SIGKILL');
    await told.done;
    const sweep = on('emptied', '--empty-queue', '--json');
    await sweep.until((text) => /\d trials removed/.test(text));
    const worker = startWorker(undefined, named);
    expect(await sweep.done).toBe(0);
    expect(sweep.last()).toMatchObject({ digest: local.digest });
    worker.child.kill('SIGTERM');
    expect(await worker.done).toBe(0);
    // of those of the first sweep at most the one that its worker had
    const ratesIn = (text: string): Set<string> => new Set(text.match(/learningRate [\d.e-]+/g));
    const own = ratesIn(sweep.text());
    expect(own.size).toBe(8);
    expect([...ratesIn(worker.text())].filter((rate) => !own.has(rate)).length).toBeLessThan(2);
  });

  it('of which nobody hears any longer leaves nothing for workers to compute', async () => {
    const options = { space: { rate: { log: [1e-3, 0.1] }, units: [2], optimizer: ['sgd'] }, objective: 'loss' };
    const search = JSON.stringify({ ...options, search: 'random', trials: 40, epochs: 3 });
    const [name, expire] = ['gone', 1];
    const program = (file: string, ...args: string[]) =>
      startProgram([server.url, ...args], undefined, {}, join(folder, 'here', file));
    const module = new URL('trial.js', import.meta.url).href;
    const waiting = async () => (await program('waiting.js', name).finished()).trim();
    const sweep = (out: string) =>
      program('coordinator.js', join(folder, `${out} ${kind.name}`), search, `${expire}`, name);
    const gone = sweep('gone');
    while ((await waiting()) !== '40') await setTimeout(20);
    gone.child.kill('SIGKILL');
    await gone.done;
    await setTimeout(1000 * expire);
    // a sweep that is there while the worker begins would put it off
    const worker = program('worker.js', module, '0', name);
    while ((await waiting()) !== '0') await setTimeout(20);
    expect(worker.text()).not.toContain('trial');
    // one that goes on puts its trials again
    const again = sweep('gone');
    expect(await again.done).toBe(0);
    expect(again.text().match(/^result/gm)).toHaveLength(40);
  });

  it('refuses a worker of another version by name', async () => {
    installPackage(join(folder, 'other'), true);
    const dist = join(folder, 'other/node_modules/simdescent/dist');
    // whichever files of the build it is in
    const replaced = readdirSync(dist).filter((name) => {
      if (!name.endsWith('.js')) return false;
      const code = readFileSync(join(dist, name), 'utf8');
      const other = code.replaceAll(`\`${VERSION}\``, '`9.9.9`').replaceAll(`"${VERSION}"`, '"9.9.9"');
      if (other !== code) writeFileSync(join(dist, name), other);
      return other !== code;
    });
    expect(replaced).not.toEqual([]);
    // other trials than before, whose results the queue still has
    const seeded = ['--search-seed', '7', '--out', join(folder, `refused ${kind.name}`)];
    const sweep = command('sweep', ...SPEC, '--queue', server.url, ...seeded);
    const worker = startWorker('other');
    expect(await worker.done).toBe(1);
    expect(worker.text()).toMatch(new RegExp(`the sweep is of simdescent ${VERSION}, and this is 9\\.9\\.9`));
    await sweep.until((text) => text.includes('is refused'));
    expect(sweep.text()).toContain('9.9.9');
    expect(trialsIn(sweep.text())).toBe(0);
    sweep.child.kill('SIGINT');
    expect(await sweep.done).toBe(130);
  });
});

describe('a worker', () => {
  it('says what to install, and what address it wants', async () => {
    installPackage(join(folder, 'alone'), false);
    for (const [url, packages] of [
      ['redis://127.0.0.1:1', 'ioredis'],
      ['postgres://127.0.0.1:1/queue', 'pg'],
    ] as const) {
      const alone = start(['worker', '--queue', url], 'alone');
      expect(await alone.done).toBe(1);
      expect(alone.text()).toMatch(new RegExp(`npm install bullmq@\\d+ ${packages}@\\d+`));
      const away = start(['worker', '--queue', url]);
      expect(await away.done).toBe(1);
      expect(away.text()).toMatch(/(redis|postgres):\/\/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/);
    }
    const wrong = start(['worker', '--queue', 'amqp://user:secret@host']);
    expect(await wrong.done).toBe(2);
    expect(wrong.text()).toContain('redis://host:6379');
    expect(wrong.text()).not.toContain('secret');
  });
});
