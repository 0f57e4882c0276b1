/** The core: the compiled AssemblyScript, decoded and compiled once for the process, instantiated over a memory. */
import { instantiateSync } from '@assemblyscript/loader';
import type { instantiate } from '../../build/release.d.ts';
import { CORE_BASE64 } from './core.generated.ts';

/** What the core exports, with the types that its compiler declares. */
export type Core = Awaited<ReturnType<typeof instantiate>>;

let compiled: WebAssembly.Module | undefined;

function compile(): WebAssembly.Module {
  const text = atob(CORE_BASE64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw new Error('simdescent needs WebAssembly with SIMD and threads (shared memory), which this engine refuses', {
      cause,
    });
  }
}

/** The core, compiled: what workers make their instances of. */
export function coreModule(): WebAssembly.Module {
  compiled ??= compile();
  return compiled;
}

/** An instance of the core over `memory`. Its exports are called directly: the loader's wrappers cost more than a small kernel. */
export function loadCore(memory: WebAssembly.Memory): Core {
  return instantiateSync<Core>(coreModule(), { env: { memory } }).instance.exports as unknown as Core;
}
