/** The seconds that a whole run still takes: all epochs of all its optimizers. */

/** Which epochs a run has: `number` of `of` optimizers, each trained from epoch `first` to `epochs`. */
export interface Course {
  readonly number: number;
  readonly of: number;
  readonly first: number;
  readonly epochs: number;
}

export class Estimate {
  #begun = 0;
  #finished = 0;
  #seconds = 0;
  readonly #now: () => number;

  /** `now` gives seconds. */
  constructor(now = () => performance.now() / 1000) {
    this.#now = now;
  }

  begin(): void {
    this.#begun = this.#now();
  }

  /** An epoch has ended; gives its seconds, validation and checkpoint included. */
  end(): number {
    const seconds = this.#now() - this.#begun;
    this.#finished++;
    this.#seconds += seconds;
    return seconds;
  }

  /** Seconds left when `share` of the training of `epoch` is done; undefined as long as nothing is known. */
  left({ number, of, first, epochs }: Course, epoch: number, share: number): number | undefined {
    const elapsed = this.#now() - this.#begun;
    if (this.#finished === 0 && !(share > 0)) return undefined;
    // all epochs take about as long; the first one has only its steps to go by
    const each = this.#finished > 0 ? this.#seconds / this.#finished : elapsed / share;
    const later = epochs - epoch - 1 + (of - number) * (epochs - first);
    return Math.max(0, each - elapsed) + later * each;
  }
}
