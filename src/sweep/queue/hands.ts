/**
 * Hands that are workers of other machines, which read a queue. The queue may lose everything at any time: orders have names made of what they ask for, those that are
 * missing are put again, and what counts is in the sweep's journal.
 */
import { checkInteger, checkKind, checkNumber, checkOptions, messageOf, printable, several } from '../../validate.ts';
import { unlessAborted } from '../aborts.ts';
import type { ComputeOptions, Hands, Job, Outcome } from '../job.ts';
import { bullmq, checkQueueName } from './bullmq.ts';
import type { Engine, Heard, Seen, Sender } from './engine.ts';
import { idOf, type Order, orderOf, replyFrom, senderOf, wordFrom } from './orders.ts';

/** Options of {@link queue}. */
export interface QueueOptions {
  /** Address of a Redis or Valkey server, `redis://host:6379` (`rediss://` for TLS), or of a Postgres database, `postgres://host/database`, with user and password if it has them. */
  readonly url: string;
  /** Name of the queue. Sweeps may share one if their workers compute the same trials. Default `'simdescent'`. */
  readonly name?: string;
  /** Whatever decides the results beside settings and the version of this package, as text: the SHA-256 of your data, the version of your code. Workers with another value are refused. Default `''`. */
  readonly about?: string;
  /** Orders in the queue at a time, at least as many as all workers compute. Default 1024. */
  readonly capacity?: number;
  /** Whether to remove first what waits in the queue: a sweep that was killed, and will not go on, leaves its trials there. Sweeps that run put theirs again. Default false. */
  readonly empty?: boolean;
  /**
   * Seconds after which workers remove what waits in the queue, if no sweep on it has given a sign of life for so long: nobody computes for a sweep that is gone. One that
   * comes back puts its trials again. From 1 to 8,640,000, a hundred days. Default 3600.
   */
  readonly expire?: number;
  /** Called with what somebody should know: a worker was refused, the server is away. Default none. */
  readonly onNote?: (text: string) => void;
}

/** Wrong answers after which an order is an error. Those of workers that are left out do not count. */
const MOST_FAILURES = 10;
/** Wrong answers after which a worker is left out. */
const MOST_WRONG = 3;
/** Times that workers give an order back, until somebody is told. */
const MANY_DECLINES = 40;
/** Milliseconds between looks at orders, in turn, and how many at a time: events may be lost, but each look is a question to the server. */
const LOOKING = 2000;
const MOST_LOOKS = 64;
/** Milliseconds, at most, before an order is put again that was answered wrongly more than once. */
const LONGEST_PAUSE = 2000;
/** A hundred days: a sixth of it, in milliseconds, is a time that timers can wait. */
const MOST_SECONDS = 8_640_000;
/** Seconds without a sweep after which a queue is emptied. */
const EXPIRE = 3600;
/** Notes that workers may cause. */
const MOST_NOTES = 1000;

/** An order that is not done. */
interface Open {
  readonly order: Order;
  readonly onEpoch: ComputeOptions['onEpoch'];
  declines: number;
  resolve(seen: Seen): void;
}

export class QueueHands implements Hands, Heard {
  readonly capacity: number;
  readonly #about: string;
  readonly #note: (text: string) => void;
  readonly #open = new Map<string, Open>();
  readonly #told = new Set<string>();
  /** Wrong answers of each worker. */
  readonly #wrong = new Map<string, number>();
  readonly #leftOut = new Set<string>();
  #sender: Sender | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #looking: 'no' | 'yes' | 'again' = 'no';
  /** Where looks at some orders go on. */
  #next = 0;

  private constructor({ about = '', capacity = 1024, onNote }: Omit<QueueOptions, 'url'>) {
    this.capacity = capacity;
    this.#about = about;
    this.#note = onNote ?? (() => undefined);
  }

  static async of(engine: Engine, options: Omit<QueueOptions, 'url'>): Promise<QueueHands> {
    const hands = new QueueHands(options);
    const sender = await engine.send(hands, options.expire ?? EXPIRE);
    hands.#sender = sender;
    try {
      const trials = await sender.waiting();
      if (options.empty) await sender.empty();
      if (trials > 0)
        hands.#note(
          `${several(trials, 'trial')} ${options.empty ? 'removed that waited in the queue' : 'wait in the queue, of an earlier run or of other sweeps: if those were killed, empty it'}`,
        );
    } catch (error) {
      await sender.close();
      throw error;
    }
    hands.#timer = setInterval(() => void hands.#lookAtSome(), LOOKING);
    return hands;
  }

  async compute(job: Job, options: ComputeOptions): Promise<Outcome> {
    const { signal, avoid } = options;
    let failures = 0;
    for (let again = 0; ; again++) {
      signal.throwIfAborted();
      const order = orderOf(job, [...avoid, ...this.#leftOut], this.#about);
      const id = idOf(order, again);
      const seen = await this.#answer(id, order, options);
      const why = seen.failed ?? this.#read(seen.reply, order);
      if (typeof why !== 'string') return why;
      // so that a sweep that goes on does not find it again
      void this.#sender?.remove(id).catch(() => undefined);
      const worker = senderOf(seen.reply);
      if (worker === undefined || !this.#leftOut.has(worker)) failures++;
      if (failures >= MOST_FAILURES) throw new Error(`it failed ${MOST_FAILURES} times: ${why}`);
      this.#tell(`trial ${job.trial} is computed again: ${why}`);
      if (worker !== undefined) this.#count(worker);
      if (again > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(50 * 2 ** again, LONGEST_PAUSE)));
    }
  }

  /** What came of a job; text if the answer is wrong. */
  #read(reply: unknown, order: Order): Outcome | string {
    try {
      const read = replyFrom(reply, order);
      return 'error' in read ? read.error : read;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** A worker that cannot compute, or whose messages are not understood, would have one trial after the other. */
  #count(worker: string): void {
    const count = (this.#wrong.get(worker) ?? 0) + 1;
    this.#wrong.set(worker, count);
    if (count !== MOST_WRONG) return;
    this.#leftOut.add(worker);
    this.#tell(`worker ${worker} is left out after ${MOST_WRONG} wrong answers`);
  }

  /** Puts an order, and waits until it is done. */
  async #answer(id: string, order: Order, { signal, onEpoch }: ComputeOptions): Promise<Seen> {
    try {
      return await unlessAborted<Seen>(signal, (resolve) => {
        this.#open.set(id, { order, onEpoch, declines: 0, resolve });
        void this.#look(id, true);
      });
    } finally {
      this.#open.delete(id);
      if (signal.aborted) void this.#sender?.remove(id).catch(() => undefined);
    }
  }

  /** Its name is among those to avoid from now on. */
  dismiss(): void {}

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sender?.close();
  }

  done(id: string): void {
    if (this.#open.has(id)) void this.#look(id, false);
  }

  said(id: string, what: unknown): void {
    const open = this.#open.get(id);
    const word = open && wordFrom(what, open.order);
    if (open === undefined || word === undefined) return;
    if ('epoch' in word) open.onEpoch(word.epoch, word.logs);
    else if ('refuses' in word) this.#tell(word.refuses);
    else if (++open.declines === MANY_DECLINES)
      this.#tell(
        `trial ${open.order.job.trial} waits for a worker that has not computed it yet: all that took it were among ${open.order.avoid.join(', ')}`,
      );
  }

  back(): void {
    this.#note('the queue is there again');
    void this.#lookAtAll();
  }

  away(why: string): void {
    this.#note(why);
  }

  /** Once. */
  #tell(text: string): void {
    if (this.#told.has(text) || this.#told.size >= MOST_NOTES) return;
    this.#told.add(text);
    this.#note(printable(text));
  }

  /** Those that were looked at longest ago. While the server is away the looks before still wait, and no others follow them. */
  async #lookAtSome(): Promise<void> {
    if (this.#looking !== 'no') return;
    const ids = [...this.#open.keys()];
    const first = this.#next < ids.length ? this.#next : 0;
    this.#next = first + MOST_LOOKS;
    await this.#lookAt(ids.slice(first, this.#next));
  }

  async #lookAtAll(): Promise<void> {
    if (this.#looking === 'no') await this.#lookAt([...this.#open.keys()]);
    else this.#looking = 'again';
  }

  async #lookAt(ids: readonly string[]): Promise<void> {
    this.#looking = 'yes';
    await Promise.all(ids.map((id) => this.#look(id, true)));
    const again = this.#isAgain();
    this.#looking = 'no';
    if (again) await this.#lookAtAll();
  }

  #isAgain(): boolean {
    return this.#looking === 'again';
  }

  /** Takes what came of an order, or puts it if it is not there. */
  async #look(id: string, put: boolean): Promise<void> {
    const sender = this.#sender;
    try {
      const seen = await sender?.look(id);
      const open = this.#open.get(id);
      if (open === undefined) return;
      const { order } = open;
      if (seen?.done) open.resolve(seen);
      // the word itself may be lost, as all events
      const word = wordFrom(seen?.said, order);
      if (word && 'refuses' in word) this.#tell(word.refuses);
      if (!put || seen?.done) return;
      // one that was given back is put off by the clock of the worker that did, which may be hours ahead
      if (word && !('epoch' in word)) await sender?.remove(id);
      else if (seen !== undefined) return;
      await sender?.put(id, `trial ${order.job.trial}, ${order.job.epochs} epochs`, order);
    } catch {
      // the server is away: another look follows
    }
  }
}

/**
 * Hands that are workers of any machines: programs that call {@link work}, or `simdescent worker`. They need `bullmq`, and `ioredis` or `pg`, which you install beside this package.
 * Whatever the queue loses is put again, and a trial whose worker died is computed by another one. Workers of another version of this package, or with another `about`, are
 * refused.
 *
 * @throws TypeError or RangeError for wrong options; Error without the two packages, or if the server cannot be reached
 * @category Sweeps
 * @example
 * ```ts no-run
 * import { queue, sweep } from 'simdescent/sweep';
 * const hands = await queue({ url: 'redis://queue.example:6379', name: 'rates', about: 'trial.js 3', onNote: console.error });
 * const { best } = await sweep({ space: { rate: { log: [1e-4, 0.1], steps: 8 } }, objective: 'val_loss', hands });
 * console.log(best?.settings);
 * ```
 */
export async function queue(options: QueueOptions): Promise<Hands> {
  checkOptions('queue', options, ['url', 'name', 'about', 'capacity', 'empty', 'expire', 'onNote']);
  const { url, name = 'simdescent', ...rest } = options;
  checkKind(rest.about === undefined || typeof rest.about === 'string', 'about', 'text', rest.about);
  checkQueueName(name);
  checkKind(rest.empty === undefined || typeof rest.empty === 'boolean', 'empty', 'true or false', rest.empty);
  if (rest.capacity !== undefined) checkInteger('capacity', rest.capacity, 1, 10_000);
  if (rest.expire !== undefined) checkNumber('expire', rest.expire, 1, MOST_SECONDS);
  return QueueHands.of(bullmq(url, name), rest);
}
