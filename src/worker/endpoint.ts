/** A worker, whatever kind the host has: module workers of browsers, worker threads of Node, Bun and Deno. */

/** A worker thread of `node:worker_threads`, as far as a client uses it. */
export interface WorkerThread {
  /** What comes from the worker. */
  on(event: 'message', listener: (data: unknown) => void): unknown;
  /** What it threw, or a message that could not be read. */
  on(event: 'error' | 'messageerror', listener: (error: Error) => void): unknown;
  /** It has ended. */
  on(event: 'exit', listener: (code: number) => void): unknown;
  /** Sends a message to the worker. */
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Ends the worker. */
  terminate(): Promise<unknown>;
  /** Keeps the process alive for it. */
  ref(): void;
  /** Lets the process end without it. */
  unref(): void;
}

/** A module worker, as far as a client uses it. The type of its own would be missing where programs are not for browsers. */
export interface WebWorker {
  /** `message`, `messageerror` and `error`. */
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void;
  /** Sends a message to the worker. */
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  /** Ends the worker. */
  terminate(): void;
}

/** A message, or an error. */
export interface WorkerEvent {
  /** What a message brings. */
  readonly data?: unknown;
  /** What an error says. */
  readonly message?: string;
  /** Keeps an error off the console. */
  preventDefault(): void;
}

/** What a client talks to. */
export interface Endpoint {
  /** Whether it is certain to tell when the worker has ended. */
  readonly tells: boolean;
  post(message: unknown, transfer: ArrayBuffer[]): void;
  /** Whether something is awaited: a Node process then stays alive. */
  busy(waiting: boolean): void;
  end(): void;
}

/** Told what comes, and once when the worker has ended by itself. */
export interface Listener {
  message(data: unknown): void;
  lost(reason: string): void;
}

/** Bundlers find the worker by this very expression, which must not be taken apart. */
const startWebWorker = (): WebWorker => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });

/** Not written like the above, or bundlers would take it for a file to copy. */
const besides = (base: string, name: string): URL => new URL(name, base);

function start(url: URL | string | undefined): WebWorker | WorkerThread {
  // Bun and Deno have both kinds, but only threads let a process end that has nothing else to do
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (threads === undefined) {
    if (typeof Worker !== 'function') throw new Error('there are no workers here: use the library itself');
    return url === undefined ? startWebWorker() : new Worker(url, { type: 'module' });
  }
  // no flags of the parent's: what they load or watch has no business in there
  return new threads.Worker(url ?? besides(import.meta.url, './worker.js'), { execArgv: [], name: 'simdescent' });
}

const isThread = (worker: WebWorker | WorkerThread): worker is WorkerThread => 'ref' in worker && 'on' in worker;

function overThread(worker: WorkerThread, { message, lost }: Listener): Endpoint {
  worker.on('message', message);
  worker.on('messageerror', ({ message }: Error) => lost(message));
  worker.on('error', ({ message }: Error) => lost(message));
  worker.on('exit', (code: number) => lost(`exit code ${code}`));
  return {
    tells: true,
    post: (data, transfer) => worker.postMessage(data, transfer),
    busy: (waiting) => (waiting ? worker.ref() : worker.unref()),
    end: () => void worker.terminate(),
  };
}

function overWebWorker(worker: WebWorker, { message, lost }: Listener): Endpoint {
  worker.addEventListener('message', ({ data }) => message(data));
  worker.addEventListener('messageerror', () => lost('a message could not be read'));
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    lost(event.message || 'its script could not be loaded or run');
  });
  return {
    tells: false,
    post: (data, transfer) => worker.postMessage(data, transfer),
    busy() {},
    end: () => worker.terminate(),
  };
}

/** Starts a worker, or takes the one that is given. */
export function endpointOf(worker: WebWorker | WorkerThread | URL | string | undefined, listener: Listener): Endpoint {
  const started = typeof worker === 'object' && 'postMessage' in worker ? worker : start(worker);
  return isThread(started) ? overThread(started, listener) : overWebWorker(started, listener);
}
