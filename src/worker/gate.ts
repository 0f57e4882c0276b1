/** Pauses a training, lets it do single steps, and lets others look at a step from both sides. No bit depends on it. */
import type { Callback, Model, StepsPlace } from '../index.ts';

/** The weights as they were before the step that followed `iterations` others. */
interface Before {
  readonly iterations: number;
  readonly weights: readonly Float32Array[];
}

export class Gate implements Callback {
  readonly #model: Model;
  /** Steps since the training began, and how many of them may be done. */
  #done = 0;
  #until: number;
  /** Where the training began. */
  #first: { readonly done: number; readonly iterations: number } | undefined;
  #pausing = false;
  #standing = false;
  /** A hook is awaited, during which no step is done. */
  #held = false;
  /** Steps that may be done after the hook, if it has paused the training. */
  #granted: number | undefined;
  #open = true;
  #before: Before | undefined;
  #wake: (() => void) | undefined;
  /** Called when the training stands still or has ended. */
  #still: (() => void)[] = [];
  /** Called right after a step before which the weights were copied. */
  #looks: (() => void)[] = [];

  constructor(model: Model, paused: boolean) {
    this.#model = model;
    this.#until = paused ? 0 : Number.POSITIVE_INFINITY;
  }

  onStepsBegin({ epoch, step, steps }: StepsPlace): number | undefined | Promise<number | undefined> {
    this.#first ??= { done: epoch * (steps ?? 0) + step, iterations: this.#iterations };
    // a stream may not say how many steps an epoch has
    this.#done =
      steps === undefined ? this.#first.done + this.#iterations - this.#first.iterations : epoch * steps + step;
    if (this.#weightsBefore() !== undefined) this.#answer();
    if (this.#granted !== undefined) {
      this.#until = this.#done + this.#granted;
      this.#granted = undefined;
    }
    if (this.#pausing) {
      // one more step, of which everything will be known
      this.#pausing = false;
      this.#until = this.#done + 1;
    }
    return this.#done < this.#until ? this.#next() : this.#stand();
  }

  /** Stands still after one more step. Resolves when it does, or when the training has ended. */
  pause(): Promise<void> {
    if (this.#until === Number.POSITIVE_INFINITY && this.#held) this.#granted ??= 0;
    else if (this.#until === Number.POSITIVE_INFINITY) this.#pausing = true;
    return this.#untilStill();
  }

  resume(): void {
    this.#pausing = false;
    this.#granted = undefined;
    this.#until = Number.POSITIVE_INFINITY;
    this.wake();
  }

  /** Lets a training that is paused do `count` more steps. Resolves when they are done, or when the training has ended. */
  step(count: number): Promise<void> {
    if (this.#granted !== undefined) {
      this.#granted += count;
      return this.#untilStill();
    }
    if (this.#until === Number.POSITIVE_INFINITY)
      throw new Error('step needs a training that is paused: await pause() first, or fit with paused: true');
    this.#until = Math.max(this.#until, this.#done) + count;
    this.#standing = false;
    this.wake();
    return this.#untilStill();
  }

  /** Lets a training that stands still find out that it has been aborted or stopped. */
  wake(): void {
    this.#wake?.();
  }

  /** Awaits a hook. No step is done meanwhile, so nobody waits for one, least of all the hook itself. */
  async during<T>(hook: Promise<T>): Promise<T> {
    this.#held = true;
    this.#answer();
    this.#settle();
    try {
      return await hook;
    } finally {
      this.#held = false;
    }
  }

  /** Calls `read` when the latest step is known from both sides: at once where nothing moves, else after one more step. */
  look<T>(read: (before: readonly Float32Array[] | undefined) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const answer = (): void => {
        try {
          resolve(read(this.#weightsBefore()));
        } catch (error) {
          reject(error);
        }
      };
      if (this.#standing || this.#held || !this.#open) answer();
      else this.#looks.push(answer);
    });
  }

  /** The training has ended: nobody waits any longer. */
  end(): void {
    this.#open = false;
    this.#answer();
    this.#settle();
  }

  async #stand(): Promise<number | undefined> {
    this.#standing = true;
    this.#answer();
    this.#settle();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
    this.#standing = false;
    return this.#next();
  }

  /** How many steps come next, at most. The last one before it stands still is a run of its own. */
  #next(): number | undefined {
    const left = this.#until - this.#done;
    if (left > 1 && this.#looks.length === 0) return left === Number.POSITIVE_INFINITY ? undefined : left - 1;
    this.#before = { iterations: this.#iterations, weights: this.#model.getWeights() };
    return 1;
  }

  get #iterations(): number {
    return this.#model.optimizer?.iterations ?? 0;
  }

  #weightsBefore(): readonly Float32Array[] | undefined {
    const { iterations, weights } = this.#before ?? {};
    return iterations !== undefined && this.#model.optimizer?.iterations === iterations + 1 ? weights : undefined;
  }

  #untilStill(): Promise<void> {
    if (this.#standing || this.#held || !this.#open) return Promise.resolve();
    return new Promise((resolve) => this.#still.push(resolve));
  }

  #answer(): void {
    for (const answer of this.#looks.splice(0)) answer();
  }

  #settle(): void {
    for (const settle of this.#still.splice(0)) settle();
  }
}
