/** BullMQ on Redis (or Valkey) as a queue: one queue, which Bull Board and the like show as it is. */

import { addressOf } from '../../queue-address.ts';
import { isError, messageOf } from '../../validate.ts';
import type { Engine, Handle, Heard, Receiver, Receiving, Seen, Sender } from './engine.ts';

/** What is used of ioredis. */
interface Client {
  on(event: string, listener: (error?: unknown) => void): unknown;
  connect(): Promise<void>;
  duplicate(): Client;
  disconnect(): void;
}

/** What is used of BullMQ. */
interface BullJob {
  readonly id?: string;
  readonly data: unknown;
  readonly finishedOn?: number;
  readonly returnvalue: unknown;
  readonly failedReason?: string;
  updateProgress(value: object): Promise<void>;
  moveToDelayed(time: number, token?: string): Promise<void>;
  remove(): Promise<void>;
}
interface Closing {
  on(event: string, listener: (...args: never[]) => void): unknown;
  close(): Promise<void>;
}
interface BullQueue extends Closing {
  add(name: string, data: unknown, options: object): Promise<unknown>;
  getJob(id: string): Promise<BullJob | undefined>;
}
type Process = (job: BullJob, token?: string) => Promise<unknown>;
interface Bull {
  readonly Queue: new (name: string, options: object) => BullQueue;
  readonly QueueEvents: new (name: string, options: object) => Closing;
  readonly Worker: new (name: string, process: Process, options: object) => Closing;
  readonly DelayedError: new () => Error;
}

const INSTALL = 'npm install bullmq@6 ioredis@5';
/** Results that the queue keeps, for dashboards and for a sweep that goes on. */
const KEPT = { completed: { count: 5000 }, failed: { count: 1000 } } as const;
/** Milliseconds before an order that a worker gave back is offered again. */
const AGAIN = 250;
/** Deaths of its worker after which the queue gives an order up. */
const MOST_STALLS = 9;
const CONNECTING = 10_000;

/** A package by a name that bundlers do not follow: pages and programs without queues do not have it. */
const imported = (name: string): Promise<unknown> => import(/* @vite-ignore */ name);

/** Two packages that this one does not depend on. @throws Error that says how to install them */
async function load(): Promise<{ bull: Bull; Redis: new (url: string, options: object) => Client }> {
  try {
    const [bull, ioredis] = (await Promise.all([imported('bullmq'), imported('ioredis')])) as [
      Bull,
      { Redis: new (url: string, options: object) => Client },
    ];
    return { bull, Redis: ioredis.Redis };
  } catch (error) {
    const why = messageOf(error);
    throw new Error(`a queue needs two more packages: ${INSTALL} (${why.split('\n')[0]})`, { cause: error });
  }
}

/** @throws TypeError or RangeError for a wrong address, before anything is loaded */
export function bullmq(url: string, name: string): Engine {
  const { href, shown } = addressOf(url);
  return {
    async send(heard) {
      const { bull, Redis } = await load();
      return new BullSender(bull, await connect(Redis, href, shown, heard), name, heard);
    },
    async receive(receiving) {
      const { bull, Redis } = await load();
      return receiver(bull, await connect(Redis, href, shown, receiving), name, receiving);
    },
  };
}

/** A client, and how it is ended on purpose. */
interface Connection {
  readonly client: Client;
  end(): void;
}

/** A client that comes back whenever the server does. @throws Error if the server cannot be reached at the beginning */
async function connect(
  Redis: new (url: string, options: object) => Client,
  url: string,
  shown: string,
  heard: Pick<Heard, 'back' | 'away'>,
): Promise<Connection> {
  const client = new Redis(url, {
    ...{ maxRetriesPerRequest: null, lazyConnect: true, connectTimeout: CONNECTING },
    retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2000),
  });
  let [ended, there] = [false, true];
  let why = 'the connection ended';
  client.on('error', (error) => {
    why = isError(error) ? error.message || String(Reflect.get(error, 'code')) : String(error);
  });
  try {
    await client.connect();
  } catch (error) {
    client.disconnect();
    throw new Error(`${shown} cannot be reached: ${why}`, { cause: error });
  }
  client.on('close', () => {
    if (!ended && there) heard.away(`${shown} is away (${why}); trying again`);
    there = false;
  });
  client.on('ready', () => {
    if (!there) heard.back();
    there = true;
  });
  const end = () => {
    ended = true;
    client.disconnect();
  };
  return { client, end };
}

/** Errors of connections are heard by the client; without a listener they would end the program. */
const quiet = <T extends Closing>(one: T): T => {
  one.on('error', () => undefined);
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
  readonly #connection: Connection;
  readonly #events: Client;
  readonly #queue: BullQueue;
  readonly #hearing: Closing;

  constructor(bull: Bull, connection: Connection, name: string, heard: Heard) {
    const { client } = connection;
    this.#connection = connection;
    this.#events = client.duplicate();
    this.#events.on('error', () => undefined);
    this.#queue = quiet(new bull.Queue(name, { connection: client }));
    this.#hearing = quiet(new bull.QueueEvents(name, { connection: this.#events }));
    const done = ({ jobId }: { jobId: string }) => heard.done(jobId);
    this.#hearing.on('completed', done);
    this.#hearing.on('failed', done);
    this.#hearing.on('progress', ({ jobId, data }: { jobId: string; data: unknown }) => heard.said(jobId, data));
  }

  async put(id: string, name: string, order: unknown): Promise<void> {
    await this.#queue.add(name, order, {
      ...{ jobId: id, removeOnComplete: KEPT.completed, removeOnFail: KEPT.failed },
    });
  }

  async look(id: string): Promise<Seen | undefined> {
    const job = await this.#queue.getJob(id);
    if (!job) return undefined;
    if (!job.finishedOn) return { done: false };
    return job.failedReason ? { done: true, failed: job.failedReason } : { done: true, reply: job.returnvalue };
  }

  async remove(id: string): Promise<void> {
    // one that a worker has cannot be removed
    await this.#queue
      .getJob(id)
      .then((job) => job?.remove())
      .catch(() => undefined);
  }

  async close(): Promise<void> {
    await within(2000, Promise.all([this.#hearing.close(), this.#queue.close()]));
    this.#events.disconnect();
    this.#connection.end();
  }
}

function receiver(
  { Worker, DelayedError }: Bull,
  { client, end }: Connection,
  name: string,
  { concurrency, lease, handle }: Receiving,
): Receiver {
  const process: Process = async (job, token) => {
    const reply = await answer(handle, job);
    if (reply !== undefined) return reply;
    await job.moveToDelayed(Date.now() + AGAIN, token);
    throw new DelayedError();
  };
  const worker = quiet(
    new Worker(name, process, {
      ...{ connection: client, concurrency, lockDuration: 1000 * lease, maxStalledCount: MOST_STALLS },
      stalledInterval: Math.min(30_000, 1000 * lease),
    }),
  );
  return {
    async close() {
      await worker.close();
      end();
    },
  };
}

const answer = (handle: Handle, job: BullJob): Promise<unknown> =>
  handle(job.data, (what) => {
    // what is said on the way may be lost
    job.updateProgress(what as object).catch(() => undefined);
  });
