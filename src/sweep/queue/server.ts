/** What keeps BullMQ's queues, and what is used of BullMQ: it and the clients of servers are packages that this one does not depend on. */
import { messageOf } from '../../validate.ts';
import type { Heard } from './engine.ts';

/** What is used of BullMQ. */
export interface Bull {
  readonly Queue: new (name: string, options: object, backend?: unknown) => BullQueue;
  readonly QueueEvents: new (name: string, options: object, backend?: unknown) => Closing;
  readonly Worker: new (name: string, process: Process, options: object, backend?: unknown) => BullWorker;
  readonly DelayedError: new () => Error;
  readonly createPostgresBackend?: unknown;
  readonly assertSchemaCompatibility: (client: unknown) => Promise<number>;
  readonly runMigrations: (client: unknown) => Promise<number>;
  readonly LATEST_SCHEMA_VERSION: number;
}
export interface BullJob {
  readonly name: string;
  readonly data: unknown;
  readonly progress: unknown;
  readonly finishedOn?: number;
  readonly returnvalue: unknown;
  readonly failedReason?: string;
  updateProgress(value: object): Promise<void>;
  moveToDelayed(time: number, token?: string): Promise<void>;
  remove(): Promise<void>;
}
export interface Closing {
  on(event: string, listener: (...args: never[]) => void): unknown;
  close(force?: boolean): Promise<void>;
}
export interface BullWorker extends Closing {
  waitUntilReady(): Promise<void>;
}
export interface BullQueue extends Closing {
  add(name: string, data: unknown, options: object): Promise<unknown>;
  getJob(id: string): Promise<BullJob | undefined>;
  getJobCountByTypes(...types: string[]): Promise<number>;
  drain(delayed: boolean): Promise<void>;
}
export type Process = (job: BullJob, token?: string) => Promise<unknown>;

/** A server that is connected, and comes back whenever it does. */
export interface Server {
  /** BullMQ's `connection` for queues and workers. */
  readonly connection: unknown;
  /** That for events, which wait in a connection of their own. */
  readonly listening: unknown;
  /** BullMQ's backend; undefined for its own, which is Redis. */
  readonly backend: unknown;
  /** Hears an error of BullMQ's objects. Without a listener it would end the program. */
  trouble(error: unknown): void;
  end(): Promise<void>;
}

/** What a server tells. */
export type Watched = Pick<Heard, 'back' | 'away'>;

/** Connects to a server. @throws Error if it cannot be reached at the beginning, or if a package is missing */
export type Connect = (bull: Bull, address: { href: string; shown: string }, watched: Watched) => Promise<Server>;

/** Milliseconds to wait for a connection. */
export const CONNECTING = 10_000;

/**
 * A package by a name that bundlers do not follow: pages and programs without queues do not have it.
 *
 * @param install what to install for this kind of server
 * @throws Error that says so
 */
export async function imported(name: string, install: string): Promise<unknown> {
  try {
    return await import(/* @vite-ignore */ name);
  } catch (error) {
    const [why] = messageOf(error).split('\n');
    throw new Error(`a queue needs two more packages: ${install} (${why})`, { cause: error });
  }
}
