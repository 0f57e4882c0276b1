/** How many steps to run before yielding to timers, input, signals and painting. */

/** How long a run of steps may take before it yields, in milliseconds. */
const RUN = 12;

/** How many steps the next run takes, if the last one of `steps` took `milliseconds` for `done`. Does not influence results. */
export function nextPace(steps: number, done: number, milliseconds: number): number {
  const perStep = Math.max(milliseconds / Math.max(done, 1), 1e-4);
  return Math.max(1, Math.min(Math.floor(RUN / perStep), steps * 2, 65536));
}
