/** BullMQ on Redis, Valkey or Postgres as a queue: one queue, which Bull Board and the like show as it is. */

import { addressOf } from '../../queue-address.ts';
import { checkLabel, show } from '../../validate.ts';
import type { Engine, Handle, Heard, Receiver, Receiving, Seen, Sender } from './engine.ts';
import { connectPostgres, POSTGRES } from './postgres.ts';
import { connectRedis, REDIS } from './redis.ts';
import {
  type Bull,
  type BullJob,
  type BullQueue,
  type Closing,
  imported,
  type Process,
  type Server,
  type Watched,
} from './server.ts';

/** Results that the queue keeps, for dashboards and for a sweep that goes on. */
const KEPT = { completed: { count: 5000 }, failed: { count: 1000 } } as const;
/** Milliseconds before an order that a worker gave back is offered again, and before a server that is away is asked again. */
const AGAIN = 250;
/** Orders come after what has no priority: that is the end of the queue. */
const PRIORITY = 1;
/**
 * A job that is put off for as long as a sweep is there. A worker that gets it removes what waits, as BullMQ has no time to live. Clocks that differ do no harm: a sweep that
 * is there puts its orders again.
 */
const END = { id: 'end', name: 'no sweep is there: what waits is removed' } as const;
/** Times that it is put off before it would be due. */
const SIGNS = 6;
/** Deaths of its worker after which the queue gives an order up. */
const MOST_STALLS = 9;

/** @throws TypeError or RangeError for a name that no queue can have */
export function checkQueueName(name: unknown): asserts name is string {
  checkLabel('name', name);
  // BullMQ puts colons between the parts of its keys
  if (name === '' || name.includes(':'))
    throw new RangeError(`name must be text without colons, as in 'rates', got ${show(name)}`);
}

/** @throws TypeError or RangeError for a wrong address, before anything is loaded */
export function bullmq(url: string, name: string): Engine {
  const address = addressOf(url);
  const isPostgres = address.shown.startsWith('postgres');
  const reach = async (watched: Watched): Promise<{ bull: Bull; server: Server }> => {
    const bull = (await imported('bullmq', isPostgres ? POSTGRES : REDIS)) as Bull;
    return { bull, server: await (isPostgres ? connectPostgres : connectRedis)(bull, address, watched) };
  };
  return {
    async send(heard, expire) {
      const { bull, server } = await reach(heard);
      return new BullSender(bull, server, name, heard, 1000 * expire);
    },
    async receive(receiving) {
      const { bull, server } = await reach(receiving);
      try {
        await receiving.ready();
        return await receiver(bull, server, name, receiving);
      } catch (error) {
        await server.end();
        throw error;
      }
    },
  };
}

const heardBy = <T extends Closing>(server: Server, one: T): T => {
  one.on('error', (error: unknown) => server.trouble(error));
  return one;
};

/** Ends connections of a server that may be away, for which a polite end would wait for ever. */
const within = (milliseconds: number, what: Promise<unknown>): Promise<unknown> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return Promise.race([what.catch(() => undefined), late]).finally(() => clearTimeout(timer));
};

class BullSender implements Sender {
  readonly #server: Server;
  readonly #queue: BullQueue;
  readonly #hearing: Closing;
  readonly #expire: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #living = false;

  constructor({ Queue, QueueEvents }: Bull, server: Server, name: string, heard: Heard, expire: number) {
    const { connection, listening, backend } = server;
    this.#server = server;
    this.#queue = heardBy(server, new Queue(name, { connection }, backend));
    this.#hearing = heardBy(server, new QueueEvents(name, { connection: listening }, backend));
    const done = ({ jobId }: { jobId: string }) => heard.done(jobId);
    this.#hearing.on('completed', done);
    this.#hearing.on('failed', done);
    this.#hearing.on('progress', ({ jobId, data }: { jobId: string; data: unknown }) => heard.said(jobId, data));
    this.#expire = expire;
    this.#timer = setInterval(() => void this.#live(), expire / SIGNS);
    void this.#live();
  }

  /** Puts off the end of the queue, unless the server is away. */
  async #live(): Promise<void> {
    if (this.#living) return;
    this.#living = true;
    await this.remove(END.id);
    const gone = { removeOnComplete: true, removeOnFail: true } as const;
    await this.#queue.add(END.name, {}, { jobId: END.id, delay: this.#expire, ...gone }).catch(() => undefined);
    this.#living = false;
  }

  async put(id: string, name: string, order: unknown): Promise<void> {
    await this.#queue.add(name, order, {
      ...{ jobId: id, priority: PRIORITY, removeOnComplete: KEPT.completed, removeOnFail: KEPT.failed },
    });
  }

  async look(id: string): Promise<Seen | undefined> {
    const job = await this.#queue.getJob(id);
    if (!job) return undefined;
    if (!job.finishedOn) return { done: false, said: job.progress };
    return job.failedReason ? { done: true, failed: job.failedReason } : { done: true, reply: job.returnvalue };
  }

  async remove(id: string): Promise<void> {
    // one that a worker has cannot be removed
    await this.#queue
      .getJob(id)
      .then((job) => job?.remove())
      .catch(() => undefined);
  }

  async waiting(): Promise<number> {
    // delayed: a worker gave it back
    const count = this.#queue.getJobCountByTypes('waiting', 'paused', 'prioritized', 'delayed');
    const end = await this.#queue.getJob(END.id);
    return Math.max(0, (await count) - (end ? 1 : 0));
  }

  async empty(): Promise<void> {
    await this.#queue.drain(true);
    await this.#live();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await within(2000, Promise.all([this.#hearing.close(), this.#queue.close()]));
    await within(2000, this.#server.end());
  }
}

async function receiver(
  { Queue, Worker, DelayedError }: Bull,
  server: Server,
  name: string,
  { concurrency, lease, handle }: Receiving,
): Promise<Receiver> {
  const process: Process = async (job, token) => {
    if (job.name === END.name) return empty();
    const reply = await answer(handle, job);
    if (reply !== undefined) return reply;
    await job.moveToDelayed(Date.now() + AGAIN, token);
    throw new DelayedError();
  };
  const { connection, backend } = server;
  const empty = async (): Promise<void> => {
    const queue = heardBy(server, new Queue(name, { connection }, backend));
    await queue.drain(true).finally(() => queue.close());
  };
  const options = {
    ...{ connection, concurrency, lockDuration: 1000 * lease, maxStalledCount: MOST_STALLS, runRetryDelay: AGAIN },
    stalledInterval: Math.min(30_000, 1000 * lease),
  };
  // the server may be away again, and a worker that does not find it tries no second time
  for (;;) {
    const worker = heardBy(server, new Worker(name, process, options, backend));
    try {
      await worker.waitUntilReady();
      return {
        async close() {
          await worker.close();
          await server.end();
        },
      };
    } catch {
      await within(2000, worker.close(true));
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }
}

const answer = (handle: Handle, job: BullJob): Promise<unknown> =>
  handle(job.data, (what) => {
    // what is said on the way may be lost
    job.updateProgress(what as object).catch(() => undefined);
  });
