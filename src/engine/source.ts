/** Where the cores come from: packed inside the bundle. The entry `simdescent/slim` uses given.ts instead. */
import { PACKED, STRICT_BYTES } from './core.generated.ts';
import type { CoreBytes } from './core-bytes.ts';
import { unpack } from './unpack.ts';

/** A binary packed behind another one, because it repeats nearly all of it. */
export interface Packed {
  readonly packed: string;
  readonly bytes: number;
}

let brought: { readonly core: Packed; readonly full: Packed } | undefined;

/** Set by src/relaxed.ts: what is packed behind the strict core, and behind the full one. */
export function bringRelaxed(core: Packed, full: Packed): void {
  brought = { core, full };
}

export function relaxedParts(): { readonly core: Packed; readonly full: Packed } {
  if (brought === undefined) throw new Error("simd: 'relaxed' needs its own core: first import 'simdescent/relaxed'");
  return brought;
}

export const strictCore = (): CoreBytes => unpack(atob(PACKED), STRICT_BYTES);

export function relaxedCore(): CoreBytes {
  const { packed, bytes } = relaxedParts().core;
  return unpack(atob(PACKED + packed), STRICT_BYTES + bytes).subarray(STRICT_BYTES);
}
