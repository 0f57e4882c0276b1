/** Where the cores come from: packed inside the bundle. The entry `simdescent/slim` has given.ts in its place. */
import { PACKED, STRICT_BYTES } from './core.generated.ts';
import type { CoreBytes } from './core-bytes.ts';
import { unpack } from './unpack.ts';

/** A binary that lies packed behind another one, of which it repeats nearly all. */
export interface Packed {
  readonly packed: string;
  readonly bytes: number;
}

let brought: { readonly core: Packed; readonly full: Packed } | undefined;

/** What src/relaxed.ts brings: what comes behind the strict core, and behind the full one. */
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
