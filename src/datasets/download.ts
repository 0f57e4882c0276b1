/** Downloads one file from one address into memory. */
import { joined } from '../files/joined.ts';
import { isError } from '../validate.ts';
import type { DatasetFile, DatasetProgress } from './types.ts';

/** More than any compression of the file can take: no longer file is read or downloaded. */
export const largest = (file: DatasetFile): number => file.bytes + 1_000_000;

export interface DownloadOptions {
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DatasetProgress) => void) | undefined;
}

/** The mirror itself did not answer: asking it for the next file would only cost another wait. */
export class UnreachableError extends Error {}

export async function download(mirror: string, file: DatasetFile, options: DownloadOptions): Promise<Uint8Array> {
  const { timeout, signal, onProgress } = options;
  const url = new URL(`${file.name}.gz`, mirror).href;
  // Aborted whenever nothing arrives for `timeout` milliseconds.
  const stalled = new AbortController();
  const giveUp = () => stalled.abort();
  let timer = setTimeout(giveUp, timeout);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, timeout);
  };
  try {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new Error(`${url}: HTTP ${response.status}`);
    }
    if (response.headers.get('content-type')?.startsWith('text/html')) {
      await response.body.cancel();
      throw new Error(`${url}: expected ${file.name}, got a web page`); // some hosts answer so for a missing file
    }
    const size = Number(response.headers.get('content-length'));
    const total = size > 0 && !response.headers.has('content-encoding') ? size : undefined;
    const chunks: Uint8Array[] = [];
    let received = 0;
    const reader = response.body.getReader(); // a stream is not iterable in every browser
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const chunk = part.value;
      alive();
      received += chunk.length;
      if (received > largest(file)) {
        await reader.cancel();
        throw new Error(`${url}: expected at most ${largest(file)} bytes, got more`);
      }
      chunks.push(chunk);
      onProgress?.({ file: file.name, source: mirror, received, total });
    }
    return joined(chunks);
  } catch (error) {
    signal?.throwIfAborted();
    if (stalled.signal.aborted) throw new UnreachableError(`${url}: nothing received for ${timeout / 1000} s`);
    if (isError(error) && error.message.startsWith(url)) throw error;
    throw new UnreachableError(`${url}: ${reason(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** The reason that undici hides behind "fetch failed": ENOTFOUND, ECONNREFUSED, a certificate; its own codes (UND_ERR_SOCKET) in words. */
function reason(error: unknown): string {
  const cause: unknown = isError(error) ? (error.cause ?? error) : error;
  if (!isError(cause)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' && !cause.code.startsWith('UND_')
    ? cause.code
    : cause.message;
}
