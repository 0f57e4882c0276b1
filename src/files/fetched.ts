/** Files behind addresses, by fetch. */
import { checkKind, checkOptions, checkSignal, show } from '../validate.ts';
import { joined } from './joined.ts';
import { because, isNode } from './modules.ts';

/** How much of a file has arrived. */
export interface ReadProgress {
  /** Bytes so far. */
  readonly received: number;
  /** Bytes of the whole file; undefined where the server does not say, or compresses it on the way. */
  readonly total: number | undefined;
}

/** Options for reading from an address. */
export interface ReadOptions {
  /** Called with every piece that arrives. Default none. */
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Stops the download: the call rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal;
}

export function checkReadOptions(of: string, options: ReadOptions, own: readonly string[] = []): void {
  checkOptions(of, options, ['onProgress', 'signal', ...own]);
  const { onProgress, signal } = options;
  checkKind(onProgress === undefined || typeof onProgress === 'function', 'onProgress', 'a function', onProgress);
  checkSignal(signal);
}

const isUrl = (value: unknown): value is URL => Object.prototype.toString.call(value) === '[object URL]';

/**
 * The address that is meant, if it is one to fetch: an `http:`, `https:`, `blob:` or `data:` URL; in a page also one relative to it. Other names are files
 * and places of other kinds.
 */
export function addressOf(where: unknown): string | undefined {
  if (isUrl(where)) return where.href;
  if (typeof where !== 'string') return undefined;
  if (/^(https?|blob|data):/i.test(where)) return where;
  // a name of a storage has a colon too
  if (isNode() || where === '' || /^[a-z][a-z\d+.-]*:/i.test(where)) return undefined;
  return new URL(where, globalThis.document?.baseURI ?? globalThis.location?.href).href;
}

/** What an address is called in messages; data of its own are not repeated. */
const shown = (address: string): string => (address.length > 200 ? `${address.slice(0, 200)}…` : address);

/** Why nothing came. A page learns nothing but that it failed. */
function unreachable(address: string, error: unknown): string {
  const { origin } = globalThis.location ?? {};
  const elsewhere = origin !== undefined && !isNode() && new URL(address).origin !== origin;
  const { cause } = Object(error) as { cause?: unknown };
  return elsewhere
    ? `the server does not answer, or does not let pages of ${origin} read it (CORS: it must send Access-Control-Allow-Origin)`
    : because(cause ?? error);
}

/** All bytes of the file at an address. */
export async function fetchWhole(
  address: string,
  { onProgress, signal }: ReadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const fail = (why: string, cause?: unknown): Error =>
    new Error(`${shown(address)} cannot be read (${why})`, cause === undefined ? {} : { cause });
  signal?.throwIfAborted();
  let response: Response;
  try {
    response = await fetch(address, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw fail(unreachable(address, error), error);
  }
  const { ok, status, statusText, headers, body } = response;
  if (!ok) {
    await body?.cancel();
    throw fail(`the server answers ${status} ${statusText}`.trim());
  }
  const length =
    headers.get('content-encoding') === null ? Number(headers.get('content-length') ?? Number.NaN) : Number.NaN;
  const total = Number.isSafeInteger(length) ? length : undefined;
  const pieces: Uint8Array[] = [];
  let received = 0;
  const reader = body?.getReader();
  const incomplete = (): string =>
    `it ended after ${received}${total === undefined ? '' : ` of ${total}`} bytes; read it again`;
  const next = async () => {
    try {
      return await reader?.read();
    } catch (error) {
      signal?.throwIfAborted();
      throw fail(incomplete(), error);
    }
  };
  try {
    for (let part = await next(); part !== undefined && !part.done; part = await next()) {
      pieces.push(part.value);
      received += part.value.length;
      onProgress?.({ received, total });
    }
  } catch (error) {
    await reader?.cancel().catch(() => undefined);
    throw error;
  }
  if (total !== undefined && received !== total) throw fail(incomplete());
  return joined(pieces);
}

/** Many servers send a page where there is no file. */
export function checkNotPage(file: Uint8Array): void {
  const begin = String.fromCharCode(...file.subarray(0, 64)).trimStart();
  if (/^<(!doctype|html|head|\?xml)/i.test(begin))
    throw new SyntaxError(
      `the file is a web page (it begins with ${show(begin.slice(0, 15))}), not a model: many servers send one for an address where there is no file`,
    );
}
