/** Workers of a queue that lie, or send what is no answer: they are found out, and change no result. */
import { describe, expect, it } from 'vitest';
import { draw } from '../../src/sweep/draw.ts';
import { failure, type Outcome } from '../../src/sweep/job.ts';
import { found, type Order, orderFrom } from '../../src/sweep/queue/orders.ts';
import { workWith } from '../../src/sweep/queue/work.ts';
import { sweep } from '../../src/sweep/sweep.ts';
import { type Lie, workers } from './hands.ts';
import { Memory, OPTIONS, onQueue, sent } from './memory-queue.ts';

const truth = await sweep({ ...OPTIONS, hands: workers(1).hands });

/** A worker that answers each order so, whatever it is. */
const answering = (engine: Memory, answer: (order: Order, say: (what: unknown) => void) => unknown) =>
  engine.receive({
    ...{ concurrency: 1, lease: 1, ready: async () => undefined, back: () => undefined, away: () => undefined },
    handle: async (order, say) => answer(orderFrom(order), say),
  });

describe('a worker that lies', () => {
  const lies: Record<string, Lie> = {
    'other digests': (outcome) => ({
      ...outcome,
      ...{ digests: outcome.digests.map(() => 'f'.repeat(64)), digest: 'f'.repeat(64) },
    }),
    'better values': (outcome) => ({ ...outcome, history: { loss: outcome.seconds.map(() => 0) } }),
    'fewer epochs': (outcome) => cut(outcome, 1),
    failures: (_, { trial }) => failure(new Error(`disk ${trial} is full`), ''),
    'values of another key': (outcome) => ({ ...outcome, history: { lss: outcome.history.loss ?? [] } }),
  };
  const cut = ({ history, digests, seconds, worker }: Outcome, epochs: number): Outcome => ({
    history: { loss: history.loss?.slice(0, epochs) ?? [] },
    ...{
      digests: digests.slice(0, epochs),
      digest: digests[epochs - 1] ?? '',
      seconds: seconds.slice(0, epochs),
      worker,
    },
  });
  it.each(Object.keys(lies))('about %s is found out, stopped, and has its trials computed again', async (lie) => {
    const engine = new Memory();
    const notes: string[] = [];
    const end = new AbortController();
    const { hands } = workers(1, { w0: lies[lie] as Lie });
    const lying = workWith(engine, { hands, worker: 'liar', about: 'data', signal: end.signal });
    const { digest, trials } = await onQueue(engine, ['one', 'two'], { notes, verify: 1 });
    end.abort();
    await lying;
    expect(digest).toBe(truth.digest);
    expect(trials.map(({ worker }) => worker)).not.toContain('liar');
    expect(notes.filter((note) => note.includes('is stopped'))).toEqual([expect.stringContaining('worker liar')]);
  });

  it('is found if one of its lies is among the share that is verified, and with that probability', async () => {
    const share = 0.15;
    const isChosen = (seed: number, trial: number) => draw(seed, 'verify', trial, 0) < share;
    let times = 0;
    for (let seed = 0; seed < 60; seed++) {
      const lied: number[] = [];
      // where nobody else computed the trial before
      const lie: Lie = (outcome, { trial }) => {
        if (made.computed.filter(({ job }) => job.trial === trial).length > 1) return outcome;
        lied.push(trial);
        return { ...outcome, digest: 'e'.repeat(64) };
      };
      const made = workers(3, { w1: lie }, seed);
      const options = { space: { x: { uniform: [0, 1] } }, objective: 'loss', search: 'random', trials: 12 } as const;
      await sweep({ ...options, seed, hands: made.hands, verify: share });
      expect(made.dismissed).toEqual(lied.some((trial) => isChosen(seed, trial)) ? ['w1'] : []);
      times += made.dismissed.length;
    }
    expect(times).toBeGreaterThan(10);
    expect(times).toBeLessThan(50);
    const [sweeps, lies] = [4000, 5];
    const found = Array.from({ length: sweeps }, (_, seed) =>
      Array.from({ length: lies }, (_, trial) => isChosen(seed, trial)).some(Boolean),
    ).filter(Boolean).length;
    const promised = 1 - (1 - share) ** lies;
    expect(Math.abs(found / sweeps - promised)).toBeLessThan(4 * Math.sqrt((promised * (1 - promised)) / sweeps));
  });
});

describe('a worker that sends', () => {
  const reply = (order: Order, change: object) => ({
    ...found(order.job, outcomeOf(order), 'bad'),
    ...change,
  });
  const outcomeOf = ({ job: { epochs } }: Order): Outcome => ({
    history: { loss: Array<number>(epochs).fill(0) },
    ...{ digests: Array<string>(epochs).fill('a'.repeat(64)), digest: 'a'.repeat(64) },
    ...{ seconds: Array<number>(epochs).fill(0), worker: 'bad' },
  });
  const kinds: [string, (order: Order) => unknown][] = [
    [
      'results of another trial',
      (order) => found({ ...order.job, trial: order.job.trial + 1 }, outcomeOf(order), 'bad'),
    ],
    ['results of other settings', (order) => found({ ...order.job, settings: { rate: 1 } }, outcomeOf(order), 'bad')],
    [
      'endless results',
      (order) => found(order.job, outcomeOf({ ...order, job: { ...order.job, epochs: 1000 } }), 'bad'),
    ],
    ['results of another version', (order) => reply(order, { simdescent: '9.9.9' })],
    ['errors of its own', (order) => reply(order, { entry: undefined, error: 'no processes' })],
    ['nothing', () => ({ worker: 'bad' })],
    ['a name without an end', (order) => reply(order, { worker: 'x'.repeat(5000) })],
    ['text', () => 'no'],
  ];
  it.each(kinds)('%s, is left out, and changes nothing', async (_, answer) => {
    const engine = new Memory();
    const notes: string[] = [];
    // it pays no attention to whom the sweep avoids
    const bad = await answering(engine, answer);
    const { digest, trials } = await onQueue(engine, ['one', 'two'], { notes });
    await bad.close();
    expect(digest).toBe(truth.digest);
    expect(trials.map(({ worker }) => worker)).not.toContain('bad');
    expect(notes.join('\n')).toContain('is computed again');
    const isNamed = Object(sent(answer(orderOfTrial))).worker === 'bad';
    expect(notes.some((note) => note.includes('worker bad is left out'))).toBe(isNamed);
  });
  const orderOfTrial: Order = {
    ...{ simdescent: '', about: '', avoid: [] },
    job: { trial: 0, settings: { rate: 1, kind: 'a' }, epochs: 1, keep: false },
  };

  it('words without an end, is heard no more after a while', async () => {
    const engine = new Memory();
    const notes: string[] = [];
    const bad = await answering(engine, ({ job }, say) => {
      for (let i = 0; i < 1000; i++)
        for (const word of [
          { refuses: `\u001b[2J${job.trial} ${i}` },
          { epoch: 1e9, logs: {} },
          { epoch: -1 },
          null,
          'x',
        ])
          say(word);
      return undefined;
    });
    const epochs: number[] = [];
    const onEpoch = (_: number, epoch: number) => epochs.push(epoch);
    const { digest } = await onQueue(engine, ['one', 'two'], { notes, onEpoch });
    await bad.close();
    expect(digest).toBe(truth.digest);
    expect(notes.length).toBeLessThanOrEqual(1000);
    expect(notes.join('')).not.toContain('\u001b');
    expect(Math.max(...epochs)).toBeLessThan(9);
  });
});
