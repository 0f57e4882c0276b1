// Serves this checkout's benchmark pages, only on this machine.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SHARED } from '../core.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** The files of the checkout that a page may see. */
const SERVED = ['bench', 'build', 'dist', ...SHARED, 'node_modules/tinybench/dist'];
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm', '.ts': 'text/plain' };
/** Headers that isolate a page, so that its clock is fine-grained and it can share memory with workers. */
const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/**
 * Listens on `port` (0: any) and returns the server. `home` is the page at `/`; `data` has bytes by their path; `onReport` gets the reports
 * that a page posts.
 */
export async function serve({ port = 0, home, isolated = true, data = {}, onReport = () => {} }) {
  const headers = { 'Cache-Control': 'no-store', ...(isolated && ISOLATION) };

  async function take(request, response) {
    let text = '';
    for await (const chunk of request) text += chunk;
    onReport(JSON.parse(text));
    response.writeHead(204, headers).end();
  }

  function send(path, response) {
    const inside = normalize(path === '/' ? home : path.slice(1));
    if (data[path]) return response.writeHead(200, headers).end(data[path]);
    const served = SERVED.some((allowed) => inside === allowed || inside.startsWith(`${allowed}/`));
    try {
      if (!served) throw new Error('not served');
      const body = readFileSync(join(root, inside));
      response.writeHead(200, { ...headers, 'Content-Type': TYPES[extname(inside)] ?? 'application/octet-stream' });
      response.end(body);
    } catch {
      response.writeHead(404, headers).end('not found');
    }
  }

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (request.method !== 'POST') return send(decodeURIComponent(pathname), response);
    take(request, response).catch((error) => response.writeHead(400, headers).end(error.message));
  });
  await new Promise((listening) => server.listen(port, '127.0.0.1', listening));
  return server;
}
