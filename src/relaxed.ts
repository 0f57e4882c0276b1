/**
 * The core with fused multiply-add, which `createRuntime({ simd: 'relaxed' })` needs beside the strict one in every bundle. Import it for
 * its effect. `simdescent/slim` takes `core-relaxed.wasm` instead.
 *
 * @module simdescent/relaxed
 * @example
 * ```ts
 * import 'simdescent/relaxed';
 * import { createRuntime, supportsRelaxedSimd } from 'simdescent';
 * const runtime = createRuntime({ simd: supportsRelaxedSimd() ? 'relaxed' : 'strict' });
 * runtime.dispose();
 * ```
 */
import {
  FULL_RELAXED_BYTES,
  PACKED_FULL_RELAXED,
  PACKED_RELAXED,
  RELAXED_BYTES,
} from './engine/core-relaxed.generated.ts';
import { bringRelaxed } from './engine/source.ts';

bringRelaxed(
  { packed: PACKED_RELAXED, bytes: RELAXED_BYTES },
  { packed: PACKED_FULL_RELAXED, bytes: FULL_RELAXED_BYTES },
);
