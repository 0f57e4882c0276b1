/** Notices a worker that does not answer any more, where nobody tells that it has ended. */

/** Questions without an answer after which it counts as lost. A machine that was asleep finds out in time: it asks again first. */
const QUESTIONS = 4;

export class Heartbeat {
  readonly #wait: number;
  readonly #ask: () => void;
  readonly #lost: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #unanswered = 0;

  /** Calls `ask` while the worker is listened to, and `lost` when nothing was heard for so many milliseconds. */
  constructor(milliseconds: number, ask: () => void, lost: () => void) {
    this.#wait = milliseconds / QUESTIONS;
    this.#ask = ask;
    this.#lost = lost;
  }

  /** Something is awaited, or nothing any more. */
  listen(awaited: boolean): void {
    if (awaited === (this.#timer !== undefined)) return;
    clearInterval(this.#timer);
    this.#unanswered = 0;
    this.#timer = awaited ? setInterval(() => this.#tick(), this.#wait) : undefined;
  }

  /** The worker has said something. */
  heard(): void {
    this.#unanswered = 0;
  }

  #tick(): void {
    if (this.#unanswered++ < QUESTIONS) this.#ask();
    else this.#lost();
  }
}
