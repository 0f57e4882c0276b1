/** Where the cores come from: packed inside the bundle. The entry `simdescent/slim` has given.ts in its place. */
import { PACKED, STRICT_BYTES } from './core.generated.ts';
import { unpack } from './unpack.ts';

export const strictCore = (): Uint8Array<ArrayBuffer> | WebAssembly.Module => unpack(atob(PACKED), STRICT_BYTES);

let rest: readonly [packed: string, bytes: number] | undefined;

/** What src/relaxed.ts brings: it lies packed behind the strict core, of which it repeats nearly all. */
export function bringRelaxed(packed: string, bytes: number): void {
  rest = [packed, bytes];
}

export function relaxedCore(): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  if (rest === undefined) throw new Error("simd: 'relaxed' needs its own core: first import 'simdescent/relaxed'");
  const [packed, bytes] = rest;
  return unpack(atob(PACKED + packed), STRICT_BYTES + bytes).subarray(STRICT_BYTES);
}
