/** Trials whose training throws: the sweep goes on without them, and says so everywhere. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { failure, type Job } from '../../src/sweep/job.ts';
import { verify } from '../../src/sweep/published.ts';
import { search } from '../../src/sweep/search.ts';
import { type SweepOptions, sweep } from '../../src/sweep/sweep.ts';
import { errorOf } from '../helpers.ts';
import { workers } from './hands.ts';

const folder = mkdtempSync(join(tmpdir(), 'simdescent-failures-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OPTIONS = {
  space: { rate: { log: [1e-4, 0.1] }, kind: ['a', 'b'] },
  ...{ objective: 'loss', search: 'hyperband', epochs: 9 },
} as const satisfies Omit<SweepOptions, 'hands'>;
/** At once for one kind, and for small rates later. */
const fails = ({ settings: { rate, kind }, epochs }: Pick<Job, 'settings' | 'epochs'>) =>
  kind === 'b' || (epochs > 1 && Number(rate) < 1e-3);
const never = { capacity: 1, dismiss: () => undefined, close: async () => undefined };

describe('trials that fail', () => {
  it('are in the result with their message, the same for any number of workers, and never computed with more epochs', async () => {
    const made = workers(1, {}, 1, fails);
    const truth = await sweep({ ...OPTIONS, hands: made.hands });
    const failed = truth.trials.filter((trial) => trial.failed !== undefined);
    expect(truth.trials).toHaveLength(17);
    expect(failed.map(({ trial }) => trial)).toEqual(truth.trials.filter(fails).map(({ trial }) => trial));
    expect(failed.length).toBeGreaterThan(3);
    for (const trial of failed)
      expect(trial).toMatchObject({ failed: 'it does not fit', value: Number.NaN, digest: '', history: {} });
    expect(truth.best?.failed).toBeUndefined();
    expect(truth.trials).toContain(truth.best);
    for (const { trial } of failed)
      expect(made.computed.filter(({ job }) => fails(job) && job.trial === trial)).toHaveLength(1);
    for (const count of [2, 5]) {
      const other = await sweep({ ...OPTIONS, hands: workers(count, {}, count, fails).hands, verify: 0.3 });
      expect(other.digest).toBe(truth.digest);
    }
    expect((await sweep({ ...OPTIONS, hands: workers(1).hands })).digest).not.toBe(truth.digest);
  });

  it('are in the journal, from which a sweep goes on without computing them again', async () => {
    const out = join(folder, 'journal');
    const { digest } = await sweep({ ...OPTIONS, hands: workers(3, {}, 1, fails).hands, out });
    expect(readFileSync(join(out, 'journal.jsonl'), 'utf8')).toContain('"failed":"it does not fit"');
    const again = workers(1);
    expect((await sweep({ ...OPTIONS, hands: again.hands, out, resume: true })).digest).toBe(digest);
    expect(again.computed).toEqual([]);
  });

  it('are an error if there are no others, which names the first', async () => {
    const all = workers(2, {}, 1, () => true);
    const error = await errorOf(() => sweep({ ...OPTIONS, hands: all.hands }));
    expect(error.message).toMatch(/^all 17 trials failed; trial 0 \(rate [\d.]+, kind [ab]\): it does not fit$/);
    expect(all.closed).toBe(1);
    expect(all.computed).toHaveLength(17);
  });

  it('may throw anything', async () => {
    const space = { a: [0, 1, 2, 3] } as const;
    const thrown = [undefined, 'text', new Error('x'.repeat(5000)), 1];
    const run = ({ settings: { a } }: { settings: { a: number } }) => {
      if (a === 3) return 1;
      throw thrown[a];
    };
    const { trials, best } = await sweep({ space, objective: 'loss', run });
    expect(trials.map(({ failed }) => failed?.slice(0, 9))).toEqual(['undefined', 'text', 'xxxxxxxxx', undefined]);
    expect(best?.trial).toBe(3);
  });

  it('are those without the objective, too', async () => {
    const run = ({ settings: { a } }: { settings: { a: number } }) => ({
      history: { [a === 1 ? 'loss' : 'lss']: [1] },
    });
    const { trials } = await sweep({ space: { a: [0, 1] }, objective: 'loss', run });
    expect(trials.map(({ failed }) => failed)).toEqual(["objective: 'loss' is not among lss", undefined]);
  });

  it('are found out where the training does not fail: the worker is stopped', async () => {
    const truth = await sweep({ ...OPTIONS, hands: workers(1).hands });
    const lie = (_: unknown, { trial }: Job) => failure(new Error(`out of paper in ${trial}`), 'w1');
    const made = workers(3, { w1: lie }, 5);
    // however small the share: a failure is always computed by two
    const result = await sweep({ ...OPTIONS, hands: made.hands, verify: 1e-9 });
    expect(made.dismissed).toEqual(['w1']);
    expect(result.digest).toBe(truth.digest);
  });

  it('can be verified', async () => {
    const run = ({ settings: { a } }: { readonly settings: { readonly a?: unknown } }) => {
      if (a === 1) throw new Error('no');
      return Number(a);
    };
    const published = JSON.parse(JSON.stringify(await sweep({ space: { a: [0, 1] }, objective: 'loss', run })));
    expect(await verify(published, { run, trial: 1 })).toMatchObject({ same: true, whole: true });
    expect(await verify(published, { run: () => 1, trial: 1 })).toMatchObject({ same: false, firstDifference: 0 });
    await expect(verify(published, { run: () => Promise.reject(new Error('no data')), trial: 0 })).rejects.toThrow(
      'no data',
    );
  });

  it('are no errors of the hands: those end the sweep', async () => {
    const hands = { ...never, compute: () => Promise.reject(new Error('no processes')) };
    await expect(sweep({ ...OPTIONS, hands })).rejects.toThrow(/^trial 0 \(rate .*\): no processes$/);
  });
});

describe('a search', () => {
  const HALVING = {
    space: { x: { uniform: [0, 1] } },
    objective: 'loss',
    search: 'halving',
    trials: 9,
    epochs: 9,
  } as const;

  it('is told of a failure by an Error, and does not ask for the trial again', () => {
    const halving = search(HALVING);
    const asked: number[] = [];
    for (let job = halving.ask(); job !== undefined; job = halving.ask()) {
      asked.push(job.trial);
      // the best of the first rung, and of the last
      halving.tell(job, job.epochs === 1 ? job.trial : job.trial === 1 ? 5 : new Error('too long'));
    }
    expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 1]);
    expect(halving.best).toMatchObject({ trial: 1, epochs: 9, value: 5 });
    expect(halving.trial(0)).toMatchObject({ epochs: 3, failed: 'too long' });
  });

  it('ends where all that go on fail, with the best that is left', () => {
    const halving = search(HALVING);
    for (let job = halving.ask(); job !== undefined; job = halving.ask())
      halving.tell(job, job.epochs === 1 ? job.trial : new Error('too long'));
    expect(halving.done).toBe(true);
    expect(halving.best).toMatchObject({ trial: 3, epochs: 1 });
  });
});
