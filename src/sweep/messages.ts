/** What a pool and its processes say to each other, as Node clones it. */
import type { Job, Outcome } from './job.ts';

/** The first message to a process. */
export interface Setup {
  /** URL of the module whose `run` computes trials. */
  readonly module: string;
  /** The second argument of `run`. */
  readonly context: unknown;
  /** The key for numbers that `run` returns. */
  readonly key: string;
  /** Folder of checkpoints; undefined: they are not kept. */
  readonly checkpoints: string | undefined;
  /** Name of this worker. */
  readonly worker: string;
}

export type ToProcess = { readonly setup: Setup } | { readonly job: Job };

export type FromProcess =
  | { readonly epoch: number; readonly logs: Readonly<Record<string, number>> }
  | { readonly outcome: Outcome }
  | { readonly error: string };
