/** The core: the compiled AssemblyScript, decoded and compiled once for the process, instantiated over a memory. */
import { instantiateSync } from '@assemblyscript/loader';
import type { instantiate } from '../../build/release.d.ts';
import { CORE_BASE64, RELAXED_BASE64 } from './core.generated.ts';
import { apply } from './difference.ts';

/** What the core exports, with the types that its compiler declares. */
export type Core = Awaited<ReturnType<typeof instantiate>>;

/** Which binary: the one that gives the same bits everywhere, or the one with fused multiply-add. */
export type Simd = 'strict' | 'relaxed';

const compiled: { [simd in Simd]?: WebAssembly.Module } = {};

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const bytesOf = (simd: Simd): Uint8Array<ArrayBuffer> =>
  simd === 'strict' ? decode(CORE_BASE64) : apply(decode(RELAXED_BASE64), decode(CORE_BASE64));

const needs = {
  strict: 'simdescent needs WebAssembly with SIMD and threads (shared memory), which this engine refuses',
  relaxed:
    "simd: 'relaxed' needs WebAssembly's relaxed SIMD, which this engine refuses (Node 24, Chromium 114 and Firefox 146 have it); " +
    "simd: 'strict' runs everywhere",
} as const satisfies Record<Simd, string>;

function compile(simd: Simd): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytesOf(simd));
  } catch (cause) {
    throw new Error(needs[simd], { cause });
  }
}

/** The core, compiled: what workers make their instances of. */
export function coreModule(simd: Simd): WebAssembly.Module {
  const module = compiled[simd] ?? compile(simd);
  compiled[simd] = module;
  return module;
}

/**
 * Whether this engine runs `createRuntime({ simd: 'relaxed' })`.
 *
 * @example
 * ```ts
 * import { createRuntime, supportsRelaxedSimd } from 'simdescent';
 * const runtime = createRuntime({ simd: supportsRelaxedSimd() ? 'relaxed' : 'strict' });
 * runtime.dispose();
 * ```
 */
export function supportsRelaxedSimd(): boolean {
  try {
    return coreModule('relaxed') !== undefined;
  } catch {
    return false;
  }
}

/** An instance of the core over `memory`. Its exports are called directly: the loader's wrappers cost more than a small kernel. */
export function loadCore(memory: WebAssembly.Memory, simd: Simd): Core {
  return instantiateSync<Core>(coreModule(simd), { env: { memory } }).instance.exports as unknown as Core;
}
