import type { Callback } from '../model/model.ts';

/** A callback of `callbacks`. `simdescent/client` can send it to a worker, which makes a copy. */
export interface BuiltInCallback extends Callback {
  /** The function that made it, and its arguments. */
  readonly made: readonly [name: string, ...args: unknown[]];
  /** Its readable values, for its copy in another thread. @internal */
  state?(): object;
  /** Takes over the state of its copy in another thread. @internal */
  restore?(state: object): void;
}

/** `made` of a callback, with frozen copies of its options. @internal */
export function madeBy(name: string, ...args: readonly unknown[]): BuiltInCallback['made'] {
  const copies = args.map((arg) => (typeof arg === 'object' ? Object.freeze({ ...arg }) : arg));
  return Object.freeze([name, ...copies] as const);
}
