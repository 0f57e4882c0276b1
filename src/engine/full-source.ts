/** Where the full cores come from, as source.ts for the others. The entry `simdescent/slim` uses given.ts instead. */
import { PACKED, STRICT_BYTES } from './core.generated.ts';
import type { CoreBytes } from './core-bytes.ts';
import { FULL_BYTES, PACKED_FULL, SHARED } from './core-full.generated.ts';
import { relaxedParts } from './source.ts';
import { unpack } from './unpack.ts';

/** The strict core and the full one behind it. */
const packedFull = (): string => PACKED.slice(0, SHARED) + PACKED_FULL;
const BYTES = STRICT_BYTES + FULL_BYTES;

export const fullCore = (): CoreBytes => unpack(atob(packedFull()), BYTES).subarray(STRICT_BYTES);

export function fullRelaxedCore(): CoreBytes {
  const { packed, bytes } = relaxedParts().full;
  return unpack(atob(packedFull() + packed), BYTES + bytes).subarray(BYTES);
}
