/** Asks a stream for its batches, as long as there is room for them: the one before must have arrived before the next is asked for. */
import { type Batches, start } from '../stream.ts';
import { isObject, messageOf } from '../validate.ts';
import type { StreamPlan } from './stream.ts';

/** Where the batches go. */
export interface Receiver {
  /** Whether there is room for another batch. */
  readonly hasRoom: () => boolean;
  /** Takes a batch; may refuse it with an Error. */
  readonly take: (batch: unknown) => void;
}

/** What messages call a batch: `batch 3 of epoch 2`. */
export interface Naming {
  readonly name: string;
  /** The epoch of the first pass, if passes are epochs. */
  readonly epoch?: number | undefined;
}

const isPromise = (value: unknown): value is PromiseLike<unknown> => isObject(value) && 'then' in value;

export class StreamReader {
  /** The stream has nothing more. */
  over = false;
  /** The stream has failed, or the receiver has refused a batch. */
  failure: Error | undefined;
  /** Ends a wait for news. */
  wake = (): void => {};
  readonly #plan: StreamPlan;
  readonly #naming: Naming;
  readonly #receiver: Receiver;
  /** The stream, and the epoch in which it began. */
  #batches: Batches | undefined;
  #epoch = 0;
  /** Batches that have been asked for, and how many there may be. */
  #asked = 0;
  #most = 0;
  #asking = false;
  #closed = false;

  constructor(plan: StreamPlan, naming: Naming, receiver: Receiver) {
    this.#plan = plan;
    this.#naming = naming;
    this.#receiver = receiver;
  }

  /** Begins the stream of an epoch, with at most so many `passes` over it. */
  open(epoch: number, passes: number): void {
    const { steps = Number.POSITIVE_INFINITY, goesOn } = this.#plan;
    this.#batches = undefined;
    this.#epoch = epoch;
    this.#asked = 0;
    this.#most = goesOn ? steps * passes : steps;
    this.over = false;
  }

  /** Asks for batches while there is room. Batches that are there already arrive before it returns. */
  async fill(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    while (!(this.over || this.#closed || this.failure) && this.#asked < this.#most && this.#receiver.hasRoom()) {
      this.#asked++;
      let arrived = false;
      try {
        this.#batches ??= await start(this.#plan.source, this.#epoch);
        if (this.#closed) break;
        const next = this.#batches.next();
        const { done, value } = 'then' in next ? await next : next;
        const batch = isPromise(value) ? await value : value;
        if (this.#closed) break;
        arrived = true;
        if (done) this.over = true;
        else this.#receiver.take(batch);
      } catch (error) {
        // a stream that has failed has ended, one whose batch is refused has not
        this.over = !arrived;
        this.failure = this.named(error);
      }
      this.wake();
    }
    if (this.#closed) void this.end();
    this.#asking = false;
  }

  /** Waits for a batch, the end of the stream, or `wake`. */
  news(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  /** Lets the stream clean up if it has not ended by itself. One that is in the middle of a batch may never do so. */
  async end(): Promise<void> {
    const batches = this.#batches;
    if (batches === undefined || this.over) return;
    this.over = true;
    const returned = (async () => batches.return?.())();
    if (this.#asking) returned.catch(() => undefined);
    else await returned;
  }

  /** The same for good: what arrives later is dropped. */
  close(): Promise<void> {
    this.#closed = true;
    return this.end();
  }

  /** The same kind of Error, which names the latest batch: a stream may go on through many epochs. */
  named(cause: unknown): Error {
    const { steps = 1, goesOn } = this.#plan;
    const { name, epoch } = this.#naming;
    const passed = goesOn ? Math.floor((this.#asked - 1) / steps) : 0;
    const at = `${name} ${this.#asked - passed * steps}`;
    const label = epoch === undefined ? at : `${at} of epoch ${this.#epoch + passed + 1}`;
    const Kind = [TypeError, RangeError].find((one) => cause instanceof one) ?? Error;
    return new Kind(`${label}: ${messageOf(cause)}`, { cause });
  }
}
