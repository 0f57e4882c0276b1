/** What a sweep needs of a queue. BullMQ is one (bullmq.ts); another engine is another function that gives these. */

/** An order as the queue has it. */
export interface Seen {
  /** Whether a worker has answered it, or the queue has given it up. */
  readonly done: boolean;
  /** What the worker answered. It may be anything. */
  readonly reply?: unknown;
  /** Why the queue gave it up: its workers ended too often. */
  readonly failed?: string;
  /** What a worker said last about an order that is not done; it may be anything. */
  readonly said?: unknown;
}

/** What the queue tells the sweep. All of it is a hint: the sweep looks for itself, too. */
export interface Heard {
  /** An order is done. */
  done(id: string): void;
  /** A worker says something about an order. It may say anything. */
  said(id: string, what: unknown): void;
  /** The queue's server is there again. */
  back(): void;
  /** The queue's server is away; it is tried again. */
  away(why: string): void;
}

/** The side of the sweep. */
export interface Sender {
  /** Adds an order, unless the queue has one of this id. */
  put(id: string, name: string, order: unknown): Promise<void>;
  /** The order of this id; undefined if the queue does not have it. */
  look(id: string): Promise<Seen | undefined>;
  /** Removes an order, unless a worker has it. */
  remove(id: string): Promise<void>;
  /** Orders that no worker has yet. */
  waiting(): Promise<number>;
  /** Removes all of those. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** What a worker makes of an order: an answer, or undefined to give it back for others. The signal is aborted when nobody wants it any longer. */
export type Handle = (order: unknown, say: (what: unknown) => void, signal?: AbortSignal) => Promise<unknown>;

export interface Receiving {
  readonly concurrency: number;
  /** Seconds without a sign of life after which a worker's orders go to others. */
  readonly lease: number;
  /** Called when the server is reached and lets this worker in, before the first order. What it throws ends the worker. */
  readonly ready: () => Promise<void>;
  readonly handle: Handle;
  readonly back: () => void;
  readonly away: (why: string) => void;
  /** Called when there will be no more orders: the sweep has ended, or the error says why this worker gets none. */
  readonly end?: (error?: Error) => void;
}

/** The side of a worker. */
export interface Receiver {
  /** Takes no more orders, and waits for those under way. */
  close(): Promise<void>;
}

export interface Engine {
  /** @param expire seconds after which what waits is removed, if no sender of this queue has been there for so long */
  send(heard: Heard, expire: number): Promise<Sender>;
  /** @throws Error if the server cannot be reached or refuses, and whatever `ready` throws */
  receive(receiving: Receiving): Promise<Receiver>;
}
