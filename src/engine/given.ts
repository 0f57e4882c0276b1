/** Where the core comes from in `simdescent/slim`: the caller brings it. Stands in for source.ts there. */
import { isNode, nodeFiles } from '../files/modules.ts';
import { sha256 } from '../sha256.ts';
import { show } from '../validate.ts';
import { RELAXED_FILE, RELAXED_SHA256, STRICT_FILE, STRICT_SHA256 } from './core.generated.ts';
import type { Simd } from './load.ts';

/** A compiled module. The interface that libraries declare for it is empty, so that anything at all would pass for one. */
export interface CoreModule {
  /** Modules have this tag, by which the compiler tells them from other objects. */
  readonly [Symbol.toStringTag]?: 'WebAssembly.Module';
}

/** A core: compiled, its bytes, the response that brings them, or where they are. */
export type CoreSource = CoreModule | ArrayBuffer | ArrayBufferView | Response | URL | string;

const given: { [simd in Simd]?: Uint8Array<ArrayBuffer> | WebAssembly.Module } = {};

function take(simd: Simd, file: string): Uint8Array<ArrayBuffer> | WebAssembly.Module {
  const core = given[simd];
  if (core !== undefined) return core;
  throw new Error(`simdescent/slim brings no core: first await provideCore() with simdescent/${file}`);
}

export const strictCore = () => take('strict', 'core.wasm');
export const relaxedCore = () => take('relaxed', 'core-relaxed.wasm');

async function bytesOf(source: unknown): Promise<Uint8Array<ArrayBuffer>> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source.slice());
  if (ArrayBuffer.isView(source))
    return Uint8Array.from(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
  if (typeof source === 'string' || source instanceof URL) {
    // Node fetches no files
    if (isNode() && String(source).startsWith('file:'))
      return Uint8Array.from(await nodeFiles('provideCore').fs.readFile(new URL(source)));
    return bytesOf(await fetch(source));
  }
  if (!(source instanceof Response))
    throw new TypeError(`provideCore takes a module, bytes, a response or an address, got ${show(source)}`);
  if (!source.ok)
    throw new Error(`the core could not be fetched: ${source.status} ${source.statusText} (${source.url})`);
  return new Uint8Array(await source.arrayBuffer());
}

/** Which core has `hash`, as a file or compiled. */
function coreWith(hash: string, hashes: Readonly<Record<Simd, string>>, what: string): Simd {
  if (hash === hashes.strict) return 'strict';
  if (hash === hashes.relaxed) return 'relaxed';
  const expected = `SHA-256 ${hashes.strict} or, relaxed, ${hashes.relaxed}`;
  throw new Error(`this is not the core of this version of simdescent: expected ${what} of ${expected}, got ${hash}`);
}

/**
 * Brings the core, before anything else is used: `core.wasm` of the same version of the package, or `core-relaxed.wasm` for
 * `createRuntime({ simd: 'relaxed' })`. Resolves to which of the two it was.
 *
 * @param source a compiled module, bytes, a response or an address, or a promise of one
 * @throws Error if it is anything else, told by its SHA-256; TypeError for a source of the wrong kind.
 * @example
 * ```ts
 * import { provideCore, tensor } from 'simdescent/slim';
 * await provideCore(new URL(import.meta.resolve('simdescent/core.wasm')));
 * const x = tensor([2], [1, 2]);
 * ```
 */
export async function provideCore(source: CoreSource | Promise<CoreSource>): Promise<'strict' | 'relaxed'> {
  const core = await source;
  if (core instanceof WebAssembly.Module) {
    // a module cannot be hashed, but it says of what it was made
    const [mark] = WebAssembly.Module.customSections(core, 'sha256');
    const hash = mark === undefined ? 'one without' : new TextDecoder().decode(mark);
    const simd = coreWith(hash, { strict: STRICT_SHA256, relaxed: RELAXED_SHA256 }, 'a module');
    given[simd] = core;
    return simd;
  }
  const bytes = await bytesOf(core);
  const simd = coreWith(sha256([bytes]), { strict: STRICT_FILE, relaxed: RELAXED_FILE }, 'bytes');
  given[simd] = bytes;
  return simd;
}
