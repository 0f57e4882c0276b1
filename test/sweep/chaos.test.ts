/**
 * Sweeps whose workers, coordinator and queue server are killed at random, again and again. `SIMDESCENT_KILLS=50` kills as many workers, on 1, 2 and 5 of
 * them and on every kind of server, which takes about a quarter of an hour; the workers are then of all engines that `npm ci --prefix test/engines` has installed, in turn.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { built } from '../cli/run.ts';
import { randomFloats } from '../core.ts';
import { engines } from '../engines/binaries.ts';
import { installPackage } from './installed.ts';
import { Postgres, Redis, type Server } from './servers.ts';

const KILLS = Number(process.env.SIMDESCENT_KILLS ?? 0);
const kinds = { Redis, Postgres };
const cases = (
  KILLS > 0
    ? [1, 2, 5].flatMap((workers) => [
        { kind: 'Redis', workers, kills: KILLS } as const,
        { kind: 'Postgres', workers, kills: KILLS } as const,
      ])
    : [{ kind: 'Redis', workers: 2, kills: 3 } as const, { kind: 'Postgres', workers: 1, kills: 1 } as const]
).filter(({ kind }) => kinds[kind].there());
const MODULE = new URL('trial.js', import.meta.url).href;
/** Milliseconds of each epoch, so that trials are killed in the middle. */
const PAUSE = 30;
const OPTIONS = {
  space: { rate: { log: [1e-3, 0.1] }, units: { integer: [2, 9] }, optimizer: ['sgd', 'nadam'] },
  ...({ objective: 'loss', search: { method: 'hyperband', draws: 'tpe' }, epochs: KILLS > 0 ? 27 : 9 } as const),
} as const;

let folder = '';
/** The digest of one program that nothing happens to. */
let truth = '';
beforeAll(async () => {
  built();
  folder = mkdtempSync(join(tmpdir(), 'simdescent-chaos-'));
  installPackage(folder, true);
  const lib = (await import(
    new URL('../../dist/sweep.js', import.meta.url).href
  )) as typeof import('../../src/sweep/index.ts');
  const { run } = (await import(MODULE)) as { run: never };
  truth = (await lib.sweep({ ...OPTIONS, run })).digest;
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Programs that workers run in: Node, and with many kills every other engine that is there. */
const ENGINES = engines().flatMap(({ name, command }) => {
  if (command === undefined || (KILLS === 0 && name !== 'Node')) return [];
  // a queue needs a network, and BullMQ more than a training
  return [{ name, command: name === 'Deno' ? [...command.slice(0, 1), 'run', '--allow-all'] : command }];
});

/** Starts a program; `onLine` hears what it prints on stdout. */
function start(
  name: string,
  args: readonly string[],
  onLine: (line: string, child: ChildProcess) => void,
  [engine = '', ...flags]: readonly string[] = [process.execPath],
): ChildProcess {
  const child = spawn(engine, [...flags, join(folder, name), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [text, rest] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (more: string) => {
    text = `${text}${more}`.slice(-4000);
  });
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    const lines = `${rest}${more}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line, child);
  });
  onTestFailed(() => console.error(`${name}: ${child.signalCode ?? child.exitCode}\n${text}`));
  return child;
}

async function restart(server: Server, after: number): Promise<void> {
  await server.kill();
  await setTimeout(after);
  await server.start();
}

describe.each(cases)('$workers workers on $kind, $kills of which are killed', ({ kind, workers, kills }) => {
  it('give the digest of one program, though the server and the sweep are killed as well', async () => {
    const server: Server = await kinds[kind].start();
    const random = randomFloats(workers);
    const unit = () => (random() + 1) / 2;
    const killed = { workers: 0, sweeps: 0, servers: 0 };
    const out = join(folder, `${kind} ${workers}`);
    let [over, results, digest] = [false, 0, ''];
    let restarted = Promise.resolve();
    const alive = new Set<ChildProcess>();
    const trials: Record<string, number> = {};
    let started = 0;
    /** Kills a worker some time after it has begun a trial, and starts another one, in the next engine. */
    const work = (): void => {
      const { name, command } = ENGINES[started++ % ENGINES.length] ?? { name: 'Node', command: [process.execPath] };
      const onLine = async (line: string, self: ChildProcess) => {
        if (!line.startsWith('trial')) return;
        trials[name] = (trials[name] ?? 0) + 1;
        if (killed.workers >= kills || unit() < 0.2) return;
        await setTimeout(unit() * 2 * PAUSE);
        if (killed.workers < kills && !over && self.kill('SIGKILL')) killed.workers++;
      };
      const child = start('worker.js', [server.url, MODULE, String(PAUSE)], onLine, command);
      alive.add(child);
      child.once('exit', () => {
        alive.delete(child);
        if (!over) work();
      });
    };
    try {
      for (let i = 0; i < workers; i++) work();
      /** The results after which the sweep is killed, and the server. */
      const [sweepEnds, serverEnds] =
        KILLS > 0
          ? [
              [5, 20, 40],
              [10, 30],
            ]
          : [[4], [7]];
      while (digest === '') {
        const child = start('coordinator.js', [server.url, out, JSON.stringify(OPTIONS)], async (line, self) => {
          if (line.startsWith('digest')) digest = line;
          if (!line.startsWith('result')) return;
          results = readFileSync(join(out, 'journal.jsonl'), 'utf8').split('\n').length - 2;
          if (results >= (serverEnds[killed.servers] ?? Number.POSITIVE_INFINITY)) {
            killed.servers++;
            restarted = restart(server, unit() * 500);
          }
          if (results >= (sweepEnds[killed.sweeps] ?? Number.POSITIVE_INFINITY) && self.kill('SIGKILL'))
            killed.sweeps++;
        });
        const [code, signal] = await once(child, 'close');
        if (signal === null)
          expect({ code, digest }).toMatchObject({ code: 0, digest: expect.stringMatching(/^digest/) });
      }
      expect(digest).toBe(`digest ${truth}`);
      expect(killed).toEqual({ workers: kills, sweeps: sweepEnds.length, servers: serverEnds.length });
      const lines = readFileSync(join(out, 'journal.jsonl'), 'utf8').trimEnd().split('\n').slice(1);
      const entries = lines.map((line) => JSON.parse(line).entry).map(({ trial, epochs }) => `${trial}/${epochs}`);
      expect(new Set(entries).size).toBe(entries.length);
      if (KILLS > 0)
        console.log(`${kind}, ${workers} at a time, ${started} workers; trials begun: ${JSON.stringify(trials)}`);
      expect(Object.keys(trials)).toHaveLength(ENGINES.length);
    } finally {
      over = true;
      for (const child of alive) child.kill('SIGKILL');
      await restarted;
      await server.end();
    }
  }, 900_000);
});
