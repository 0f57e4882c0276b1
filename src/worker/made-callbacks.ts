/** Callbacks in the worker, made like those that the client was given (sent-callbacks.ts). */
import { type BuiltInCallback, callbacks } from '../index.ts';
import type { Call } from './call.ts';
import type { SentCallback } from './sent-callbacks.ts';

interface Made {
  readonly callback: BuiltInCallback;
  /** Of the latest call that it is used in. */
  ask: Call['ask'];
}

// progress stays on the page
const { progress: _, ...made } = callbacks;
const makers: Readonly<Record<string, (...args: never[]) => BuiltInCallback>> = made;

export class MadeCallbacks {
  readonly #made = new Map<number, Made>();

  /** The callback that is meant, made the first time. A function that it was made of is called by the client, which is asked. */
  take({ number, name, args, asks }: SentCallback, ask: Call['ask']): BuiltInCallback {
    const known = this.#made.get(number);
    if (known !== undefined) {
      known.ask = ask;
      return known.callback;
    }
    const make = Object.hasOwn(makers, name) ? makers[name] : undefined;
    if (make === undefined) throw new RangeError(`the worker knows no callback '${name}'`);
    const remote = (...values: unknown[]) => made.ask('ask', { number, args: values });
    const callback = make(...((asks ? [remote, ...args] : args) as never[]));
    const made: Made = { callback, ask };
    this.#made.set(number, made);
    return callback;
  }
}

/** What can be asked of a callback. */
export const stateOf = (callback: BuiltInCallback): object => callback.state?.() ?? {};
