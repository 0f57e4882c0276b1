// Serves the benchmark page on this machine alone: `node bench/web/serve.js [port]`. The two headers isolate the page, so that its clock
// is fine-grained and memory can be shared with workers. What the page measured comes back and is kept in bench/results/web.json.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const port = Number(process.argv[2] ?? 8784);
/** What the page may see of the checkout. */
const SERVED = ['bench', 'build', 'dist', 'assembly/codes.ts', 'node_modules/tinybench/dist'];
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm', '.ts': 'text/plain' };
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cache-Control': 'no-store',
};

async function keep(request, response) {
  let text = '';
  for await (const chunk of request) text += chunk;
  const report = JSON.parse(text);
  const file = join(root, 'bench/results/web.json');
  mkdirSync(join(root, 'bench/results'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
  console.log(`${report.machine.browser}: written to ${file}`);
  response.writeHead(204, ISOLATED).end();
}

function send(path, response) {
  const inside = normalize(path === '/' ? 'bench/web/index.html' : path.slice(1));
  const served = SERVED.some((allowed) => inside === allowed || inside.startsWith(`${allowed}/`));
  try {
    if (!served) throw new Error('not served');
    const body = readFileSync(join(root, inside));
    response.writeHead(200, { ...ISOLATED, 'Content-Type': TYPES[extname(inside)] ?? 'application/octet-stream' });
    response.end(body);
  } catch {
    response.writeHead(404, ISOLATED).end('not found');
  }
}

createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (request.method !== 'POST') return send(decodeURIComponent(pathname), response);
  keep(request, response).catch((error) => response.writeHead(400, ISOLATED).end(error.message));
}).listen(port, '127.0.0.1', () => {
  console.log(`http://localhost:${port}/          a few minutes`);
  console.log(`http://localhost:${port}/?quick    under a minute; &only=gemm for some of it`);
});
