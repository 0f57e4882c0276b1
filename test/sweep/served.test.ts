/** A sweep served over HTTP: honest guests give its digest, and all others do no harm. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { functions } from '../../src/sweep/functions.ts';
import type { Hands, Job, Outcome } from '../../src/sweep/job.ts';
import type { Run } from '../../src/sweep/perform.ts';
import { work } from '../../src/sweep/queue/work.ts';
import { type Served, type ServeOptions, serve } from '../../src/sweep/served/serve.ts';
import { type SweepOptions, sweep } from '../../src/sweep/sweep.ts';
import { VERSION } from '../../src/version.ts';
import { ask, Guest, type Taken } from './guest.ts';

const OPTIONS = {
  space: { rate: { log: [1e-3, 0.1] }, units: { integer: [2, 9] } },
  objective: 'loss',
  search: { method: 'hyperband', draws: 'tpe', startup: 5 },
  epochs: 9,
} as const satisfies SweepOptions;

/** A loss that depends on the settings and the epoch alone. */
const run: Run = ({ settings: { rate, units }, epochs }) => ({
  history: { loss: Array.from({ length: epochs }, (_, epoch) => Number(rate) * Number(units) + 1 / (epoch + 1)) },
});
const truth = () => sweep({ ...OPTIONS, run }).then(({ digest }) => digest);
const honest = (job: Job): Promise<Outcome> =>
  functions({ run }).compute(job, { signal: new AbortController().signal, avoid: [], onEpoch: () => undefined });

/**
 * Hands of this machine: each computation is another worker's, as in a pool that starts processes.
 * @param begun what they wait for: else a guest that is slow to come may get nothing
 */
function local(begun: Promise<unknown>, capacity = 1): Hands & { count: number } {
  const hands = {
    capacity,
    count: 0,
    async compute(job: Job) {
      const [outcome] = await Promise.all([honest(job), begun]);
      return { ...outcome, worker: `here-${++hands.count}` };
    },
    dismiss(worker: string) {
      throw new Error(`${worker} is honest`);
    },
    close: async () => undefined,
  };
  return hands;
}

/** Something that a test waits for, and says that it has come. */
function event(): { readonly come: Promise<void>; comes(): void } {
  let comes: () => void = () => undefined;
  const come = new Promise<void>((resolve) => {
    comes = resolve;
  });
  return { come, comes };
}

/** A lease that ends only when a test says so, however slow this machine is. */
const LEASE = 60;
let later = 0;
beforeEach(() => {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + later);
});
afterEach(() => vi.restoreAllMocks());
/** Leases end of which nothing has been heard. */
const pass = () => {
  later += 1000 * LEASE + 1;
};

let open: Served[] = [];
async function served(options: Partial<ServeOptions> = {}): Promise<Served> {
  const made = await serve({ port: 0, about: 'a', ...options });
  open.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(open.map((one) => one.close().catch(() => undefined)));
  open = [];
});

/** A sweep that waits for guests: it ends when the test does. */
function waiting(hands: Hands) {
  const stop = new AbortController();
  const done = sweep({ ...OPTIONS, hands, signal: stop.signal }).catch(() => undefined);
  return { stop: () => stop.abort(), done };
}

describe('a served sweep', () => {
  it.each([1, 2, 5])('has the digest of one program with %i guests, who end with it', async (count) => {
    const hands = await served();
    // the first would compute all before others have come
    const { come, comes } = event();
    const begun = new Set<number>();
    const computed = Array.from({ length: count }, (_, guest) => {
      const together: Run = async (task) => {
        if (begun.add(guest).size === Math.min(count, 2)) comes();
        await come;
        return run(task);
      };
      return work({ url: hands.url, about: 'a', hands: functions({ run: together }) });
    });
    const { digest, trials } = await sweep({ ...OPTIONS, hands });
    await Promise.all(computed);
    expect(digest).toBe(await truth());
    expect(new Set(trials.map(({ worker }) => worker)).size).toBeGreaterThanOrEqual(Math.min(count, 2));
  });

  it('computes here as well as at guests', async () => {
    const { come, comes } = event();
    const hands = await served({ hands: local(come, 2) });
    const told: Run = (task) => {
      comes();
      return run(task);
    };
    const guest = work({ url: hands.url, about: 'a', hands: functions({ run: told }) });
    const { digest, trials } = await sweep({ ...OPTIONS, hands, verify: 0.5 });
    await guest;
    expect(digest).toBe(await truth());
    const workers = trials.map(({ worker }) => worker);
    expect(workers.some((worker) => worker.startsWith('here-'))).toBe(true);
    expect(workers.some((worker) => !worker.startsWith('here-'))).toBe(true);
  });

  it('gives the trials of a guest that is silent, or leaves, to others', async () => {
    const hands = await served({ lease: LEASE });
    const result = sweep({ ...OPTIONS, hands });
    const [silent, leaving] = [await Guest.join(hands.url), await Guest.join(hands.url)];
    const [kept, left] = [await silent.take(), await leaving.take()];
    expect(kept?.job.trial).not.toBe(left?.job.trial);
    await leaving.ask('leave');
    pass();
    const other = work({ url: hands.url, about: 'a', hands: functions({ run }) });
    expect((await result).digest).toBe(await truth());
    await other;
  });

  it('takes no answer of a guest whose trial went to others', async () => {
    const hands = await served({ lease: LEASE });
    const { stop, done } = waiting(hands);
    const guest = await Guest.join(hands.url);
    const taken = await guest.take();
    if (taken === undefined) throw new Error('there are trials');
    expect((await guest.ask('say', { id: taken.id })).body).toEqual({ wanted: true });
    pass();
    while (hands.guests > 0) await new Promise((go) => setTimeout(go, 10));
    expect((await guest.answer(taken, await honest(taken.job))).status).toBe(404);
    stop();
    await done;
  });

  it('has a worker join again that was silent for too long', async () => {
    const hands = await served({ lease: LEASE });
    let late = true;
    const slow = {
      ...functions({ run }),
      async compute(job: Job) {
        if (late) pass();
        while (late && hands.guests > 0) await new Promise((go) => setTimeout(go, 10));
        late = false;
        return honest(job);
      },
    };
    const worker = work({ url: hands.url, about: 'a', hands: slow });
    expect((await sweep({ ...OPTIONS, hands })).digest).toBe(await truth());
    await worker;
  });

  it('refuses workers with other data, of another version, and without the whole link', async () => {
    const hands = await served();
    const { stop, done } = waiting(hands);
    await expect(work({ url: hands.url, about: 'b', hands: functions({ run }) })).rejects.toThrow("about 'a'");
    const { status, body } = await ask(hands.url, 'join', { simdescent: '9.9.9', label: 'old' });
    expect([status, String(body.error)]).toEqual([409, expect.stringContaining('9.9.9')]);
    const without = hands.url.replace(/#.*/, '');
    await expect(work({ url: without, hands: functions({ run }) })).rejects.toThrow(RangeError);
    const wrong = `${without}#token=0123456789abcdef`;
    await expect(work({ url: wrong, hands: functions({ run }) })).rejects.toThrow('token');
    stop();
    await done;
  });

  it('lets a worker find out what it is about when it has joined, and not before', async () => {
    const hands = await served();
    const asked: string[] = [];
    const about = async () => {
      asked.push('now');
      return 'a';
    };
    const wrong = hands.url.replace(/#.*/, '#token=0123456789abcdef');
    await expect(work({ url: wrong, about, hands: functions({ run }) })).rejects.toThrow('token');
    expect(asked).toEqual([]);
    const worker = work({ url: hands.url, about, hands: functions({ run }) });
    expect((await sweep({ ...OPTIONS, hands })).digest).toBe(await truth());
    await worker;
    expect(asked).toEqual(['now']);
  });

  it('is left by a worker that does not find its data', async () => {
    const hands = await served();
    const about = () => Promise.reject(new Error('no data'));
    await expect(work({ url: hands.url, about, hands: functions({ run }) })).rejects.toThrow('no data');
    expect(hands.guests).toBe(0);
  });

  it('checks its options before it listens', async () => {
    await expect(serve({ port: 70_000 })).rejects.toThrow(RangeError);
    await expect(serve({ port: 0, token: 'short' })).rejects.toThrow('token');
    await expect(serve({ port: 0, lease: 0 })).rejects.toThrow('lease');
    const { port } = new URL((await served()).url);
    await expect(serve({ port: Number(port) })).rejects.toThrow(`127.0.0.1:${port}`);
  });
});

describe('requests of strangers', () => {
  const KNOWN = ['join', 'take', 'say', 'answer', 'back', 'leave'];

  it('are refused without the token', async () => {
    const hands = await served();
    for (const what of KNOWN)
      for (const Authorization of ['', 'Bearer', 'Bearer 0123456789abcdef', 'Basic YTpi'])
        expect((await ask(hands.url, what, { key: 'x' }, { Authorization })).status).toBe(401);
  });

  it('are refused from pages of other origins, unless one is allowed', async () => {
    const hands = await served({ origins: ['https://pages.example'] });
    const from = (Origin: string, method = 'POST') =>
      fetch(new URL('/trials/join', hands.url), { method, headers: { Origin } });
    expect((await from('https://evil.example')).status).toBe(403);
    expect((await from('null')).status).toBe(403);
    expect((await from('https://evil.example', 'OPTIONS')).status).toBe(403);
    const preflight = await from('https://pages.example', 'OPTIONS');
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://pages.example');
    // allowed to ask, but not without the token
    expect((await from('https://pages.example')).status).toBe(401);
    expect((await from(new URL(hands.url).origin)).status).toBe(401);
  });

  it('are refused if they are too large, no JSON, or nothing known', async () => {
    const hands = await served();
    const large = new Uint8Array(5_000_000).fill(32);
    expect((await ask(hands.url, 'join', large)).status).toBe(413);
    // without its length at the beginning
    const { origin, hash } = new URL(hands.url);
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(100_000));
      },
    });
    const endless = await fetch(`${origin}/trials/join`, {
      ...{ method: 'POST', body: stream, duplex: 'half' },
      headers: { Authorization: `Bearer ${hash.slice(7)}` },
    } as RequestInit).then(
      ({ status }) => status,
      // or the connection has been ended
      () => 413,
    );
    expect(endless).toBe(413);
    for (const body of ['', '{', '[]', 'null', '"a"', '{"key":1}', new Uint8Array([0xff, 0xfe]), `${'['.repeat(1e6)}`])
      expect((await ask(hands.url, 'take', body)).status).toBe(400);
    expect((await ask(hands.url, 'nothing', { key: 'x', id: 'y' })).status).toBe(404);
    for (const what of ['take', 'say', 'answer', 'back'])
      expect((await ask(hands.url, what, { key: 'nobody', id: '1' })).status).toBe(404);
    expect((await fetch(`${origin}/trials/join`)).status).toBe(405);
    for (const path of ['/', '/../package.json', '/%2e%2e/package.json', '/%', '//etc/passwd'])
      expect((await fetch(`${origin}${path}`)).status).toBeGreaterThanOrEqual(400);
  });

  it('have no answer taken to what they were not given, or to what is another trial', async () => {
    const { come, comes } = event();
    const hands = await served({ hands: local(come) });
    const result = sweep({ ...OPTIONS, hands });
    const [guest, other] = [await Guest.join(hands.url), await Guest.join(hands.url)];
    const taken = await guest.take();
    if (taken === undefined) throw new Error('there are trials');
    const outcome = await honest(taken.job);
    expect((await other.answer(taken, outcome)).status).toBe(409);
    expect((await other.answer({ ...taken, id: '9999' }, outcome)).status).toBe(409);
    const wrongs: ((one: Outcome) => unknown)[] = [
      (one) => ({ ...one, history: { loss: Array(1000).fill(0) }, seconds: Array(1000).fill(0) }),
      (one) => ({ ...one, digest: 'x' }),
    ];
    expect((await guest.answer({ ...taken, job: { ...taken.job, trial: 99 } }, outcome)).status).toBe(400);
    // each mistake is one; the trial is computed here then
    for (const wrong of wrongs) {
      const next = await guest.take();
      if (next === undefined) throw new Error('there are trials');
      expect((await guest.answer(next, wrong(await honest(next.job)) as Outcome)).status).toBe(400);
    }
    expect((await guest.ask('take')).status).toBe(403);
    comes();
    expect((await result).digest).toBe(await truth());
  });

  it('have no answer taken that is text or a list, or has times that the journal cannot keep', async () => {
    const { come, comes } = event();
    const hands = await served({ hands: local(come) });
    const result = sweep({ ...OPTIONS, hands });
    const guest = await Guest.join(hands.url);
    const endless = (taken: Taken, outcome: Outcome): string => {
      const reply = { simdescent: VERSION, worker: 'w', entry: { ...taken.job, ...outcome, worker: 'w' } };
      const text = JSON.stringify({ key: guest.key, id: taken.id, reply });
      return text.replace(/"seconds":\[[^,\]]+/, '"seconds":[1e999');
    };
    const wrongs = [
      ({ id }: Taken) => ({ key: guest.key, id, reply: 'x'.repeat(3_900_000) }),
      ({ id }: Taken) => ({ key: guest.key, id, reply: Array(1_000_000).fill(0) }),
      endless,
    ];
    for (const wrong of wrongs) {
      const taken = await guest.take();
      if (taken === undefined) throw new Error('there are trials');
      const { status, body } = await ask(hands.url, 'answer', wrong(taken, await honest(taken.job)));
      expect([status, body.error]).toEqual([400, expect.stringContaining('expected')]);
    }
    comes();
    expect((await result).digest).toBe(await truth());
  });

  it('may come slowly, and are ended while others are served', async () => {
    const hands = await served({ patience: 0.3 });
    const { hostname, port, hash } = new URL(hands.url);
    const sockets: Socket[] = [];
    for (const beginning of [
      'POST /trials/join HTTP/1.1\r\nHost: a\r\n',
      `POST /trials/join HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${hash.slice(7)}\r\nContent-Length: 100\r\n\r\n{`,
    ]) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined).resume();
      socket.write(beginning);
      const trickle = setInterval(() => socket.writable && socket.write('a'), 50);
      socket.on('close', () => clearInterval(trickle));
      sockets.push(socket);
    }
    const ends = sockets.map((socket) => once(socket, 'close'));
    const guest = work({ url: hands.url, about: 'a', hands: functions({ run }) });
    expect(
      (await sweep({ ...OPTIONS, hands: { ...hands, compute: hands.compute, close: async () => undefined } })).digest,
    ).toBe(await truth());
    await Promise.all(ends);
    await hands.close();
    await guest;
  });

  it('may be anything: none stops the server, and the sweep is what it was', async () => {
    const hands = await served();
    const result = sweep({ ...OPTIONS, hands });
    const { key } = await Guest.join(hands.url);
    const bodies = fc.record(
      {
        key: fc.constantFrom(key, 'x', '__proto__'),
        id: fc.oneof(fc.string(), fc.integer()),
        what: fc.jsonValue(),
        reply: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...KNOWN.filter((what) => what !== 'take')), bodies, async (what, body) => {
        const { status } = await ask(hands.url, what, body);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 150, seed: 3 },
    );
    const guest = work({ url: hands.url, about: 'a', hands: functions({ run }) });
    expect((await result).digest).toBe(await truth());
    await guest;
  });
});

describe('guests that lie', () => {
  const LIES: Readonly<Record<string, (one: Outcome) => Outcome>> = {
    'better numbers': (one) => ({ ...one, history: { loss: (one.history.loss ?? []).map((loss) => loss / 2) } }),
    'another digest': (one) => ({ ...one, digest: one.digest.replace(/./g, (digit) => (digit === '0' ? '1' : '0')) }),
    'fewer epochs': (one) => ({ ...one, history: { loss: one.history.loss?.slice(1) ?? [] } }),
  };

  it.each(Object.entries(LIES))('are found out: %s', async (_, lie) => {
    const { come, comes } = event();
    const notes: string[] = [];
    const onNote = (text: string) => notes.push(text);
    const hands = await served({ hands: local(come), onNote });
    const result = sweep({ ...OPTIONS, hands, verify: 1, onNote });
    const liar = await Guest.join(hands.url, 'liar');
    // as often as nobody may send what is no answer
    let lies = 0;
    await liar.work(async (job) => {
      if (++lies === 3) comes();
      return lie(await honest(job));
    });
    const { digest, trials } = await result;
    expect(digest).toBe(await truth());
    expect(trials.map(({ worker }) => worker)).not.toContain(liar.name);
    expect(notes.join()).toContain(liar.name);
  });

  it('cannot agree on a lie against this machine', async () => {
    const { come, comes } = event();
    const hands = await served({ hands: local(come) });
    const result = sweep({ ...OPTIONS, hands, verify: 1 });
    const lie = LIES['better numbers'] as (one: Outcome) => Outcome;
    const gang = await Promise.all([1, 2, 3].map(() => Guest.join(hands.url, 'gang')));
    comes();
    await Promise.all(gang.map((one) => one.work(async (job) => lie(await honest(job)))));
    expect((await result).digest).toBe(await truth());
  });

  it('and say that all trials fail, end nothing', async () => {
    const notes: string[] = [];
    const { come, comes } = event();
    const hands = await served({ hands: local(come), onNote: (text) => notes.push(text) });
    const result = sweep({ ...OPTIONS, hands });
    const guest = await Guest.join(hands.url, 'broken');
    for (let taken = await guest.take(); taken !== undefined; taken = await guest.take())
      await guest.ask('answer', {
        id: taken.id,
        reply: { simdescent: (await import('../../src/version.ts')).VERSION, worker: 'w', error: 'no' },
      });
    comes();
    expect((await result).digest).toBe(await truth());
    expect(notes.join()).toContain(guest.name);
  });
});
