import { joined } from '../../files/joined.ts';
import { sha256Of } from '../../sha256.ts';
import { messageOf, unshared } from '../../validate.ts';
import type { DatasetFile } from '../types.ts';
import { verifiedWith } from '../verify.ts';

/** Decompresses `raw` if it is gzip and checks size and SHA-256. Errors begin with `where`. */
export const verified = (raw: Uint8Array, file: DatasetFile, where: string): Promise<Uint8Array> =>
  verifiedWith({ unpack, sha256 }, raw, file, where);

/** As hex digits. */
export const sha256 = (bytes: Uint8Array): Promise<string> => sha256Of([bytes]);

/** Uncompressed bytes of a gzip file, at most `limit`. */
export async function unpack(raw: Uint8Array, limit: number, where: string): Promise<Uint8Array> {
  const reader = new Blob([unshared(raw)]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  const next = () =>
    reader.read().catch((error: unknown) => {
      const why = messageOf(error);
      throw new Error(`${where}: expected a whole gzip file, got corrupt data (${why})`);
    });
  for (let part = await next(); !part.done; part = await next()) {
    length += part.value.length;
    if (length > limit) {
      await reader.cancel();
      throw new Error(`${where}: expected ${limit} bytes uncompressed, got more`);
    }
    chunks.push(part.value);
  }
  return joined(chunks);
}
