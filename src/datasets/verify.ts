/** Turns a file, compressed or not, into the bytes that the data set promises, or an Error that says what is wrong. */

import { parseIdx } from './idx.ts';
import type { DatasetFile } from './types.ts';

/** Implemented separately for Node and for browsers. */
export interface Tools {
  /** Uncompressed bytes of a gzip file, at most `limit`. Errors begin with `where`. */
  readonly unpack: (raw: Uint8Array, limit: number, where: string) => Promise<Uint8Array>;
  /** As hex digits. */
  readonly sha256: (bytes: Uint8Array) => Promise<string>;
}

/** By content, not by name: some servers unpack on the way. */
export const isGzip = (raw: Uint8Array): boolean => raw[0] === 0x1f && raw[1] === 0x8b;

/**
 * Decompresses `raw` if it is gzip and checks size and SHA-256.
 *
 * @param where the path or address that Errors name
 */
export async function verifiedWith(
  { unpack, sha256 }: Tools,
  raw: Uint8Array,
  file: DatasetFile,
  where: string,
): Promise<Uint8Array> {
  if (raw.length === 0) throw new Error(`${where}: expected ${file.name}, got an empty file`);
  const gzip = isGzip(raw);
  const bytes = gzip ? await unpack(raw, file.bytes, where) : raw;
  if (bytes.length !== file.bytes) {
    parseIdx(bytes, { name: where }); // its Error says more than the sizes if the header is not IDX
    throw new Error(`${where}: expected ${file.bytes} bytes${gzip ? ' uncompressed' : ''}, got ${bytes.length}`);
  }
  const got = await sha256(bytes);
  if (got !== file.sha256) {
    throw new Error(`${where}: expected ${file.name} (SHA-256 ${file.sha256}), got SHA-256 ${got}`);
  }
  return bytes;
}
