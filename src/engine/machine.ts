import type { Core } from './load.ts';
import type { Reservation, Scope } from './memory.ts';

/** What threads need from a runtime: its memory, and the core that each of them instantiates. */
export interface Machine {
  readonly module: WebAssembly.Module;
  readonly core: Core;
  readonly parts: { readonly reservation: Reservation; readonly core: Core };
  readonly disposed: boolean;
  scope(): Scope;
  i32(address: number, length: number): Int32Array;
}
