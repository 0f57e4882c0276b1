/** Where the cores come from in `simdescent/slim`: the caller provides them. Replaces source.ts and full-source.ts there. */
import { isNode, nodeFiles } from '../files/modules.ts';
import { sha256 } from '../sha256.ts';
import { bytesOf, tagOf } from '../validate.ts';
import * as hashes from './core.generated.ts';
import type { CoreBytes } from './core-bytes.ts';

/** A compiled module. TypeScript's own interface for it is empty, so any value would pass. */
export interface CoreModule {
  /** Only modules have this tag. */
  readonly [Symbol.toStringTag]?: 'WebAssembly.Module';
}

/** A core: a compiled module, its bytes, a response with them, or their address. */
export type CoreSource = CoreModule | ArrayBuffer | ArrayBufferView | Response | URL | string;

/** Which core: for dense models, or `full` with the operations of all others; strict, or with fused multiply-add. */
export type CoreName = 'strict' | 'relaxed' | 'full' | 'full-relaxed';

interface Known {
  /** Its file in the package. */
  readonly file: string;
  /** SHA-256 of the binary, and of the file. */
  readonly binary: string;
  readonly marked: string;
}

const known = {
  strict: { file: 'core.wasm', binary: hashes.STRICT_SHA256, marked: hashes.STRICT_FILE },
  relaxed: { file: 'core-relaxed.wasm', binary: hashes.RELAXED_SHA256, marked: hashes.RELAXED_FILE },
  full: { file: 'core-full.wasm', binary: hashes.FULL_SHA256, marked: hashes.FULL_FILE },
  'full-relaxed': {
    file: 'core-full-relaxed.wasm',
    binary: hashes.FULL_RELAXED_SHA256,
    marked: hashes.FULL_RELAXED_FILE,
  },
} as const satisfies Record<CoreName, Known>;

const given: { [name in CoreName]?: CoreBytes } = {};

/** The core of this name. A full core can do everything the other can, so it will do as well. */
function take(name: 'strict' | 'relaxed', full: 'full' | 'full-relaxed'): CoreBytes {
  return given[name] ?? given[full] ?? missing(name);
}

function missing(name: CoreName): never {
  throw new Error(`simdescent/slim contains no core; first await provideCore() with simdescent/${known[name].file}`);
}

export const strictCore = (): CoreBytes => take('strict', 'full');
export const relaxedCore = (): CoreBytes => take('relaxed', 'full-relaxed');
export const fullCore = (): CoreBytes => given.full ?? missing('full');
export const fullRelaxedCore = (): CoreBytes => given['full-relaxed'] ?? missing('full-relaxed');

async function coreBytes(source: unknown): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof source === 'string' || tagOf(source) === 'URL') {
    const address = String(source);
    // fetch in Node does not read files
    if (isNode() && address.startsWith('file:'))
      return Uint8Array.from(await nodeFiles('provideCore').fs.readFile(new URL(address)));
    return coreBytes(await fetch(address));
  }
  if (tagOf(source) !== 'Response')
    return bytesOf('the core given to provideCore, unless a module, response or address,', source).slice();
  const { ok, status, statusText, url } = source as Response;
  if (!ok) throw new Error(`the core could not be fetched: ${status} ${statusText} (${url})`);
  return new Uint8Array(await (source as Response).arrayBuffer());
}

/** Which core has `hash`, as a file or compiled. */
function coreWith(hash: string, kind: 'binary' | 'marked', what: string): CoreName {
  const names = Object.keys(known) as CoreName[];
  const name = names.find((one) => known[one][kind] === hash);
  if (name !== undefined) return name;
  const expected = names.map((one) => `${known[one][kind]} (${known[one].file})`).join(', ');
  throw new Error(
    `this is not a core of this version of simdescent: expected ${what} of SHA-256 ${expected}, got ${hash}`,
  );
}

/**
 * Brings a core, before anything else is used, from the same version of the package: `core.wasm` for dense models, or `core-full.wasm`, which has the
 * operations of all other layers too; `core-relaxed.wasm` and `core-full-relaxed.wasm` are those for `createRuntime({ simd: 'relaxed' })`.
 * Resolves to which of them it was.
 *
 * @param source a compiled module, bytes, a response or an address, or a promise of one
 * @throws Error if it is anything else, told by its SHA-256; TypeError for a source of the wrong kind.
 * @example
 * ```ts
 * import { provideCore, tensor } from 'simdescent/slim';
 * await provideCore(new URL(import.meta.resolve('simdescent/core.wasm')));
 * const x = tensor([2], [1, 2]);
 * ```
 * @category Runtime
 */
export async function provideCore(source: CoreSource | Promise<CoreSource>): Promise<CoreName> {
  const core = await source;
  if (tagOf(core) === 'WebAssembly.Module') {
    // a module cannot be hashed, but it says of what it was made
    const [mark] = WebAssembly.Module.customSections(core, 'sha256');
    const hash = mark === undefined ? 'one without' : String.fromCharCode(...new Uint8Array(mark).subarray(0, 64));
    const name = coreWith(hash, 'binary', 'a module');
    given[name] = core;
    return name;
  }
  const bytes = await coreBytes(core);
  const name = coreWith(sha256([bytes]), 'marked', 'bytes');
  given[name] = bytes;
  return name;
}
