/**
 * The worker of `simdescent/client`. Loaded as a module worker in a browser, or as a worker thread in Node, it serves the client that
 * started it; anywhere else it does nothing. A worker of your own serves too when it imports this file:
 *
 * @example
 * ```ts
 * // my-worker.js, started by: connect({ worker: new URL('./my-worker.js', import.meta.url) })
 * import 'simdescent/worker';
 * ```
 *
 * @module simdescent/worker
 */
// what the page imports is not here: `connect({ simd: 'relaxed' })` needs it in the worker
import '../relaxed.ts';
import type { Message } from './protocol.ts';
import { serve } from './serve.ts';

// reached without an import, which a browser's bundle could not resolve
const port = globalThis.process?.getBuiltinModule?.('node:worker_threads')?.parentPort;
if (port) {
  port.on(
    'message',
    serve((reply, transfer) => port.postMessage(reply, transfer)),
  );
} else if ('WorkerGlobalScope' in globalThis) {
  const take = serve((reply, transfer) => globalThis.postMessage(reply, { transfer }));
  globalThis.addEventListener('message', ({ data }: MessageEvent<Message>) => take(data));
}
