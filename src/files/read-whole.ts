import { nodeFiles } from './modules.ts';

/** Node reads less than 2 GiB at once. */
const PIECE = 2 ** 30;

/** All bytes of a file of any size, or of a pipe. */
export async function readWhole(path: string): Promise<Uint8Array> {
  const file = await nodeFiles('files.read').fs.open(path, 'r');
  try {
    const stats = await file.stat();
    // pipes have no size, and files in /proc claim to be empty
    if (!stats.isFile() || stats.size === 0) return new Uint8Array(await file.readFile());
    const bytes = new Uint8Array(stats.size);
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await file.read(bytes, at, Math.min(PIECE, bytes.length - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  } finally {
    await file.close();
  }
}
