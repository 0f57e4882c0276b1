/** A sweep that serves its trials over HTTP: to pages that people lend, and to `work` in other programs, with nothing to install. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getBuiltin } from '../../files/modules.ts';
import { encodeUtf8 } from '../../utf8.ts';
import { checkInteger, checkKind, checkNumber, checkOptions, messageOf } from '../../validate.ts';
import type { Hands } from '../job.ts';
import { Board, Refused } from './board.ts';
import { TRIALS } from './paths.ts';
import { type Access, answerTo, originOf, randomKey } from './requests.ts';

/** A file as a browser gets it. */
export interface ServedFile {
  /** `text/html`, say. */
  readonly type: string;
  /** Its content. */
  readonly bytes: Uint8Array;
}

/** Options of {@link serve}. */
export interface ServeOptions {
  /** Port to listen to, from 0 to 65535. 0: one that is free. */
  readonly port: number;
  /** Address to listen to: `'0.0.0.0'` for all that this machine has. Default `'127.0.0.1'`, which only this machine reaches. */
  readonly host?: string;
  /** Whatever decides the results beside settings and the version of this package, as text: the SHA-256 of your data, the version of your code. Workers with another value are refused. Default `''`. */
  readonly about?: string;
  /** Compute trials here, too, and all that are computed a second time, so that guests cannot agree on a lie. They are closed at the end. Default: guests compute everything. */
  readonly hands?: Hands;
  /** What workers must know, at least 16 letters, digits, `-` or `_`. Default: 128 random bits. */
  readonly token?: string;
  /** Origins whose pages may be workers, beside this one, as in `'https://pages.example'`. Default none. */
  readonly origins?: readonly string[];
  /** The files that are served, by path; undefined where there is none. Default: none. */
  readonly files?: (path: string) => Promise<ServedFile | undefined>;
  /** Seconds without a sign of life after which others compute a worker's trials, at least 0.1. Default 20. */
  readonly lease?: number;
  /** Seconds that a request may take to arrive, at least 0.1. Default 20. */
  readonly patience?: number;
  /** Called with what somebody should know: a worker was sent away. Default none. */
  readonly onNote?: (text: string) => void;
}

/** Hands that workers reach over HTTP. */
export interface Served extends Hands {
  /** Where they are, with the token: the `url` of `work`, as in `http://127.0.0.1:8080/#token=…`. */
  readonly url: string;
  /** Workers that have joined now. */
  readonly guests: number;
}

const OPTIONS = ['port', 'host', 'about', 'hands', 'token', 'origins', 'files', 'lease', 'patience', 'onNote'];
const TOKEN = /^[\w-]{16,200}$/;
const MOST_CONNECTIONS = 4000;
/** Milliseconds that are left to read the answer to a request that has not arrived as a whole. */
const LINGER = 500;
/** Milliseconds after the end in which guests may hear of it. */
const GOODBYE = 2000;
/** A page may load and ask nothing but what is served here, is isolated, and runs no code but its files. */
const HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * Hands whose trials other programs and pages take over HTTP: `work({ url, … })` with the `url` that this gives, in Node, Bun or a page of yours. Nothing has to be
 * installed. Guests get jobs as data, and what they answer is checked; one that is silent for `lease` seconds loses its trials to others. Use `verify` of {@link sweep} to
 * find those that lie: with `hands`, this machine computes again what is verified. The connection is not encrypted: put a proxy with TLS before it outside of your own
 * network.
 *
 * @throws TypeError or RangeError for wrong options; Error if the port is taken
 * @category Sweeps
 * @example
 * ```ts
 * import { functions, serve, sweep, work } from 'simdescent/sweep';
 * const hands = await serve({ port: 0, about: 'squares 1' });
 * // elsewhere, with the same function and the url
 * const squares = functions({ run: ({ settings: { x } }) => Number(x) ** 2, key: 'loss' });
 * const worker = work({ url: hands.url, about: 'squares 1', hands: squares });
 * const { best } = await sweep({ space: { x: [-1, 0, 1] }, objective: 'loss', hands });
 * await worker; // ends with the sweep
 * console.log(best?.settings.x); // 0
 * ```
 */
export async function serve(options: ServeOptions): Promise<Served> {
  checkOptions('serve', options, OPTIONS);
  const { port, host = '127.0.0.1', about = '', hands, lease = 20, patience = 20, onNote, origins = [] } = options;
  checkInteger('port', port, 0, 65_535);
  checkKind(typeof host === 'string' && host !== '', 'host', 'an address like 127.0.0.1', host);
  checkKind(typeof about === 'string', 'about', 'text', about);
  checkNumber('lease', lease, 0.1, 86_400);
  checkNumber('patience', patience, 0.1, 3600);
  const token = options.token ?? randomKey();
  if (!TOKEN.test(token)) throw new RangeError('token must be at least 16 letters, digits, - or _');
  const builtin = getBuiltin();
  if (builtin === undefined) throw new Error('serving a sweep needs Node 20.19 or newer');
  const [secret = 0, run = 0] = crypto.getRandomValues(new Uint32Array(2));
  const note = onNote ?? (() => undefined);
  const now = () => performance.now();
  const board = new Board(
    { about, hands, lease: 1000 * lease, run: run.toString(16).padStart(8, '0'), note, now },
    secret,
  );
  const milliseconds = Math.ceil(1000 * patience);
  const server = builtin('node:http').createServer(
    {
      ...{ headersTimeout: milliseconds, requestTimeout: milliseconds, maxHeaderSize: 8192 },
      connectionsCheckingInterval: Math.min(2000, milliseconds),
    },
    (request, response) => void respond(board, request, response, { token, origins }, options.files),
  );
  server.maxConnections = MOST_CONNECTIONS;
  // longer than a worker waits for a job
  server.timeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`cannot listen to ${host}:${port} (${error.message})`)));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const taken = typeof address === 'object' ? address?.port : port;
  const timer = setInterval(() => board.sweepUp(), Math.min(1000, 250 * lease));
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/#token=${token}`,
    secret,
    get capacity() {
      return board.capacity;
    },
    get guests() {
      return board.guests;
    },
    compute: (job, how) => board.compute(job, how),
    dismiss: (worker, reason) => board.dismiss(worker, reason),
    forget: (trials) => board.forget(trials),
    async close() {
      clearInterval(timer);
      await board.close();
      // guests hear that the sweep has ended, now or when they ask the next time
      for (const last = now() + GOODBYE; board.guests > 0 && now() < last; )
        await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise<void>((resolve) => {
        const late = setTimeout(() => server.closeAllConnections(), 500);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}

async function respond(
  board: Board,
  request: IncomingMessage,
  response: ServerResponse,
  access: Access,
  files: ServeOptions['files'],
): Promise<void> {
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  response.on('error', () => undefined);
  request.on('error', () => undefined);
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  const send = (status: number, type: string, bytes: Uint8Array) => {
    if (response.destroyed || response.headersSent) return;
    // what is left of a body is not wanted
    if (!request.complete) response.setHeader('Connection', 'close');
    response.writeHead(status, { 'Content-Type': type, 'Content-Length': String(bytes.length) });
    response.end(request.method === 'HEAD' ? undefined : bytes);
    if (request.complete) return;
    // who still sends would not read the answer on a connection that is cut
    request.resume();
    setTimeout(() => request.destroy(), LINGER);
  };
  try {
    const path = pathOf(request);
    const origin = originOf(request, access);
    if (origin !== undefined) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Vary', 'Origin');
    }
    if (origin !== undefined && request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Methods', 'POST');
      response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type');
      return send(200, 'text/plain', encodeUtf8(''));
    }
    if (path.startsWith(TRIALS)) {
      const answer = await answerTo(board, path.slice(TRIALS.length), request, access, closed.signal);
      return send(200, 'application/json', encodeUtf8(JSON.stringify(answer)));
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new Refused(405, 'expected GET');
    const file = await files?.(path);
    if (file === undefined) throw new Refused(404, 'not found');
    send(200, file.type, file.bytes);
  } catch (error) {
    const status = error instanceof Refused ? error.status : 500;
    send(status, 'application/json', encodeUtf8(JSON.stringify({ error: messageOf(error) })));
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  try {
    return decodeURIComponent(new URL(url, 'http://here').pathname);
  } catch {
    throw new Refused(400, 'expected a path');
  }
}
