import type { Callback } from '../model/model.ts';

/** A callback of `callbacks`. It can be sent to a worker, see `simdescent/client`: the same one is made there. */
export interface BuiltInCallback extends Callback {
  /** The function that it was made by, and what that was given. */
  readonly made: readonly [name: string, ...args: unknown[]];
}
