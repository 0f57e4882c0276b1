/** From the bytes of a file, compressed or not, to the bytes the data set promises, or an Error that says what is wrong. */
import type { DatasetFile } from '../fashion-mnist.ts';
import { parseIdx } from '../idx.ts';
import { nodeModules } from './modules.ts';

/** More than any compression of the file can take: nothing longer is read or downloaded. */
export const largest = (file: DatasetFile): number => file.bytes + 1_000_000;

/**
 * Decompresses `raw` if it is gzip (by its content: some servers unpack on the way) and checks size and SHA-256.
 *
 * @param where the path or address that Errors name
 */
export async function verified(raw: Uint8Array, file: DatasetFile, where: string): Promise<Uint8Array> {
  if (raw.length === 0) throw new Error(`${where}: expected ${file.name}, got an empty file`);
  const gzip = raw[0] === 0x1f && raw[1] === 0x8b;
  const bytes = gzip ? await unpacked(raw, file, where) : raw;
  if (bytes.length !== file.bytes) {
    parseIdx(bytes, { name: where }); // says more than the two sizes when the header is not even IDX
    throw new Error(`${where}: expected ${file.bytes} bytes${gzip ? ' uncompressed' : ''}, got ${bytes.length}`);
  }
  const sha256 = nodeModules().crypto.createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== file.sha256) {
    throw new Error(`${where}: expected Fashion-MNIST's ${file.name} (SHA-256 ${file.sha256}), got SHA-256 ${sha256}`);
  }
  return bytes;
}

function unpacked(raw: Uint8Array, file: DatasetFile, where: string): Promise<Uint8Array> {
  // One chunk that holds it all saves zlib from joining thousands of small ones.
  const options = { maxOutputLength: file.bytes, chunkSize: file.bytes + 64 };
  return new Promise((resolve, reject) => {
    nodeModules().zlib.gunzip(raw, options, (error: NodeJS.ErrnoException | null, bytes) => {
      if (!error) resolve(bytes);
      else if (error.code === 'ERR_BUFFER_TOO_LARGE') {
        reject(new Error(`${where}: expected ${file.bytes} bytes uncompressed, got more`));
      } else if (error.code === 'Z_BUF_ERROR') {
        reject(new Error(`${where}: expected a whole gzip file, got one that ends early (${raw.length} bytes)`));
      } else reject(new Error(`${where}: expected a gzip file, got corrupt data (${error.message})`));
    });
  });
}
