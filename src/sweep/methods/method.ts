/** How a search decides which trials there are, and which of them go on. */
import type { Settings } from '../settings.ts';

/** A trial, to be trained up to a number of epochs. */
export interface Request {
  readonly trial: number;
  readonly settings: Settings;
  readonly epochs: number;
}

/**
 * Yields batches of requests, whose order of computing does not matter, and gets the score of each, in their order: lower is better, and infinity is worst.
 * It knows nothing else, so its decisions cannot depend on who computed what, or when.
 */
export type Batches = Generator<readonly Request[], void, readonly number[]>;

export interface Method {
  /** Trials in all. */
  readonly trials: number;
  /** Epochs of all trials together, known beforehand. */
  readonly epochs: number;
  batches(): Batches;
}

/** Indices of scores, the best first; of equal ones the first. */
export const ranked = (scores: readonly number[]): number[] =>
  scores.map((_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0) || a - b);

/** Several searches side by side: batch by batch, as long as any of them has one. */
export function* together(parts: readonly Batches[]): Batches {
  let running = parts.map((part) => ({ part, step: part.next([]) }));
  for (;;) {
    const open = running.flatMap(({ part, step }) => (step.done === true ? [] : [{ part, batch: step.value }]));
    if (open.length === 0) return;
    const scores = yield open.flatMap(({ batch }) => batch);
    let at = 0;
    running = open.map(({ part, batch }) => {
      at += batch.length;
      return { part, step: part.next(scores.slice(at - batch.length, at)) };
    });
  }
}
