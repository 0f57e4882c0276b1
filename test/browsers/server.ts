/** A static server on this machine alone, as tests in browsers need it: with or without isolation, under any path, with faults. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import sirv from 'sirv';

/** Headers that make a page cross-origin isolated, so that it can share memory with workers. */
export const ISOLATED: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export interface Serving {
  /** Which folder is seen under which path, each with a slash at its end: `{ '/': 'web/dist/', '/app/': 'dist/' }`. */
  readonly folders: Readonly<Record<string, string>>;
  /** Sent with every answer: {@link ISOLATED}, a Content-Security-Policy. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Asked first, for what is not a file and for faults: true when it has answered, or will. Headers have been set already. */
  readonly answer?: (path: string, response: ServerResponse, request: IncomingMessage) => boolean;
}

export interface Server {
  /** `http://localhost:PORT`, without a slash: browsers hold it for a secure place. */
  readonly origin: string;
  /** Paths asked for so far. */
  readonly asked: readonly string[];
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** sirv says of a `.gz` that it is to be unpacked on the way; most static hosts do not. */
function asTheyAre(response: ServerResponse, path: string): void {
  if (path.endsWith('.gz')) response.setHeader('Content-Encoding', 'identity');
}

export async function serve({ folders, headers = {}, answer }: Serving): Promise<Server> {
  const asked: string[] = [];
  // the longest path first
  const mounted = Object.entries(folders)
    .sort(([a], [b]) => b.length - a.length)
    .map(([path, folder]) => ({ path, files: sirv(folder, { dev: true, etag: true, setHeaders: asTheyAre }) }));

  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    asked.push(path);
    for (const [name, value] of Object.entries({ 'Cache-Control': 'no-store', ...headers }))
      response.setHeader(name, value);
    if (answer?.(path, response, request)) return;
    const notFound = () => {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
    };
    const mount = mounted.find((one) => path.startsWith(one.path));
    if (mount === undefined) return notFound();
    request.url = request.url?.slice(mount.path.length - 1);
    mount.files(request, response, notFound);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { origin: `http://localhost:${address.port}`, asked, close, [Symbol.asyncDispose]: close };
}
