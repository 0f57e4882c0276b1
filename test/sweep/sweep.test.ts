/** A sweep from options to result, with hands that are made here. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layers, loadModel, optimizers, sequential } from '../../src/index.ts';
import type { Outcome, Task } from '../../src/sweep/index.ts';
import { Journal, readEntries } from '../../src/sweep/journal.ts';
import { type SweepOptions, sweep } from '../../src/sweep/sweep.ts';
import { errorOf, floats } from '../helpers.ts';
import { type Lie, workers } from './hands.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simdescent-sweep-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OPTIONS = {
  space: { rate: { log: [1e-4, 0.1] }, kind: ['a', 'b'] },
  objective: 'loss',
  search: 'hyperband',
  epochs: 9,
} satisfies Omit<SweepOptions, 'hands'>;
const TRIALS = 9 + 5 + 3;

/** Trials as they are compared: without times and workers. */
const facts = (trials: readonly Outcome[]) => trials.map(({ seconds, worker, ...rest }) => rest);

const truth = await sweep({ ...OPTIONS, hands: workers(1).hands });

describe('a sweep', () => {
  it('has one digest for any number of workers', async () => {
    expect(truth.trials).toHaveLength(TRIALS);
    expect(truth.digest).toMatch(/^[0-9a-f]{64}$/);
    for (const count of [2, 5, 40]) {
      const made = workers(count, {}, count);
      const result = await sweep({ ...OPTIONS, hands: made.hands });
      expect(result.digest).toBe(truth.digest);
      expect(facts(result.trials)).toEqual(facts(truth.trials));
      expect(made.closed).toBe(1);
      // who did not go on is forgotten
      expect(new Set(made.forgotten).size).toBe(TRIALS);
    }
  });

  it('has one digest with trials that TPE draws: for any number of workers, among liars, after any interruption', async () => {
    const options = {
      ...OPTIONS,
      search: { method: 'hyperband', draws: 'tpe', startup: 5 },
      trials: 2 * TRIALS,
    } as const;
    const out = join(folder, 'drawn');
    const { digest, trials } = await sweep({ ...options, hands: workers(1).hands, out });
    expect(trials).toHaveLength(2 * TRIALS);
    for (const count of [2, 5, 40])
      expect((await sweep({ ...options, hands: workers(count, {}, count).hands })).digest).toBe(digest);
    const better: Lie = (outcome) => ({ ...outcome, history: { loss: outcome.seconds.map(() => 0) } });
    const lied = await sweep({ ...options, hands: workers(4, { w1: better }).hands, verify: 1 });
    expect(lied.digest).toBe(digest);
    const path = join(out, 'journal.jsonl');
    const whole = readFileSync(path);
    for (const [i, share] of [0.1, 0.3, 0.6, 0.9].entries()) {
      writeFileSync(path, whole.subarray(0, Math.floor(share * whole.length)));
      const made = workers(3, {}, i);
      expect((await sweep({ ...options, hands: made.hands, out, resume: true })).digest).toBe(digest);
      expect(made.computed.length).toBeGreaterThan(0);
    }
  });

  it('goes on from its journal, whose last line may be torn, and computes only what is missing', async () => {
    const out = join(folder, 'resumed');
    await sweep({ ...OPTIONS, hands: workers(3).hands, out });
    const path = join(out, 'journal.jsonl');
    const whole = readFileSync(path);
    const lines = whole.toString().split('\n').length - 1;
    for (const [i, length] of [0, 30, 700, 2000, whole.length - 1, whole.length].entries()) {
      writeFileSync(path, whole.subarray(0, length));
      const kept = whole.subarray(0, length).toString().split('\n').length - 1;
      const made = workers(2, {}, i);
      const { digest } = await sweep({ ...OPTIONS, hands: made.hands, out, resume: true });
      expect(digest).toBe(truth.digest);
      expect(made.computed).toHaveLength(lines - Math.max(1, kept));
    }
    await expect(sweep({ ...OPTIONS, hands: workers(1).hands, out })).rejects.toThrow('is there already');
  });

  it('has the same digest whatever a power cut left of the last write, and says once what it left out', async () => {
    const out = join(folder, 'cut');
    const path = join(out, 'journal.jsonl');
    await sweep({ ...OPTIONS, hands: workers(3).hands, out });
    const { entries } = readEntries(Uint8Array.from(readFileSync(path)), path);
    rmSync(path);
    const journal = await Journal.open(path);
    await journal.append(entries[0] ?? {});
    // the first of them alone, and then all that came meanwhile
    await Promise.all(entries.slice(1).map((entry) => journal.append(entry)));
    await journal.close();
    const whole = readFileSync(path);
    const begin = whole.lastIndexOf('\n', whole.indexOf('"synced":2,')) + 1;
    expect(whole.length - begin).toBeGreaterThan(3 * 4096);
    const resume = async (bytes: Uint8Array) => {
      writeFileSync(path, bytes);
      const notes: string[] = [];
      const made = workers(2);
      const onNote = (text: string) => notes.push(text);
      expect((await sweep({ ...OPTIONS, hands: made.hands, out, resume: true, onNote })).digest).toBe(truth.digest);
      expect(notes).toEqual([
        expect.stringMatching(/^\S+journal\.jsonl: a write did not end, so \d+ bytes? behind line/),
      ]);
      expect(made.computed.length).toBeGreaterThan(0);
      expect(made.computed.length).toBeLessThan(entries.length - 1);
    };
    for (const size of [512, 4096])
      for (let from = begin; from < whole.length; from = size * (Math.floor(from / size) + 1)) {
        const hole = Uint8Array.from(whole).fill(0, from, size * (Math.floor(from / size) + 1));
        await resume(hole);
        if (size === 4096) await resume(hole.subarray(0, from + 1));
      }
    // and before it
    writeFileSync(path, Uint8Array.from(whole).fill(0, begin - 100, begin - 50));
    await expect(sweep({ ...OPTIONS, hands: workers(1).hands, out, resume: true })).rejects.toThrow(
      'line 2 is damaged',
    );
  });

  it('refuses a journal of another sweep, by what differs, and of another version', async () => {
    const out = join(folder, 'other');
    await sweep({ ...OPTIONS, hands: workers(3).hands, out, about: { data: 1 } });
    const again = (options: object) =>
      errorOf(() => sweep({ ...OPTIONS, hands: workers(1).hands, out, resume: true, about: { data: 1 }, ...options }));
    expect((await again({ epochs: 3 })).message).toMatch(/journal\.jsonl is of another sweep: its epochs is 9, not 3/);
    expect((await again({ about: { data: 2 } })).message).toContain('its about is {"data":1}, not {"data":2}');
    expect((await again({ space: { rate: [1] }, search: 'grid' })).message).toContain('its space');
  });

  it('ends with an error of its hands, with number and settings of the trial, and stops the others', async () => {
    const made = workers(3);
    const { compute } = made.hands;
    const hands = {
      ...made.hands,
      capacity: 3,
      compute: async (...args: Parameters<typeof compute>) => {
        if (args[0].trial === 4) throw new RangeError('too much');
        return compute(...args);
      },
    };
    const error = await errorOf(() => sweep({ ...OPTIONS, hands }));
    expect(error.message).toMatch(/^trial 4 \(rate [\d.]+, kind [ab]\): too much$/);
    expect(made.closed).toBe(1);
  });

  it('rejects with the reason of a signal, and keeps what is in the journal', async () => {
    const out = join(folder, 'aborted');
    const control = new AbortController();
    const reason = new Error('enough');
    let told = 0;
    const onTrial = () => {
      if (++told === 5) control.abort(reason);
    };
    await expect(sweep({ ...OPTIONS, hands: workers(2).hands, out, signal: control.signal, onTrial })).rejects.toBe(
      reason,
    );
    const made = workers(2);
    expect((await sweep({ ...OPTIONS, hands: made.hands, out, resume: true })).digest).toBe(truth.digest);
    expect(made.computed.length).toBeLessThanOrEqual(9 + 3 + 1 + 5 + 1 + 3 - 5);
  });

  it.each([
    [{ run: () => 1 }, 'got both'],
    [{ hands: undefined }, 'got neither'],
    [{ verify: 2 }, 'verify must be'],
    [{ out: '' }, 'out must be'],
    [{ verfy: 1 }, "did you mean 'verify'"],
  ])('refuses wrong options before anything runs: %j', async (options, says) => {
    const made = workers(1);
    await expect(sweep({ ...OPTIONS, hands: made.hands, ...options } as SweepOptions)).rejects.toThrow(says);
    expect(made.computed).toEqual([]);
  });
});

describe('verifying', () => {
  const lies: Record<string, Lie> = {
    'other digests': (outcome) => ({
      ...outcome,
      digests: outcome.digests.map(() => 'f'.repeat(64)),
      digest: 'f'.repeat(64),
    }),
    'better values': (outcome) => ({
      ...outcome,
      history: { loss: (outcome.history.loss ?? []).map((loss) => loss / 2) },
    }),
    'only the last digest': (outcome) => ({ ...outcome, digest: 'e'.repeat(64) }),
  };
  it.each(Object.keys(lies))('finds a worker that sends %s, stops it, and computes its trials again', async (lie) => {
    const notes: string[] = [];
    const out = join(folder, lie);
    const made = workers(3, { w1: lies[lie] as Lie }, 7);
    const onNote = (text: string) => notes.push(text);
    const result = await sweep({ ...OPTIONS, hands: made.hands, verify: 1, out, onNote });
    expect(result.digest).toBe(truth.digest);
    expect(facts(result.trials)).toEqual(facts(truth.trials));
    expect(made.dismissed).toEqual(['w1']);
    expect(result.trials.map(({ worker }) => worker)).not.toContain('w1');
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(
      lie === 'only the last digest' ? /w1 is stopped: trial \d+ \(.*\): epoch \d/ : /: epoch 1 differs/,
    );
    // the journal says so too
    const again = workers(1);
    expect((await sweep({ ...OPTIONS, hands: again.hands, out, resume: true })).digest).toBe(truth.digest);
    expect(again.computed).toEqual([]);
  });

  it('names the first epoch that differs, and finds who computed it when another one went on from there', async () => {
    const notes: string[] = [];
    // from the fourth epoch on
    const wrong: Lie = (outcome) => ({
      ...outcome,
      digests: outcome.digests.map((digest, epoch) => (epoch < 3 ? digest : digest.replaceAll('a', 'b'))),
    });
    const made = workers(4, { w2: wrong }, 3);
    const result = await sweep({ ...OPTIONS, hands: made.hands, verify: 1, onNote: (text) => notes.push(text) });
    expect(result.digest).toBe(truth.digest);
    expect(made.dismissed).toEqual(['w2']);
    expect(notes[0]).toContain('epoch 4 differs');
  });

  it('computes the share of trials that it promises, chosen by the seed', async () => {
    const chosen = async (count: number) => {
      const made = workers(count, {}, count);
      const options = { space: { i: { integer: [0, 399] } }, objective: 'loss', verify: 0.1 } as const;
      await sweep({ ...options, hands: made.hands });
      const seen = new Map<number, Set<string>>();
      for (const { job, worker } of made.computed) seen.set(job.trial, (seen.get(job.trial) ?? new Set()).add(worker));
      return [...seen].flatMap(([trial, by]) => (by.size > 1 ? [trial] : [])).sort((a, b) => a - b);
    };
    const some = await chosen(2);
    expect(some.length).toBeGreaterThan(25);
    expect(some.length).toBeLessThan(55);
    expect(await chosen(5)).toEqual(some);
  });

  it('ends with an error if three workers find three results', async () => {
    const made = workers(3, { w0: lies['better values'] as Lie, w1: lies['other digests'] as Lie });
    const hands = { ...made.hands, capacity: 1 };
    await expect(sweep({ ...OPTIONS, hands, verify: 1 })).rejects.toThrow('three results of three workers');
  });
});

describe('run', () => {
  const x = floats([40, 2], 1);
  const y = floats([40, 1], 2);
  const began: number[] = [];
  const damaged = new Set<number>();
  async function run({
    settings,
    epochs,
    checkpoint,
    keep,
    initialEpoch,
    fit,
    trial,
  }: Task<{ rate: number; units: number }>) {
    began.push(initialEpoch);
    const made = () => {
      const stack = [
        layers.dense({ units: settings.units, activation: 'tanh', inputShape: [2] }),
        layers.dropout({ rate: 0.2 }),
        layers.dense({ units: 1 }),
      ];
      const fresh = sequential(stack, { seed: 3 });
      fresh.compile({ optimizer: optimizers.nadam({ learningRate: settings.rate }), loss: 'mse' });
      return fresh;
    };
    using model = checkpoint ? await loadModel(checkpoint) : made();
    await model.fit(x, y, { ...fit, batchSize: 8 });
    expect(model.epoch).toBe(epochs);
    if (damaged.has(trial)) return { checkpoint: new Uint8Array(8) };
    return { checkpoint: keep ? await model.save() : undefined };
  }
  const options = {
    space: { rate: { log: [1e-3, 0.1] }, units: { integer: [2, 6] } },
    objective: 'loss',
    search: 'halving',
    trials: 9,
    epochs: 9,
  } as const;

  it('goes on from checkpoints to the bits of trainings that never stopped', async () => {
    began.length = 0;
    const result = await sweep({ ...options, run, out: join(folder, 'halving') });
    expect(began).toEqual([...Array(9).fill(0), 1, 1, 1, 3]);
    expect(existsSync(join(folder, 'halving/checkpoints'))).toBe(true);
    for (const { settings, epochs, digest, digests, history } of result.trials) {
      const { trials } = await sweep({
        space: { rate: [settings.rate], units: [settings.units] },
        ...{ objective: 'loss', epochs, run },
      });
      expect(trials[0]).toMatchObject({ digest, digests, history });
    }
    began.length = 0;
    const never = await sweep({ ...options, run: async (task) => void (await run(task)) });
    expect(began).toEqual([...Array(13).fill(0)]);
    expect(never.digest).toBe(result.digest);
  });

  it('begins again where a checkpoint is damaged', async () => {
    began.length = 0;
    for (let trial = 0; trial < 9; trial++) damaged.add(trial);
    const result = await sweep({ ...options, run });
    damaged.clear();
    expect(began.filter((epoch) => epoch > 0)).toHaveLength(4);
    expect(result.digest).toBe((await sweep({ ...options, run })).digest);
  });

  it('may give a number, or a history of its own', async () => {
    const space = { a: [3, 1, 2] } as const;
    const numbers = await sweep({ space, objective: 'loss', run: ({ settings }) => settings.a });
    expect(numbers.best).toMatchObject({ settings: { a: 1 }, value: 1, history: { loss: [1] } });
    const history = await sweep({
      space,
      ...{ objective: 'score:max', epochs: 2 },
      run: async ({ settings: { a } }) => ({ history: { score: [0, a] } }),
    });
    expect(history.best).toMatchObject({ settings: { a: 3 }, value: 3 });
    await expect(sweep({ space, objective: 'score:max', run: () => ({ history: { loss: [1] } }) })).rejects.toThrow(
      "'score' is not among loss",
    );
    await expect(sweep({ space, objective: 'loss', run: () => ({ history: { loss: [1, 2] } }) })).rejects.toThrow(
      'a history of 1 to 1 epochs',
    );
  });
});
