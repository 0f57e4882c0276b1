/** Searches decide by trials and their results alone: never by who was first. */
import { describe, expect, it } from 'vitest';
import type { Job } from '../../src/sweep/job.ts';
import { rungsOf } from '../../src/sweep/methods/halving.ts';
import { TpeDraws } from '../../src/sweep/methods/tpe.ts';
import type { SearchMethod, SearchOptions } from '../../src/sweep/plan.ts';
import { type Search, search } from '../../src/sweep/search.ts';
import { CheckedSpace } from '../../src/sweep/space.ts';
import { randomFloats } from '../core.ts';

const space = {
  x: { uniform: [-1, 1] },
  y: { log: [1e-3, 1] },
  kind: ['a', 'b', 'c'],
  z: { integer: [0, 9], when: { kind: ['a', 'b'] } },
} as const;

/** Lowest at x = 0.3, y = 0.03, kind b, z = 4; more epochs come closer. */
function lossOf({ settings, epochs }: Job): number {
  const { x, y, kind, z = 9 } = settings as { x: number; y: number; kind: string; z?: number };
  return (x - 0.3) ** 2 + (Math.log10(y / 0.03) / 3) ** 2 + (kind === 'b' ? 0 : 0.3) + ((z - 4) / 9) ** 2 + 1 / epochs;
}

/** Runs a search with `workers` that finish in a random order. */
function run(options: Partial<SearchOptions>, workers: number, seed = 1, loss: (job: Job) => number = lossOf): Search {
  const next = randomFloats(seed);
  const made = search({ space, objective: 'loss', ...options });
  const running: Job[] = [];
  while (!made.done) {
    for (let job = made.ask(); job !== undefined; job = running.length < workers ? made.ask() : undefined)
      running.push(job);
    const [job] = running.splice(Math.floor(((next() + 1) / 2) * running.length), 1);
    if (job === undefined) throw new Error('nothing is under way');
    made.tell(job, loss(job));
  }
  return made;
}

const METHODS: [SearchMethod, Partial<SearchOptions>][] = [
  ['random', { trials: 20, epochs: 3 }],
  [
    { method: 'halving', factor: 2 },
    { trials: 16, epochs: 8 },
  ],
  ['hyperband', { epochs: 9 }],
  [{ method: 'tpe', generation: 3 }, { trials: 25 }],
  [
    { method: 'halving', factor: 2, draws: 'tpe', startup: 4, generation: 3 },
    { trials: 16, epochs: 8 },
  ],
  [
    { method: 'hyperband', draws: 'tpe' },
    { epochs: 9, trials: 34 },
  ],
];

describe.each(METHODS)('%j', (method, options) => {
  it('asks for the same trials with any number of workers, in whatever order they finish', async () => {
    const alone = run({ ...options, search: method }, 1);
    for (const workers of [2, 5, 1000]) {
      const other = run({ ...options, search: method }, workers, workers);
      expect(other.trials.map(({ worker, seconds, ...rest }) => rest)).toEqual(
        alone.trials.map(({ worker, seconds, ...rest }) => rest),
      );
      expect(await other.digest()).toBe(await alone.digest());
      expect(other.best?.trial).toBe(alone.best?.trial);
    }
    expect(await run({ ...options, search: method, seed: 43 }, 2).digest()).not.toBe(await alone.digest());
  });

  it('says beforehand how many trials and epochs there will be', () => {
    let epochs = 0;
    const done = run({ ...options, search: method }, 3, 1, (job) => {
      epochs += job.epochs - (job.from === undefined ? 0 : (asked.get(job.trial) ?? 0));
      asked.set(job.trial, job.epochs);
      return lossOf(job);
    });
    expect(done.total).toEqual({ trials: done.trials.length, epochs });
  });
  const asked = new Map<number, number>();
});

describe('successive halving', () => {
  it('lets the best go on, of equal ones those with lower numbers, and NaN last', () => {
    const options = { search: { method: 'halving', factor: 3 }, trials: 9, epochs: 9 } as const;
    const values = [5, Number.NaN, 1, 1, 1, 7, 0.5, Number.NaN, 9];
    const seen = new Map<number, number[]>();
    run(options, 4, 3, (job) => {
      seen.set(job.epochs, [...(seen.get(job.epochs) ?? []), job.trial].sort());
      return values[job.trial] ?? 0;
    });
    expect(Object.fromEntries(seen)).toEqual({ 1: [0, 1, 2, 3, 4, 5, 6, 7, 8], 3: [2, 3, 6], 9: [6] });
  });

  it('has rungs down to the fewest epochs, and as many trials as fit into a budget', () => {
    expect(rungsOf({ epochs: 15, factor: 3, minEpochs: 1 })).toEqual([1, 5, 15]);
    expect(rungsOf({ epochs: 15, factor: 3, minEpochs: 2 })).toEqual([5, 15]);
    const { total } = search({ space, objective: 'loss', search: 'halving', budget: 45, epochs: 9 });
    // 9 trials cost 9 + 3 * 2 + 6 = 21 epochs, 24 cost 24 + 8 * 2 + 2 * 6 = 52, 20 cost 44
    expect(total).toEqual({ trials: 20, epochs: 44 });
  });
});

describe('Hyperband', () => {
  it('has the brackets of the paper for 81 epochs and a factor of 3', () => {
    const made = search({ space, objective: 'loss', search: 'hyperband', epochs: 81 });
    const first = new Map<number, number>();
    for (let job = made.ask(); job !== undefined; job = made.ask())
      first.set(job.epochs, (first.get(job.epochs) ?? 0) + 1);
    expect([...first]).toEqual([
      [1, 81],
      [3, 34],
      [9, 15],
      [27, 8],
      [81, 5],
    ]);
    expect(made.total.trials).toBe(143);
  });

  it('repeats its round as often as a budget allows, and refuses one that is too small', () => {
    const one = search({ space, objective: 'loss', search: 'hyperband', epochs: 9 }).total;
    const two = search({ space, objective: 'loss', search: 'hyperband', epochs: 9, budget: 2 * one.epochs + 1 }).total;
    expect(two).toEqual({ trials: 2 * one.trials, epochs: 2 * one.epochs });
    expect(() => search({ space, objective: 'loss', search: 'hyperband', epochs: 9, trials: 3 })).toThrow(RangeError);
  });
});

describe('TPE', () => {
  it('finds better settings than random search with the same trials, over ten seeds', () => {
    const mean = (method: SearchMethod): number => {
      const best = Array.from(
        { length: 10 },
        (_, seed) => run({ search: method, trials: 60, seed }, 4).best?.value ?? 9,
      );
      return best.reduce((sum, value) => sum + value - 1, 0) / 10;
    };
    expect(mean('tpe')).toBeLessThan(0.5 * mean('random'));
  });

  it('asks for settings that are the same in every engine, to the last bit', () => {
    const done = run({ search: 'tpe', trials: 14 }, 1);
    expect(done.trials.slice(-2).map(({ settings }) => settings)).toMatchInlineSnapshot(`
      [
        {
          "kind": "b",
          "x": 0.967297,
          "y": 0.0621008,
          "z": 5,
        },
        {
          "kind": "b",
          "x": -0.421149,
          "y": 0.240514,
          "z": 9,
        },
      ]
    `);
  });
});

describe('races whose trials TPE draws', () => {
  it('find better settings than random ones with the same epochs, over ten seeds', () => {
    const mean = (draws: 'random' | 'tpe'): number => {
      const options = { search: { method: 'hyperband', draws }, epochs: 9, budget: 345 } as const;
      const best = Array.from({ length: 10 }, (_, seed) => run({ ...options, seed }, 4).best?.value ?? 9);
      return best.reduce((sum, value) => sum + value - 1 / 9, 0) / 10;
    };
    expect(mean('tpe')).toBeLessThan(0.7 * mean('random'));
  });

  it('draw each generation when the one before has its results, and one race after the other', () => {
    const sizes = (options: Partial<SearchOptions>): number[] => {
      const made = search({ space, objective: 'loss', ...options });
      const found: number[] = [];
      while (!made.done) {
        const batch: Job[] = [];
        for (let job = made.ask(); job !== undefined; job = made.ask()) batch.push(job);
        found.push(batch.length);
        for (const job of batch) made.tell(job, lossOf(job));
      }
      return found;
    };
    const draws = { draws: 'tpe', startup: 4, generation: 3 } as const;
    const halving = { method: 'halving', factor: 3, ...draws } as const;
    expect(sizes({ search: halving, trials: 12, epochs: 9 })).toEqual([4, 3, 3, 2, 4, 1]);
    const rounds = { search: { method: 'hyperband', ...draws }, epochs: 9, trials: 17 } as const;
    expect(sizes(rounds)).toEqual([4, 3, 2, 3, 1, 3, 2, 1, 3]);
  });

  it('take trials with more epochs for better, whatever their score, unless they failed', () => {
    const two = new CheckedSpace({ kind: ['short', 'long', 'failed'] });
    const draws = new TpeDraws(two, { seed: 1, startup: 30, generation: 30, candidates: 24 });
    const results = {
      short: { epochs: 1, score: 0 },
      long: { epochs: 9, score: 5 },
      failed: { epochs: 9, score: Number.POSITIVE_INFINITY },
    };
    for (const { trial, settings } of draws.next(0, 30)) {
      const { epochs, score } = results[settings.kind as keyof typeof results];
      draws.tell([{ trial, settings, epochs }], [score]);
    }
    const kinds = draws.next(30, 30).map(({ settings }) => settings.kind);
    expect(kinds.filter((kind) => kind === 'long').length).toBeGreaterThan(15);
    expect(kinds.filter((kind) => kind === 'failed').length).toBeLessThan(5);
  });
});

describe('telling', () => {
  const made = () => search({ space: { a: [1, 2] }, objective: 'score:max' });

  it('refuses a job that is not under way, a result told twice and one without the objective', () => {
    const one = made();
    const job = one.ask();
    if (job === undefined) throw new Error('there must be a job');
    expect(() => one.tell({ ...job, trial: 1 }, 1)).toThrow('not under way');
    const outcome = { history: { loss: [1] }, digests: [], digest: 'a'.repeat(64), seconds: [1], worker: 'w' };
    expect(() => one.tell(job, outcome)).toThrow(RangeError);
    expect(() => one.tell(job, { ...outcome, history: { score: [1, 2] } })).toThrow('1 epochs');
    expect(() => one.tell(job, { ...outcome, digest: 'x' })).toThrow(TypeError);
    one.tell(job, 3);
    expect(() => one.tell(job, 3)).toThrow('not under way');
    expect(one.best).toMatchObject({ trial: 0, value: 3 });
  });

  it.each([
    [{ objective: 'size' }, "write 'size:min' or 'size:max'"],
    [{ objective: 'score:best' }, 'mode of the objective'],
    [{ search: 'gird' }, "did you mean 'grid'"],
    [{ search: 5 }, "search must be a name, or an object like { method: 'tpe' }, got 5"],
    [{ search: 'random' }, 'needs trials'],
    [{ search: 'random', trials: 1, budget: 1 }, 'not both'],
    [{ search: 'random', budget: 4, epochs: 5 }, 'budget must be at least the 5 epochs'],
    [{ search: { method: 'random', factor: 3 }, trials: 1 }, "unknown option of search 'factor'"],
    [{ search: { method: 'halving', factor: 1 }, trials: 1 }, 'search: factor must be an integer at least 2'],
    [{ search: { method: 'hyperband', draws: 'bohb' } }, "unknown draws of the search 'bohb'"],
    [{ search: { method: 'hyperband', generation: 2 } }, "generation counts only with draws: 'tpe'"],
    [
      { search: { method: 'halving', draws: 'tpe', startup: 0 }, trials: 9 },
      'search: startup must be an integer at least 1',
    ],
    [{ search: { method: 'tpe', draws: 'tpe' }, trials: 9 }, "unknown option of search 'draws'"],
    [{ trials: 1 }, 'a grid of this space has 2 trials'],
    [{ epochs: 0 }, 'epochs must be an integer'],
    [{ trails: 3 }, "did you mean 'trials'"],
  ])('never happens with wrong options: %j', (options, says) => {
    const wrong = { space: { a: [1, 2] }, objective: 'loss', ...options } as SearchOptions;
    expect(() => search(wrong)).toThrow(says);
  });
});
