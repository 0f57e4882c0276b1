import type { Core } from './load.ts';
import type { Scope } from './memory.ts';

/** What threads need from a runtime: its memory, and the core that each of them instantiates. */
export interface Machine {
  readonly module: WebAssembly.Module;
  readonly core: Core;
  readonly parts: { readonly memory: WebAssembly.Memory; readonly core: Core };
  scope(): Scope;
  i32(address: number, length: number): Int32Array;
}
