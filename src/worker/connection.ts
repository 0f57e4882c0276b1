/** Calls over an endpoint: each gets its answer, or an Error when the worker ends, whatever it ends of. */

import type { Call } from './call.ts';
import { type Endpoint, endpointOf } from './endpoint.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Host } from './host.ts';
import { errorOf, type Reply, Transferred, transfersOf } from './protocol.ts';

/** A method of the host as the client calls it. */
type Remote<F> = F extends (call: Call, ...args: infer Args) => infer Result
  ? (...args: Args) => Awaited<Result>
  : never;
export type Methods = { readonly [K in keyof Host]: Remote<Host[K]> };

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly transfer?: ArrayBuffer[];
  /**
   * Events of the call; what it returns, or its promise gives, is the answer to one that asks. An Error or a rejection ends the call, with
   * that; the call settles when all promises have.
   */
  readonly onEvent?: (event: string, value: unknown) => unknown;
}

/** Milliseconds without an answer after which a worker counts as lost where nobody tells: far more than a large step takes. */
const PATIENCE = 60_000;

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  readonly onEvent: CallOptions['onEvent'];
  /** Handlers of its events that have not returned, or whose promises have not settled. */
  telling: number;
  /** Why the call ends, if the client has ended it: `final` where no answer of the worker can make it good. */
  reason?: { readonly error: unknown; readonly final: boolean };
  /** Settles the call: the worker has answered, and only handlers are waited for. */
  finish?: () => void;
}

export class Connection {
  readonly #endpoint: Endpoint;
  readonly #pending = new Map<number, Pending>();
  readonly #watch = new AbortController();
  readonly #onLost: ((error: Error) => void) | undefined;
  #heartbeat: Heartbeat | undefined;
  #calls = 0;
  #closed: string | undefined;

  constructor(worker: Parameters<typeof endpointOf>[0], onLost: ((error: Error) => void) | undefined) {
    this.#onLost = onLost;
    this.#endpoint = endpointOf(worker, {
      message: (data) => this.#take(data as Reply),
      lost: (reason) => this.#lose(reason),
    });
    this.#endpoint.busy(false);
  }

  call<M extends keyof Methods>(
    method: M,
    args: Parameters<Methods[M]>,
    { signal, transfer = [], onEvent }: CallOptions = {},
  ): Promise<ReturnType<Methods[M]>> {
    const id = ++this.#calls;
    let pending: Pending | undefined;
    const abort = (): void => {
      if (pending === undefined || pending.reason !== undefined) return;
      pending.reason = { error: signal?.reason, final: pending.finish !== undefined };
      this.#endpoint.post({ abort: id }, []);
      pending.finish?.();
    };
    return new Promise<ReturnType<Methods[M]>>((resolve, reject) => {
      if (this.#closed !== undefined) throw new Error(this.#closed);
      signal?.throwIfAborted();
      this.#endpoint.post({ id, method, args }, transfer);
      pending = { resolve, reject, onEvent, telling: 0 };
      this.#pending.set(id, pending);
      this.#awaits();
      signal?.addEventListener('abort', abort);
    }).finally(() => signal?.removeEventListener('abort', abort));
  }

  /**
   * Finds out when the worker has ended without a word, as one does that its page has terminated: it holds a lock of this name as long
   * as it lives. Where there are no locks, or `milliseconds` are given, it is asked.
   */
  watch(lock: string | undefined, milliseconds?: number): void {
    if (lock !== undefined)
      globalThis.navigator?.locks
        ?.request(lock, { signal: this.#watch.signal }, () => this.#lose('it has been terminated'))
        .catch(() => undefined);
    const told = lock !== undefined || this.#endpoint.tells;
    const most = milliseconds ?? (told ? Number.POSITIVE_INFINITY : PATIENCE);
    if (most === Number.POSITIVE_INFINITY) return;
    this.#heartbeat = new Heartbeat(
      most,
      () => this.#endpoint.post({ ping: true }, []),
      () => this.#lose(`it has not answered for ${most / 1000} s`),
    );
    this.#awaits();
  }

  close(): void {
    this.#end('the client has been disposed of');
  }

  #lose(reason: string): void {
    const message = `the worker has ended, and its models with it: ${reason}`;
    if (this.#end(message)) this.#onLost?.(new Error(message));
  }

  /** Rejects all that is pending; false if that has been done. */
  #end(message: string): boolean {
    if (this.#closed !== undefined) return false;
    this.#closed = message;
    this.#watch.abort();
    this.#endpoint.end();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#heartbeat?.listen(false);
    for (const { reject } of pending) reject(new Error(message));
    return true;
  }

  /** Says whether anything is awaited. */
  #awaits(): void {
    const awaited = this.#pending.size > 0;
    this.#endpoint.busy(awaited);
    this.#heartbeat?.listen(awaited);
  }

  #take({ id, event, value, ask, error }: Reply): void {
    this.#heartbeat?.heard();
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    if (event !== undefined) {
      if (pending.reason === undefined) void this.#tell(id, pending, event, value, ask);
      return;
    }
    pending.finish = () => {
      this.#pending.delete(id);
      this.#awaits();
      const { reason } = pending;
      if (reason !== undefined && (error !== undefined || reason.final)) pending.reject(reason.error);
      else if (error !== undefined) pending.reject(errorOf(error));
      else pending.resolve(value as never);
    };
    // what handlers are still at may fail, and the call with it
    if (error !== undefined || pending.telling === 0) pending.finish();
  }

  async #tell(id: number, pending: Pending, event: string, value: unknown, ask: number | undefined): Promise<void> {
    pending.telling++;
    try {
      const answer = await pending.onEvent?.(event, value);
      if (ask === undefined) return;
      const moved = answer instanceof Transferred;
      const sent = moved ? answer.value : answer;
      this.#endpoint.post({ answer: ask, value: sent }, moved ? transfersOf(sent) : []);
    } catch (error) {
      if (pending.reason !== undefined) return;
      pending.reason = { error, final: true };
      this.#endpoint.post({ abort: id }, []);
    } finally {
      if (--pending.telling === 0) pending.finish?.();
    }
  }
}
