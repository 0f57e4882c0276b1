/** Where the cores come from: packed inside the bundle. The entry `simdescent/slim` has given.ts in its place. */
import { PACKED, STRICT_BYTES } from './core.generated.ts';
import { unpack } from './unpack.ts';

const decode = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

export const strictCore = (): Uint8Array<ArrayBuffer> | WebAssembly.Module => unpack(decode(PACKED), STRICT_BYTES);

let rest: string | undefined;

/** What src/relaxed.ts brings: it lies packed behind the strict core, of which it repeats nearly all. */
export function bringRelaxed(packed: string): void {
  rest = packed;
}

export function relaxedCore(): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  if (rest === undefined) throw new Error("simd: 'relaxed' needs its own core: first import 'simdescent/relaxed'");
  return unpack(decode(PACKED + rest)).subarray(STRICT_BYTES);
}
