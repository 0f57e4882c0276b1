/** A pool of processes, from the built package: workers and coordinators that are killed change nothing. */
import { spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { built } from '../cli/run.ts';
import { randomFloats } from '../core.ts';

type Sweep = typeof import('../../src/sweep/index.ts');

const module = new URL('./trial.js', import.meta.url);
const OPTIONS = {
  space: { rate: { log: [1e-3, 0.1] }, units: { integer: [2, 9] }, optimizer: ['sgd', 'nadam'] },
  objective: 'loss',
  search: 'hyperband',
  epochs: 9,
} as const;

let folder = '';
let lib: Sweep;
/** The digest with functions of this program, which never stop. */
let truth = '';
beforeAll(async () => {
  built();
  folder = mkdtempSync(join(tmpdir(), 'simdescent-pool-'));
  lib = (await import(new URL('../../dist/sweep.js', import.meta.url).href)) as Sweep;
  const { run } = (await import(module.href)) as { run: never };
  truth = (await lib.sweep({ ...OPTIONS, run })).digest;
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const pidsIn = (where: string) => readdirSync(where).map(Number);

describe('a pool of processes', () => {
  it.each([1, 2, 5])('gives the digest of one program with %i workers, and ends its processes', async (workers) => {
    const pids = join(folder, `pids ${workers}`);
    mkdirSync(pids);
    const hands = lib.processes({ module, workers, checkpoints: join(folder, 'checkpoints'), context: { pids } });
    const { digest, trials } = await lib.sweep({ ...OPTIONS, hands });
    expect(digest).toBe(truth);
    expect(new Set(trials.map(({ worker }) => worker)).size).toBeGreaterThanOrEqual(Math.min(2, workers));
    for (const pid of pidsIn(pids)) expect(isAlive(pid)).toBe(false);
    // who did not go on has no checkpoint left
    expect(readdirSync(join(folder, 'checkpoints'))).toEqual([]);
  });

  it('computes a trial again whose process was killed, at any time', async () => {
    const pids = join(folder, 'killed');
    mkdirSync(pids);
    const hands = lib.processes({ module, workers: 3, checkpoints: join(folder, 'some'), context: { pids, pause: 2 } });
    const next = randomFloats(11);
    let kills = 0;
    const onEpoch = () => {
      const alive = pidsIn(pids).filter(isAlive);
      const pid = alive[Math.floor(((next() + 1) / 2) * alive.length)];
      if (pid === undefined || kills === 12 || next() < 0.5) return;
      kills++;
      process.kill(pid, 'SIGKILL');
    };
    expect((await lib.sweep({ ...OPTIONS, hands, onEpoch })).digest).toBe(truth);
    expect(kills).toBe(12);
    expect(pidsIn(pids).length).toBeGreaterThan(5);
  });

  it('verifies with another process, also if there is one worker', async () => {
    const hands = lib.processes({ module, workers: 1 });
    const options = { space: { rate: [0.01], units: [3], optimizer: ['sgd'] }, objective: 'loss', epochs: 2 } as const;
    const notes: string[] = [];
    const { trials } = await lib.sweep({ ...options, hands, verify: 1, onNote: (text) => notes.push(text) });
    expect(trials).toHaveLength(1);
    expect(notes).toEqual([]);
  });

  it('listens to a signal once, however many processes wait for it: Node warns of more than ten', async () => {
    const hands = lib.processes({ module, workers: 3, context: { pause: 200 } });
    const stop = new AbortController();
    const options = { signal: stop.signal, avoid: [], onEpoch: () => undefined };
    const settings = { rate: 0.01, units: 3, optimizer: 'sgd' };
    const jobs = [0, 1, 2].map((trial) => hands.compute({ trial, settings, epochs: 9, keep: false }, options));
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await Promise.allSettled(jobs)).toEqual(jobs.map(() => ({ status: 'rejected', reason })));
    await hands.close();
  });

  it('goes on without a trial that throws or always ends its process, and says why', async () => {
    const failing = async (context: object) => {
      const { trials } = await lib.sweep({ ...OPTIONS, hands: lib.processes({ module, workers: 2, context }) });
      return trials.flatMap(({ trial, failed }) => (failed === undefined ? [] : [[trial, failed]]));
    };
    expect(await failing({ fail: 3 })).toEqual([[3, 'it does not fit']]);
    expect(await failing({ die: 1 })).toEqual([[1, expect.stringMatching(/ended 10 times \(SIGKILL\)/)]]);
  });

  it('ends with an error where no trial is at fault: a module that cannot be loaded or set up', async () => {
    const lost = lib.processes({ module: new URL('./nothing.js', import.meta.url), workers: 1 });
    await expect(lib.sweep({ ...OPTIONS, hands: lost })).rejects.toThrow('nothing.js');
    const hands = lib.processes({ module, workers: 2, context: { unready: true } });
    await expect(lib.sweep({ ...OPTIONS, hands })).rejects.toThrow(/^trial \d+ .*: the data is not there$/);
    expect(() => lib.processes({ module, workers: 0 })).toThrow(RangeError);
  });
});

describe('a coordinator', () => {
  /** @param last the result after which it kills itself */
  async function end(out: string, pids: string, last: number): Promise<{ code: number | null; text: string }> {
    const script = fileURLToPath(new URL('./coordinator.js', import.meta.url));
    const child = spawn(process.execPath, [script, out, '2', String(last)], {
      env: { ...process.env, PIDS: pids },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    const [code] = await once(child, 'close');
    return { code, text };
  }

  it('that is killed goes on from its journal to the same digest, and its processes end with it', async () => {
    const [out, pids] = [join(folder, 'killed coordinator'), join(folder, 'its processes')];
    mkdirSync(pids);
    // those of the journal are told again
    for (const last of [1, 5, 11]) {
      const { code, text } = await end(out, pids, last);
      expect([code, text.trimEnd().split('\n')]).toEqual([null, expect.objectContaining({ length: last })]);
    }
    const { code, text } = await end(out, pids, Number.POSITIVE_INFINITY);
    expect([code, text]).toEqual([0, expect.stringContaining(`digest ${truth}`)]);
    expect(existsSync(join(out, 'journal.jsonl'))).toBe(true);
    await expect.poll(() => pidsIn(pids).filter(isAlive), { timeout: 240_000 }).toEqual([]);
  });
});
