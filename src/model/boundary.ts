/** The end of a step, where a training and those who look at its weights meanwhile (timers, events) meet. */
import type { Program } from '../engine/program.ts';
import { nextTask } from '../task.ts';

export class Boundary {
  /** The program of a `fit` that is under way. */
  running: Program | undefined;
  readonly #check: () => void;
  #holders = 0;

  /** `check` throws if the model has gone. */
  constructor(check: () => void) {
    this.#check = check;
  }

  /** Threads are in the middle of a step. */
  get ahead(): boolean {
    return this.running?.busy ?? false;
  }

  /** Waits until it is reached. Where it is not ahead, there is nothing to wait for, not even a microtask: the caller may dispose of the model. */
  async reach(): Promise<void> {
    while (this.ahead) {
      await nextTask();
      this.#check();
    }
  }

  /** The same at once, for those who cannot wait: holds up the caller. */
  force(): void {
    this.running?.finish();
  }

  /** Calls `use` between two steps; none is begun before it has settled. */
  async hold<T>(use: () => Promise<T>): Promise<T> {
    this.#holders++;
    try {
      if (this.ahead) await this.reach();
      return await use();
    } finally {
      this.#holders--;
    }
  }

  /** What the training waits for before its next steps, if somebody holds it. */
  free(): Promise<void> | undefined {
    return this.#holders === 0 ? undefined : this.#freed();
  }

  async #freed(): Promise<void> {
    while (this.#holders > 0) await nextTask();
  }
}
