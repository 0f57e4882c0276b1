/** Asks a stream for its batches, as long as there is room for them: the one before must have arrived before the next is asked for. */
import { type Batches, start } from '../stream.ts';
import { isError, isObject } from '../validate.ts';
import type { StreamPlan } from './stream.ts';

/** Where the batches go. */
export interface Receiver {
  readonly hasRoom: () => boolean;
  /** Takes a batch, which `label` names in messages; may refuse it with an Error. */
  readonly take: (batch: unknown, label: string) => void;
  /** A batch has arrived, or the stream has ended or failed. */
  readonly news: () => void;
}

const isPromise = (value: unknown): value is PromiseLike<unknown> => isObject(value) && 'then' in value;

/** The same kind of Error, which names the batch. */
export function named(label: string, cause: unknown): Error {
  const Kind = [TypeError, RangeError].find((one) => cause instanceof one) ?? Error;
  return new Kind(`${label}: ${isError(cause) ? cause.message : String(cause)}`, { cause });
}

export class StreamReader {
  /** The stream has nothing more. */
  over = false;
  /** The stream has failed, or the receiver has refused a batch. */
  failure: Error | undefined;
  readonly #plan: StreamPlan;
  readonly #name: string;
  readonly #inEpochs: boolean;
  readonly #receiver: Receiver;
  /** The stream, and the epoch in which it began. */
  #batches: Batches | undefined;
  #epoch = 0;
  /** Batches that have arrived from it, and how many there may be. */
  #arrived = 0;
  #most = Number.POSITIVE_INFINITY;
  #asking = false;
  #closed = false;

  /** `name` is that of a batch in messages, which name the epoch too if the stream is `inEpochs`. */
  constructor(plan: StreamPlan, name: string, inEpochs: boolean, receiver: Receiver) {
    this.#plan = plan;
    this.#name = name;
    this.#inEpochs = inEpochs;
    this.#receiver = receiver;
  }

  /** Begins the stream of an epoch, with at most so many `passes` over it. */
  open(epoch: number, passes: number): void {
    const { steps, goesOn } = this.#plan;
    this.#batches = undefined;
    this.#epoch = epoch;
    this.#arrived = 0;
    this.over = false;
    if (steps !== undefined) this.#most = steps * (goesOn ? passes : 1);
  }

  /** Asks for batches while there is room. */
  fill(): void {
    while (
      !(this.#asking || this.over || this.#closed) &&
      this.failure === undefined &&
      this.#receiver.hasRoom() &&
      this.#arrived < this.#most
    ) {
      if (this.#batches === undefined) {
        this.#await(start(this.#plan.source, this.#epoch), (batches) => {
          this.#batches = batches;
          if (this.#closed) void this.end();
        });
        return;
      }
      try {
        const next = this.#batches.next();
        if ('then' in next) this.#await(next, (result) => this.#take(result));
        else if (!isPromise(next.value)) this.#take(next);
        else this.#await(next.value, (value) => this.#take({ done: false, value }));
      } catch (error) {
        this.#fail(error);
      }
    }
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

  /** The name of a batch that is the `number`th to arrive: a stream may go on through many epochs. */
  #label(number: number): string {
    const { steps, goesOn } = this.#plan;
    const passed = goesOn ? Math.floor((number - 1) / (steps ?? number)) : 0;
    const at = `${this.#name} ${number - passed * (steps ?? 0)}`;
    return this.#inEpochs ? `${at} of epoch ${this.#epoch + passed + 1}` : at;
  }

  /** Uses what a promise gives, and goes on from there. */
  #await<R>(promise: PromiseLike<R>, use: (result: R) => void): void {
    this.#asking = true;
    const settled = (): void => {
      this.#asking = false;
      this.fill();
      this.#receiver.news();
    };
    promise
      .then(use)
      .then(undefined, (error) => this.#fail(error))
      .then(settled);
  }

  /** The stream itself has failed, and with that ended. */
  #fail(error: unknown): void {
    this.over = true;
    this.failure = named(this.#label(this.#arrived + 1), error);
  }

  #take({ done, value }: IteratorResult<unknown>): void {
    if (this.#closed) return;
    if (done) {
      this.over = true;
      return;
    }
    const label = this.#label(++this.#arrived);
    try {
      this.#receiver.take(value, label);
    } catch (error) {
      this.failure = named(label, error);
    }
  }
}
