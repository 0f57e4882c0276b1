/** How many steps run before the rest of the program gets its turn: timers, input, signals, painting. */

/** How long a run of steps may take before the caller looks up, in milliseconds. */
const RUN = 12;

/** Chooses how many steps the next run takes, from how long the last one took. Has no influence on any result. */
export class Pace {
  #steps = 1;

  get steps(): number {
    return this.#steps;
  }

  took(steps: number, milliseconds: number): void {
    const perStep = Math.max(milliseconds / Math.max(steps, 1), 1e-4);
    this.#steps = Math.max(1, Math.min(Math.floor(RUN / perStep), this.#steps * 2, 65536));
  }
}
