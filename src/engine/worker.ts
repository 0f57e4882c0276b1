/** Workers of the host: worker_threads in Node, Bun and Deno, Web Workers in a cross-origin isolated browser. */

/** What a worker is told on start. */
export interface Orders {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Addresses of the control block and of this worker's scratch memory. */
  readonly control: number;
  readonly scratch: number;
  /** Counted from 1. */
  readonly thread: number;
}

/**
 * All that a worker runs beside the core; text, because it must survive any bundler. A failed assertion of the debug build calls
 * `abort`. An error ends the worker, and its host reports it. Browsers do not report a worker that was ended from
 * outside, so it holds a lock that others get when it ends.
 */
const SOURCE = `
const start = ({ module, memory, control, scratch, thread }) => {
  const abort = (...at) => { throw Error('assertion failed: ' + at) };
  new WebAssembly.Instance(module, { env: { memory, abort } }).exports.work(control, thread, scratch);
};
const { workerData } = globalThis.process?.getBuiltinModule?.('node:worker_threads') ?? {};
if (workerData) start(workerData);
else onmessage = ({ data }) => {
  const held = () => {
    postMessage(0);
    try { start(data); close() } catch (error) { reportError(error) }
  };
  navigator.locks?.request(data.lock, held).catch(held) ?? held();
};
`;

/** A worker that follows its orders until it is stopped. */
export interface Hand {
  /** Why it has ended, if nobody asked it to. */
  lost: Error | undefined;
  /** It no longer touches the memory. */
  gone: boolean;
  /** Ends it, whatever it does. Resolves when it no longer touches the memory. */
  end(): Promise<unknown>;
}

// not imported, because a browser's bundle could not resolve it
const builtin = globalThis.process?.getBuiltinModule;

const lose = (hand: Hand, { thread }: Orders, why: string): void => {
  hand.lost ??= new Error(`thread ${thread} has ended${why}`);
};

function startInNode(threads: typeof import('node:worker_threads'), orders: Orders): Hand {
  // none of the parent's flags: what they load or watch has no place in a thread that only multiplies
  const worker = new threads.Worker(SOURCE, { eval: true, workerData: orders, execArgv: [], name: 'simdescent' });
  worker.unref();
  const hand: Hand = { lost: undefined, gone: false, end: () => worker.terminate() };
  worker.on('error', (error) => {
    hand.lost ??= error;
  });
  worker.on('exit', (code) => {
    lose(hand, orders, ` (exit code ${code})`);
    hand.gone = true;
  });
  return hand;
}

/** Where a page's workers find SOURCE, as long as the page lives. */
let url: string | undefined;
let started = 0;
/** Milliseconds until a terminated worker is at rest: Chromium lets one that computes go on for two seconds. */
const GRACE = 3000;

function startInBrowser(orders: Orders): Hand {
  url ??= URL.createObjectURL(new Blob([SOURCE], { type: 'text/javascript' }));
  // no other page or worker of this origin has the same URL
  const lock = `${url} ${started++}`;
  const worker = new Worker(url, { name: 'simdescent' });
  const hand: Hand = {
    lost: undefined,
    gone: false,
    end: async () => {
      worker.terminate();
      if (!hand.gone) await new Promise((resolve) => setTimeout(resolve, GRACE));
      hand.gone = true;
    },
  };
  worker.onerror = (event) => {
    event.preventDefault();
    lose(hand, orders, `: ${event.message || 'it could not be started'}`);
    hand.gone = true;
  };
  // it holds the lock now; a page without locks does without
  worker.onmessage = () => {
    const free = () => {
      lose(hand, orders, '');
      void hand.end();
    };
    navigator.locks?.request(lock, free).catch(() => undefined);
  };
  try {
    worker.postMessage({ ...orders, lock });
  } catch (error) {
    void hand.end();
    throw error;
  }
  return hand;
}

/** Starts a worker; throws where the host has none. */
export function startWorker(orders: Orders): Hand {
  const threads = builtin?.('node:worker_threads');
  return threads === undefined ? startInBrowser(orders) : startInNode(threads, orders);
}

/** Whether workers can share this memory: everywhere but on a page that is not cross-origin isolated. */
export function mayShare(): boolean {
  return builtin !== undefined || (typeof Worker === 'function' && globalThis.crossOriginIsolated);
}

/** Threads that the machine runs at once. */
export function processors(): number {
  return builtin?.('node:os')?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
}

/** Whether this thread may sleep until another wakes it, which a browser's main thread must not. */
export function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}
