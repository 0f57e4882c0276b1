import type { Callback } from '../model/model.ts';

/** A callback of `callbacks`. It can be sent to a worker, see `simdescent/client`: the same one is made there. */
export interface BuiltInCallback extends Callback {
  /** The function that it was made by, and what that was given. */
  readonly made: readonly [name: string, ...args: unknown[]];
  /** What can be asked of it, for the same callback elsewhere. @internal */
  state?(): object;
  /** Takes over the state of the same callback elsewhere. @internal */
  restore?(state: object): void;
}

/** `made` of a callback: copies, which stay as they are. @internal */
export function madeBy(name: string, ...args: readonly unknown[]): BuiltInCallback['made'] {
  const copies = args.map((arg) => (typeof arg === 'object' ? Object.freeze({ ...arg }) : arg));
  return Object.freeze([name, ...copies] as const);
}
