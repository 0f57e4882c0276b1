/** A worker's side of a served sweep: asks for jobs over HTTP, says how far they are, answers; tries again while the network is away. */
import { getBuiltin } from '../../files/modules.ts';
import { linkFrom } from '../../queue-address.ts';
import { isObject, messageOf, show } from '../../validate.ts';
import { VERSION } from '../../version.ts';
import type { Engine, Receiver, Receiving } from '../queue/engine.ts';
import { TRIALS } from './paths.ts';

/** Milliseconds between signs of life. */
const BEAT = 4000;
/** Milliseconds before the next try: the first, and the longest. */
const AGAIN = { first: 250, most: 15_000 } as const;
/** Milliseconds that an answer of the server may take. */
const PATIENCE = 45_000;

/** What ends a worker. */
class Final extends Error {}
/** The server does not know this worker any longer: it was begun again, or had heard nothing for too long. */
class Unknown extends Error {}

type Answer = Readonly<Record<string, unknown>>;

/** @param link as `serve` gives it */
export function served(link: string): Engine {
  const where = linkFrom(link);
  return {
    send: () => Promise.reject(new Error('a sweep cannot be sent there: it is served by the sweep itself')),
    receive: async (receiving) => {
      const client = new Client(where.origin, where.token, receiving);
      await client.begin();
      return client;
    },
  };
}

/** What a worker calls itself; the server adds what makes it unique. */
function label(): string {
  const host = getBuiltin()?.('node:os').hostname() ?? 'page';
  return host.replace(/[^\w.-]/g, '-').slice(0, 40);
}

class Client implements Receiver {
  readonly #url: string;
  readonly #token: string;
  readonly #receiving: Receiving;
  readonly #working = new Set<Promise<void>>();
  /** Aborted when no more jobs are wanted. */
  readonly #closing = new AbortController();
  /** Resolves then. One promise: a listener for each wait would stay. */
  readonly #closed: Promise<void>;
  #key = '';
  #joining: Promise<void> | undefined;
  #away = false;
  #over = false;
  #taking: Promise<void> = Promise.resolve();

  constructor(origin: string, token: string, receiving: Receiving) {
    this.#url = `${origin}${TRIALS}`;
    this.#token = token;
    this.#receiving = receiving;
    this.#closed = new Promise((resolve) => this.#closing.signal.addEventListener('abort', () => resolve()));
  }

  /** @throws Error if the server cannot be reached, or refuses */
  async begin(): Promise<void> {
    try {
      await this.#join();
    } catch (error) {
      throw error instanceof Final ? error : new Error(`${this.#url} cannot be reached: ${messageOf(error)}`);
    }
    try {
      await this.#receiving.ready();
    } catch (error) {
      await this.#leave();
      throw error;
    }
    this.#taking = this.#takeAll();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#taking;
    await Promise.all(this.#working);
    if (!this.#over) await this.#leave();
  }

  async #leave(): Promise<void> {
    await this.#ask('leave', { key: this.#key }).catch(() => undefined);
  }

  async #takeAll(): Promise<void> {
    const { signal } = this.#closing;
    const { concurrency } = this.#receiving;
    for (let pause: number = AGAIN.first; !signal.aborted && !this.#over; ) {
      try {
        if (this.#working.size >= concurrency) {
          await Promise.race([...this.#working, this.#closed]);
          continue;
        }
        const { id, order } = await this.#ask('take', { key: this.#key }, signal);
        this.#back();
        pause = AGAIN.first;
        if (typeof id !== 'string') continue;
        const work = this.#work(id, order).finally(() => this.#working.delete(work));
        this.#working.add(work);
      } catch (error) {
        if (signal.aborted || this.#end(error)) return;
        if (error instanceof Unknown) {
          const why = await this.#join().then(
            () => undefined,
            (reason: unknown) => reason,
          );
          if (why === undefined || this.#end(why)) continue;
        }
        this.#lost(error);
        await Promise.race([new Promise((resolve) => setTimeout(resolve, pause)), this.#closed]);
        pause = Math.min(AGAIN.most, 2 * pause);
      }
    }
  }

  async #work(id: string, order: unknown): Promise<void> {
    const unwanted = new AbortController();
    const key = this.#key;
    const say = (what: unknown) =>
      this.#ask('say', { key, id, what })
        .then(({ wanted }) => {
          if (wanted === false) unwanted.abort(new Error('others have computed it'));
        })
        // what is said on the way may be lost; a server that does not know this worker wants nothing of it
        .catch((error: unknown) => {
          if (error instanceof Unknown || error instanceof Final) unwanted.abort(error);
        });
    const beat = setInterval(() => void say({}), BEAT);
    try {
      const reply = await this.#receiving.handle(order, (what) => void say(what), unwanted.signal);
      if (unwanted.signal.aborted) return;
      await this.#until(reply === undefined ? 'back' : 'answer', { key, id, reply });
    } catch (error) {
      this.#end(error);
    } finally {
      clearInterval(beat);
    }
  }

  /** Asks until the server has answered, for as long as it may still want to know. */
  async #until(what: string, body: Answer): Promise<void> {
    for (let pause: number = AGAIN.first; pause <= AGAIN.most; pause *= 2) {
      try {
        await this.#ask(what, body);
        return;
      } catch (error) {
        if (error instanceof Unknown || error instanceof Final) throw error;
        if (error instanceof Declined) return;
        this.#lost(error);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  /** Once at a time. */
  #join(): Promise<void> {
    this.#joining ??= this.#ask('join', { simdescent: VERSION, label: label() })
      .then(({ key }) => {
        if (typeof key !== 'string') throw new Final(`${this.#url} answered with ${show(key)}: not a served sweep`);
        this.#key = key;
      })
      .finally(() => {
        this.#joining = undefined;
      });
    return this.#joining;
  }

  /** @throws Final, Unknown or Declined by what the server says; any other Error if it does not answer */
  async #ask(what: string, body: Answer, signal?: AbortSignal): Promise<Answer> {
    const late = AbortSignal.timeout(PATIENCE);
    const response = await fetch(`${this.#url}${what}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.#token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    const fields = isObject(answer) ? (answer as Answer) : {};
    if (response.ok && fields.ended !== true) return fields;
    const why = typeof fields.error === 'string' ? fields.error : `HTTP ${response.status}`;
    if (response.ok || response.status === 410) {
      this.#over = true;
      throw new Final('the sweep has ended');
    }
    if (what === 'join' ? response.status < 500 : [401, 403].includes(response.status)) throw new Final(why);
    if (response.status === 404) throw new Unknown(why);
    if (response.status < 500) throw new Declined(why);
    throw new Error(why);
  }

  /** Whether the worker ends with this error. */
  #end(error: unknown): boolean {
    if (!(error instanceof Final)) return false;
    // a sweep that has ended is no error
    this.#receiving.end?.(this.#over ? undefined : error);
    this.#over = true;
    return true;
  }

  #lost(error: unknown): void {
    if (!this.#away) this.#receiving.away(`${this.#url} does not answer (${messageOf(error)}); trying again`);
    this.#away = true;
  }

  #back(): void {
    if (this.#away) this.#receiving.back();
    this.#away = false;
  }
}

/** An answer that the server does not take, and will not take later. */
class Declined extends Error {}
