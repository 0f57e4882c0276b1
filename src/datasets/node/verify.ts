import type { DatasetFile } from '../types.ts';
import { type Tools, verifiedWith } from '../verify.ts';
import { nodeModules } from './modules.ts';

/** Decompresses `raw` if it is gzip and checks size and SHA-256. Errors begin with `where`. */
export const verified = (raw: Uint8Array, file: DatasetFile, where: string): Promise<Uint8Array> =>
  verifiedWith(tools, raw, file, where);

const tools: Tools = {
  unpack,
  sha256: async (bytes) => nodeModules().crypto.createHash('sha256').update(bytes).digest('hex'),
};

function unpack(raw: Uint8Array, limit: number, where: string): Promise<Uint8Array> {
  // one chunk for everything saves zlib from joining thousands of small ones
  const options = { maxOutputLength: limit, chunkSize: limit + 64 };
  return new Promise((resolve, reject) => {
    nodeModules().zlib.gunzip(raw, options, (error: NodeJS.ErrnoException | null, bytes) => {
      if (!error) resolve(bytes);
      else if (error.code === 'ERR_BUFFER_TOO_LARGE') {
        reject(new Error(`${where}: expected ${limit} bytes uncompressed, got more`));
      } else if (error.code === 'Z_BUF_ERROR') {
        reject(new Error(`${where}: expected a whole gzip file, got one that ends early (${raw.length} bytes)`));
      } else reject(new Error(`${where}: expected a gzip file, got corrupt data (${error.message})`));
    });
  });
}
