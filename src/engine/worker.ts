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
 * outside, so it holds a lock that others get when it ends. The core must not run in the lock's callback: WebKit 2.50 crashes when
 * a thread that sleeps there is ended. The callback returns a promise that never settles. The core starts when the page has asked for
 * the lock: messages of a worker that is ended may be lost, and from then on the page needs none to find out.
 */
const SOURCE = `
const start = ({ module, memory, control, scratch, thread }) => {
  const abort = (...at) => { throw Error('assertion failed: ' + at) };
  new WebAssembly.Instance(module, { env: { memory, abort } }).exports.work(control, thread, scratch);
};
const { workerData } = globalThis.process?.getBuiltinModule?.('node:worker_threads') ?? {};
if (workerData) start(workerData);
else {
  onmessage = async ({ data }) => {
    const forever = new Promise(() => {});
    await new Promise((go) => {
      const hold = () => (go(), forever);
      navigator.locks?.request(data.lock, hold).catch(go) ?? go();
    });
    onmessage = () => {
      try { start(data); close() } catch (error) { reportError(error) }
    };
    postMessage(1);
  };
  postMessage(0);
}
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

const lose = (hand: Hand, thread: number, why: string): void => {
  hand.lost ??= new Error(`thread ${thread} has ended${why}`);
};

function startInNode(threads: typeof import('node:worker_threads'), orders: Orders): Hand {
  // none of the parent's flags: what they load or watch has no place in a thread that only multiplies
  const worker = new threads.Worker(SOURCE, { eval: true, workerData: orders, execArgv: [], name: 'simdescent' });
  worker.unref();
  // no listener may refer to the orders, which hold the memory
  const { thread } = orders;
  const hand: Hand = { lost: undefined, gone: false, end: () => worker.terminate() };
  worker.on('error', (error) => {
    hand.lost ??= error;
  });
  worker.on('exit', (code) => {
    lose(hand, thread, ` (exit code ${code})`);
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
  const { thread } = orders;
  // sent when the worker runs: WebKit 2.50 never frees a message, and its memory, to one that is terminated before. No listener refers to `orders`
  let unsent: (Orders & { readonly lock: string }) | undefined = { ...orders, lock };
  const hand: Hand = {
    lost: undefined,
    gone: false,
    end: async () => {
      worker.terminate();
      hand.gone ||= unsent !== undefined;
      unsent = undefined;
      if (!hand.gone) await new Promise((resolve) => setTimeout(resolve, GRACE));
      hand.gone = true;
    },
  };
  worker.onerror = (event) => {
    event.preventDefault();
    lose(hand, thread, `: ${event.message || 'it could not be started'}`);
    hand.gone = true;
  };
  // first: it runs; then: it holds the lock, or is on a page without locks, which does without
  worker.onmessage = () => {
    if (unsent !== undefined) {
      try {
        worker.postMessage(unsent);
        unsent = undefined;
      } catch (error) {
        lose(hand, thread, `: ${error}`);
        void hand.end();
      }
      return;
    }
    const free = () => {
      lose(hand, thread, '');
      void hand.end();
    };
    navigator.locks?.request(lock, free).catch(() => undefined);
    worker.postMessage(1);
  };
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

/** Whether this thread may sleep on `words` of a shared memory until another wakes it, which a browser's main thread must not. */
export function maySleep(words: Int32Array): boolean {
  try {
    // not equal, or no time: it returns at once
    Atomics.wait(words, 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}
