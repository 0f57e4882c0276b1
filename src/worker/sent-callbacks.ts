/** The library's callbacks on their way to the worker, which makes the same ones: by what they were made of. Those of the page stay here. */
import type { BuiltInCallback, Callback } from '../index.ts';
import { checkKind, isObject } from '../validate.ts';

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

function send(callback: BuiltInCallback): SentCallback {
  const [name, ...args] = callback.made;
  const number = numbers.get(callback) ?? ++count;
  numbers.set(callback, number);
  const asks = typeof args[0] === 'function';
  return { number, name, args: asks ? args.slice(1) : args, asks };
}

/** The hooks that can be called on the page. */
const hooks = ['onEpochBegin', 'onEpochEnd', 'onProgress'] as const;
type Hook = (typeof hooks)[number];
export type PageHooks = { readonly [H in Hook]?: Callback[H] | undefined };

/** Refuses a hook that would be called a thread away from the model. */
function checkPageCallback(name: string, callback: PageHooks): void {
  for (let owner: object = callback; owner !== null; owner = Object.getPrototypeOf(owner))
    for (const key of Object.getOwnPropertyNames(owner))
      if (/^(on[A-Z_]|setModel|setParams)/.test(key) && !hooks.some((hook) => hook === key))
        throw new RangeError(`${name}.${key} cannot be called for a model in a worker, only ${hooks.join(', ')} can`);
  for (const hook of hooks) {
    const given = callback[hook];
    checkKind(given === undefined || typeof given === 'function', `${name}.${hook}`, 'a function', given);
  }
}

/** Functions of the page, called one after the other. */
export function pageCallbacks(callbacks: readonly PageHooks[]) {
  return {
    has: (hook: Hook): boolean => callbacks.some((callback) => callback[hook] !== undefined),
    async call<H extends Hook>(hook: H, ...args: Parameters<NonNullable<Callback[H]>>): Promise<void> {
      for (const callback of callbacks)
        await (callback[hook] as ((...args: unknown[]) => unknown) | undefined)?.(...args);
    },
  };
}

/** The callbacks of one `fit`. */
export class SentCallbacks {
  readonly sent: readonly SentCallback[];
  /** Those of the page. */
  readonly own: readonly PageHooks[];
  readonly #builtIn: readonly BuiltInCallback[];

  /** Throws a TypeError or a RangeError for what can be called neither there nor here. */
  constructor(callbacks: readonly (BuiltInCallback | PageHooks)[]) {
    checkKind(Array.isArray(callbacks), 'callbacks', 'an array', callbacks);
    for (const [i, callback] of callbacks.entries()) {
      checkKind(isObject(callback), `callbacks[${i}]`, 'an object', callback);
      if (!('made' in callback)) checkPageCallback(`callbacks[${i}]`, callback);
    }
    this.#builtIn = callbacks.filter((callback) => 'made' in callback);
    this.own = callbacks.filter((callback) => !('made' in callback));
    this.sent = this.#builtIn.map(send);
  }

  /** Calls the function that the callback of this number was made of. */
  answer({ number, args }: { readonly number: number; readonly args: readonly unknown[] }): unknown {
    const callback = this.#builtIn[this.sent.findIndex((sent) => sent.number === number)];
    const ask = callback?.made[1];
    return typeof ask === 'function' ? ask(...args) : undefined;
  }

  /** What can be asked of the callbacks there, as `earlyStopping` can for its best epoch, can be asked of those here. */
  take(states: readonly object[]): void {
    for (const [i, state] of states.entries()) this.#builtIn[i]?.restore?.(state);
  }
}
