/** Whether two results of one trial are the same, and who is to blame if not. */
import type { Outcome } from './job.ts';

/** JSON has no -0, so a result that came in a message, or out of the journal, has 0 there. */
const isSame = (a: number | undefined, b: number | undefined): boolean => a === b || Object.is(a, b);

/** The first epoch, counted from 0, after which two results differ; undefined if they are the same. Times, workers, and the words of failures do not count. */
export function firstDifference(a: Outcome, b: Outcome): number | undefined {
  if (a.failed !== undefined || b.failed !== undefined)
    return a.failed === undefined || b.failed === undefined ? 0 : undefined;
  const keys = new Set([...Object.keys(a.history), ...Object.keys(b.history)]);
  const most = Math.max(a.seconds.length, b.seconds.length);
  for (let epoch = 0; epoch < most; epoch++) {
    if (a.digests[epoch] !== b.digests[epoch]) return epoch;
    for (const key of keys) if (!isSame(a.history[key]?.[epoch], b.history[key]?.[epoch])) return epoch;
  }
  return a.digest === b.digest ? undefined : most - 1;
}

/** What begins a result: its first epochs. */
export const upTo = (outcome: Outcome, epochs: number): Outcome => ({
  ...outcome,
  history: Object.fromEntries(Object.entries(outcome.history).map(([key, values]) => [key, values.slice(0, epochs)])),
  digests: outcome.digests.slice(0, epochs),
  seconds: outcome.seconds.slice(0, epochs),
});
