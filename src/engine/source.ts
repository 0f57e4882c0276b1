/** Where the core comes from: packed inside the bundle. The entry `simdescent/slim` has given.ts in its place. */
import { PACKED, PACKED_RELAXED, STRICT_BYTES } from './core.generated.ts';
import { unpack } from './unpack.ts';

const decode = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

export const strictCore = (): Uint8Array<ArrayBuffer> | WebAssembly.Module => unpack(decode(PACKED), STRICT_BYTES);

/** It lies packed behind the strict one, of which it repeats nearly all. */
export const relaxedCore = (): Uint8Array<ArrayBuffer> | WebAssembly.Module =>
  unpack(decode(PACKED + PACKED_RELAXED)).subarray(STRICT_BYTES);
