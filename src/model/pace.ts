/** How many steps run before the rest of the program gets its turn: timers, input, signals, painting. */

/** How long a run of steps may take before the caller looks up, in milliseconds. */
const RUN = 12;

/** How many steps the next run takes if the last one was to take `steps`, and took `milliseconds` for `done`. Has no influence on any result. */
export function nextPace(steps: number, done: number, milliseconds: number): number {
  const perStep = Math.max(milliseconds / Math.max(done, 1), 1e-4);
  return Math.max(1, Math.min(Math.floor(RUN / perStep), steps * 2, 65536));
}
