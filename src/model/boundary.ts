/** The end of a step: the point at which timers and events may look at the weights of a training. */
import { nextTask } from '../task.ts';
import type { Feed } from './feed.ts';

export class Boundary {
  /** The data of a running `fit`, with its program. */
  running: Feed | undefined;
  readonly #check: () => void;
  #holders = 0;

  /** `check` throws if the model is gone. */
  constructor(check: () => void) {
    this.#check = check;
  }

  /** Threads are in the middle of a step. */
  get ahead(): boolean {
    return this.running?.program.busy ?? false;
  }

  /** Waits for the end of the step. If none is running, it waits not even a microtask: the caller may dispose of the model. */
  async reach(): Promise<void> {
    while (this.ahead) {
      await nextTask();
      this.#check();
    }
  }

  /** The same at once, for callers that cannot wait: blocks. */
  force(): void {
    this.running?.program.finish();
  }

  /** Calls `use` between two steps; no step begins before it has settled. */
  async hold<T>(use: () => Promise<T>): Promise<T> {
    this.#holders++;
    try {
      if (this.ahead) await this.reach();
      return await use();
    } finally {
      this.#holders--;
    }
  }

  /** What the training must await before its next steps, if anything. */
  free(): Promise<void> | undefined {
    return this.#holders === 0 ? undefined : this.#freed();
  }

  async #freed(): Promise<void> {
    while (this.#holders > 0) await nextTask();
  }
}
