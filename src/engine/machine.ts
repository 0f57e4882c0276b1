import type { Core } from './load.ts';
import type { Scope } from './memory.ts';

/** What threads need of a runtime: its memory, and the core that all of them make instances of. */
export interface Machine {
  readonly module: WebAssembly.Module;
  readonly core: Core;
  readonly parts: { readonly memory: WebAssembly.Memory; readonly core: Core };
  scope(): Scope;
  i32(address: number, length: number): Int32Array;
}
