/** What comes out of a queue may be anything: messages are checked on both sides, and an engine that loses everything loses nothing. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Job, Outcome } from '../../src/sweep/job.ts';

import { QueueHands, queue } from '../../src/sweep/queue/hands.ts';
import { found, idOf, orderFrom, orderOf, replyFrom, wordFrom } from '../../src/sweep/queue/orders.ts';
import { workWith } from '../../src/sweep/queue/work.ts';
import { sweep } from '../../src/sweep/sweep.ts';
import { firstDifference } from '../../src/sweep/verify.ts';
import { VERSION } from '../../src/version.ts';
import { workers } from './hands.ts';
import { Memory, OPTIONS, onQueue, sent } from './memory-queue.ts';

const job: Job = {
  trial: 3,
  settings: { rate: 0.1, units: [3, 2], name: 'sgd', nesterov: true },
  epochs: 2,
  keep: true,
};
const outcome: Outcome = {
  ...{ history: { loss: [1, Number.NaN] }, digests: ['a'.repeat(64), 'b'.repeat(64)], digest: 'b'.repeat(64) },
  ...{ seconds: [0.1, 0.2], worker: 'w' },
};

const order = orderOf({ ...job, epochs: 4, from: outcome }, ['b', 'a'], 'data 1');

describe('messages of a queue', () => {
  it('are what they were, numbers that JSON does not have included', () => {
    const read = orderFrom(sent(order));
    expect(read).toMatchObject({ simdescent: VERSION, about: 'data 1', avoid: ['a', 'b'] });
    expect(read.job).toEqual({ ...job, epochs: 4, from: outcome });
    expect(replyFrom(sent(found(job, outcome, 'w')), orderOf(job, [], ''))).toEqual(outcome);
    expect(wordFrom({ epoch: 1, logs: { loss: 2, x: 'y' } }, order)).toEqual({ epoch: 1, logs: { loss: 2 } });
  });

  it('say the same as what was sent, though JSON has no -0', () => {
    const negative = { ...outcome, history: { loss: [-0, Number.NaN] } };
    const read = replyFrom(sent(found(job, negative, 'w')), orderOf(job, [], '')) as Outcome;
    expect(firstDifference(negative, read)).toBeUndefined();
    expect(firstDifference({ ...negative, history: { loss: [1e-300, Number.NaN] } }, read)).toBe(0);
  });

  it.each([Number.POSITIVE_INFINITY, Number.NaN, -1, '1'])('with %s seconds are refused', (seconds) => {
    const { entry } = found(job, outcome, 'w') as { entry: object };
    // 1e999 is JSON, and more than a number can be
    const reply = { ...found(job, outcome, 'w'), entry: { ...entry, seconds: [0, seconds] } };
    expect(() => replyFrom(reply, orderOf(job, [], ''))).toThrow('seconds of 2 epochs');
  });

  it('name an order by what it asks for, not by times', () => {
    const slower = { ...outcome, seconds: [7, 8] };
    expect(idOf(orderOf({ ...job, epochs: 4, from: slower }, ['a', 'b'], 'data 1'))).toBe(idOf(order));
    for (const other of [
      orderOf({ ...job, epochs: 5, from: outcome }, ['a', 'b'], 'data 1'),
      orderOf({ ...job, epochs: 4, from: outcome }, ['a'], 'data 1'),
      orderOf({ ...job, epochs: 4, from: outcome }, ['a', 'b'], 'data 2'),
      orderOf({ ...job, settings: { rate: 0.2 }, epochs: 4, from: outcome }, ['a', 'b'], 'data 1'),
    ])
      expect(idOf(other)).not.toBe(idOf(order));
  });

  it.each([
    ['another version', { simdescent: '9.9.9' }, '9.9.9'],
    [
      'another trial',
      { entry: { ...(found({ ...job, trial: 4 }, outcome, 'w') as { entry: object }).entry } },
      'another trial, 4',
    ],
    [
      'other settings',
      { entry: { ...(found({ ...job, settings: { rate: 0.2 } }, outcome, 'w') as { entry: object }).entry } },
      'another trial',
    ],
    ['a worker to avoid', { worker: 'x' }, 'was not to compute it'],
    ['no worker', { worker: 3 }, 'name of a worker'],
    ['nothing', { entry: undefined }, 'expected an answer'],
    [
      'endless results',
      { entry: { ...job, ...outcome, history: { loss: Array(1e5).fill(1) } } },
      'history of 1 to 2 epochs',
    ],
  ])('with %s are refused', (_, change, says) => {
    const asked = orderOf(job, ['x'], '');
    const reply = { ...found(job, outcome, 'w'), ...change };
    expect(() => replyFrom(sent(reply), asked)).toThrow(TypeError);
    expect(() => replyFrom(sent(reply), asked)).toThrow(says);
  });

  it('that are damaged anywhere are refused, or are still messages', () => {
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 1e9, '__proto__', 'x'.repeat(5000), { a: {} }));
    const paths = fc.constantFrom(
      'simdescent',
      'about',
      'avoid',
      'job',
      'trial',
      'settings',
      'epochs',
      'keep',
      'from',
      'history',
      'digests',
      'digest',
      'seconds',
      'rate',
      'entry',
      'worker',
    );
    const damage = (node: unknown, key: string, value: unknown): unknown =>
      typeof node !== 'object' || node === null || Array.isArray(node)
        ? node
        : Object.fromEntries(
            Object.entries(node).map(([name, one]) => [name, name === key ? value : damage(one, key, value)]),
          );
    fc.assert(
      fc.property(paths, values, (key, value) => {
        for (const read of [
          () => orderFrom(damage(sent(order), key, value)),
          () => orderFrom(value),
          () => replyFrom(damage(sent(found(job, outcome, 'w')), key, value), orderOf(job, [], '')),
          () => replyFrom(value, orderOf(job, [], '')),
          () => wordFrom(value, order),
        ])
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError);
          }
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});

describe('a sweep on a queue', () => {
  it('gives the digest of other hands, though the queue loses everything again and again', async () => {
    const truth = await sweep({ ...OPTIONS, hands: workers(1).hands });
    const engine = new Memory();
    let answers = 0;
    engine.change = (reply) => {
      if (++answers % 5 === 0) queueMicrotask(() => engine.lose());
      return reply;
    };
    expect((await onQueue(engine, ['one', 'two'])).digest).toBe(truth.digest);
    expect(answers).toBeGreaterThan(truth.trials.length);
  });

  it('computes a trial again whose answer is nonsense, and says so; never by the worker that had it', async () => {
    const truth = await sweep({ ...OPTIONS, hands: workers(1).hands });
    const engine = new Memory();
    const notes: string[] = [];
    let answers = 0;
    engine.change = (reply) => (++answers % 4 === 0 ? { nonsense: answers } : reply);
    const { digest, trials } = await onQueue(engine, ['one', 'two'], { notes, verify: 1 });
    expect(digest).toBe(truth.digest);
    expect(notes.join()).toContain('is computed again');
    expect(new Set(trials.map(({ worker }) => worker))).toEqual(new Set(['one', 'two']));
  });

  it.each([false, true])(
    'refuses a worker that has other data, by name, and hears of it; events lost: %s',
    async (silent) => {
      const engine = new Memory();
      engine.silent = silent;
      const notes: string[] = [];
      const hands = await QueueHands.of(engine, { about: 'other data', onNote: (text) => notes.push(text) });
      const stop = new AbortController();
      const result = sweep({ ...OPTIONS, hands, signal: stop.signal });
      const worker = workWith(engine, { hands: workers(1).hands, worker: 'one', about: 'data' });
      await expect(worker).rejects.toThrow("about 'other data'");
      // so that all orders are looked at
      engine.heard?.back();
      await vi.waitFor(() => expect(notes.join()).toMatch(/worker one is refused.*'other data'/));
      stop.abort();
      await expect(result).rejects.toThrow(stop.signal.reason);
    },
  );

  it('says that another one has left trials, and removes them where that is wanted', async () => {
    const engine = new Memory();
    const stop = new AbortController();
    const begun = (options: object = {}) => QueueHands.of(engine, { about: 'data', ...options });
    // killed: nobody takes its orders back
    const killed = await begun();
    const lost = sweep({
      ...OPTIONS,
      hands: {
        capacity: 3,
        compute: killed.compute.bind(killed),
        dismiss: () => undefined,
        close: async () => undefined,
      },
      signal: stop.signal,
    });
    await vi.waitFor(() => expect(engine.orders.size).toBe(3));
    const notes: string[] = [];
    const onNote = (text: string) => notes.push(text);
    await (await begun({ onNote })).close();
    expect(notes.join()).toMatch(/^3 trials wait/);
    expect(engine.orders.size).toBe(3);
    await (await begun({ onNote, empty: true })).close();
    expect(engine.orders.size).toBe(0);
    expect(notes.at(-1)).toMatch(/^3 trials removed/);
    stop.abort();
    await expect(lost).rejects.toThrow();
  });

  it('has trials computed that were given back and put off by a clock that is ahead', async () => {
    const truth = await sweep({ ...OPTIONS, hands: workers(1).hands });
    const engine = new Memory();
    engine.late = true;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      let done = false;
      const result = onQueue(engine, ['one', 'two'], { verify: 1 }).finally(() => {
        done = true;
      });
      while (!done) {
        await new Promise(setImmediate);
        vi.advanceTimersByTime(2000);
      }
      expect((await result).digest).toBe(truth.digest);
    } finally {
      vi.useRealTimers();
    }
  });

  it('asks no more than once while the server is away', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const engine = new Memory();
    const hands = await QueueHands.of(engine, { about: 'data' });
    const stop = new AbortController();
    try {
      const result = sweep({ ...OPTIONS, hands, signal: stop.signal });
      await vi.waitFor(() => expect(engine.orders.size).toBe(5));
      engine.away = true;
      engine.looks = 0;
      for (let minutes = 0; minutes < 60; minutes++) await vi.advanceTimersByTimeAsync(60_000);
      expect(engine.looks).toBe(engine.orders.size);
      stop.abort();
      await expect(result).rejects.toThrow();
    } finally {
      vi.useRealTimers();
    }
  });

  it('has trials fail that a worker cannot compute', async () => {
    const engine = new Memory();
    const end = new AbortController();
    const check = () => {
      throw new RangeError('rate means nothing');
    };
    const working = workWith(engine, { hands: workers(1).hands, about: 'data', check, signal: end.signal });
    const hands = await QueueHands.of(engine, { about: 'data' });
    await expect(sweep({ ...OPTIONS, hands })).rejects.toThrow(
      /^all 17 trials failed; trial 0 \(rate .*rate means nothing$/,
    );
    end.abort();
    await working;
  });
});

describe('a queue', () => {
  it.each([0, 1e7, Number.NaN])(
    'is refused that ends %d seconds after the last sweep: timers wait for at most 25 days',
    async (expire) => {
      await expect(queue({ url: 'redis://127.0.0.1:1', expire })).rejects.toThrow('expire must be');
    },
  );
});
