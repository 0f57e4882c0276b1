/** The core: the compiled AssemblyScript, decoded and compiled once for the process, instantiated over a memory. */
import type { instantiate } from '../../build/core.d.ts';
import { tagOf } from '../validate.ts';
import type { CoreBytes } from './core-bytes.ts';
import { relaxedCore, strictCore } from './source.ts';

/** What the core exports, with the types that its compiler declares. All binaries export the same. */
export type Core = Awaited<ReturnType<typeof instantiate>>;

/** Which binary: the one that gives the same bits everywhere, or the one with fused multiply-add. */
export type Simd = 'strict' | 'relaxed';

/** A binary, compiled on first use. */
export interface Binary {
  readonly simd: Simd;
  /** What workers instantiate. Throws where the engine refuses it. */
  readonly module: () => WebAssembly.Module;
}

const needs = {
  strict: 'simdescent needs WebAssembly with SIMD and threads (shared memory), which this engine refuses',
  relaxed:
    "simd: 'relaxed' needs WebAssembly's relaxed SIMD, which this engine refuses (Node 24, Chromium 114 and Firefox 146 have it, WebKit has not); " +
    "simd: 'strict' runs everywhere",
} as const satisfies Record<Simd, string>;

function compile(simd: Simd, core: CoreBytes): WebAssembly.Module {
  if (tagOf(core) === 'WebAssembly.Module') return core as WebAssembly.Module;
  try {
    return new WebAssembly.Module(core as Uint8Array<ArrayBuffer>);
  } catch (cause) {
    throw new Error(needs[simd], { cause });
  }
}

/** A binary for each kind of runtime. */
export type Binaries = Readonly<Record<Simd, Binary>>;

/** The binary that `core` returns. */
export function binary(simd: Simd, core: () => CoreBytes): Binary {
  let module: WebAssembly.Module | undefined;
  return {
    simd,
    module() {
      module ??= compile(simd, core());
      return module;
    },
  };
}

export const strict: Binary = binary('strict', strictCore);
export const relaxed: Binary = binary('relaxed', relaxedCore);

/** A module of one function with one `f32x4.relaxed_madd`. */
const PROBE = '0061736d01000000010401600000030201000a10010e01017b200020002000fd85021a0b';

/**
 * Whether this engine runs `createRuntime({ simd: 'relaxed' })`.
 *
 * @example
 * ```ts
 * import 'simdescent/relaxed';
 * import { createRuntime, supportsRelaxedSimd } from 'simdescent';
 * const runtime = createRuntime({ simd: supportsRelaxedSimd() ? 'relaxed' : 'strict' });
 * runtime.dispose();
 * ```
 * @category Runtime
 */
export const supportsRelaxedSimd = (): boolean =>
  WebAssembly.validate(Uint8Array.from(PROBE.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));

/** A failed assertion of the debug build calls it. */
function abort(_message: number, _file: number, line: number, column: number): never {
  throw new Error(`assertion failed in the core at line ${line}:${column}`);
}

/** An instance of the core over `memory`. Its exports are called directly, because the loader's wrappers make a small call half as slow again (docs/architecture.md). */
export function loadCore(memory: WebAssembly.Memory, module: WebAssembly.Module): Core {
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  return exports as unknown as Core;
}
