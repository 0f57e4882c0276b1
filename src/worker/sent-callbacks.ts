/** The library's callbacks on their way to the worker, which makes the same ones: by what they were made of. */
import type { BuiltInCallback } from '../index.ts';

/** A callback as it goes to the worker. */
export interface SentCallback {
  /** The same for the same callback: what it remembers from one `fit` to the next it remembers there too. */
  readonly number: number;
  readonly name: string;
  /** What it was made of, without the function that comes first if it `asks`: that one stays here. */
  readonly args: readonly unknown[];
  readonly asks: boolean;
}

const numbers = new WeakMap<BuiltInCallback, number>();
let count = 0;

function send(callback: BuiltInCallback, at: number): SentCallback {
  if (typeof callback !== 'object' || callback === null || !Array.isArray(callback.made))
    throw new TypeError(
      `callbacks[${at}] cannot be sent to a worker, only those that the functions of 'callbacks' give: use onProgress, onEpochBegin and onEpochEnd`,
    );
  const [name, ...args] = callback.made;
  const number = numbers.get(callback) ?? ++count;
  numbers.set(callback, number);
  const asks = typeof args[0] === 'function';
  return { number, name, args: asks ? args.slice(1) : args, asks };
}

/** The callbacks of one `fit`. */
export class SentCallbacks {
  readonly sent: readonly SentCallback[];
  readonly #callbacks: readonly BuiltInCallback[];

  /** Throws a TypeError for what cannot be sent. */
  constructor(callbacks: readonly BuiltInCallback[]) {
    if (!Array.isArray(callbacks)) throw new TypeError('callbacks must be an array');
    this.sent = callbacks.map(send);
    this.#callbacks = callbacks;
  }

  /** Calls the function that the callback of this number was made of. */
  answer({ number, args }: { readonly number: number; readonly args: readonly unknown[] }): unknown {
    const callback = this.#callbacks[this.sent.findIndex((sent) => sent.number === number)];
    const ask = callback?.made[1];
    return typeof ask === 'function' ? ask(...args) : undefined;
  }

  /** What can be asked of the callbacks there, as `earlyStopping` can for its best epoch, can be asked of those here. */
  take(states: readonly object[]): void {
    for (const [i, state] of states.entries()) this.#callbacks[i]?.restore?.(state);
  }
}
