/** Where the core comes from: packed inside this file. The entry `simdescent/slim` has given.ts in its place. */
import { PACKED, STRICT_BYTES } from './core.generated.ts';
import type { Simd } from './load.ts';
import { unpack } from './unpack.ts';

/** The binary for `simd`. The relaxed one lies packed behind the strict one, of which it repeats nearly all. */
export function coreOf(simd: Simd): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  const packed = Uint8Array.from(atob(PACKED), (character) => character.charCodeAt(0));
  return simd === 'strict' ? unpack(packed, STRICT_BYTES) : unpack(packed).subarray(STRICT_BYTES);
}
