/** A queue in memory, whose server may lose everything, and a sweep on it. */
import type { Engine, Heard, Receiving, Seen } from '../../src/sweep/queue/engine.ts';
import { QueueHands } from '../../src/sweep/queue/hands.ts';
import { workWith } from '../../src/sweep/queue/work.ts';
import { sweep } from '../../src/sweep/sweep.ts';
import { randomFloats } from '../core.ts';
import { workers } from './hands.ts';

/** As JSON makes it. */
export const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

interface Held {
  readonly order: unknown;
  seen: Seen;
  taken: boolean;
}

/** Workers take orders in turn, one of them as many as it likes. */
export class Memory implements Engine {
  readonly orders = new Map<string, Held>();
  heard: Heard | undefined;
  readonly #receivers = new Set<Receiving>();
  readonly #random = randomFloats(7);
  /** What becomes of an answer on its way. */
  change: (reply: unknown) => unknown = (reply) => reply;
  /** What a worker gives back is offered to nobody, as if it were put off by a clock that is ahead. */
  late = false;
  /** The server is away: who looks waits. */
  away = false;
  /** Looks that have begun. */
  looks = 0;
  /** Words of workers do not arrive. */
  silent = false;

  async send(heard: Heard) {
    this.heard = heard;
    return {
      put: async (id: string, _: string, order: unknown) => {
        if (!this.orders.has(id)) this.orders.set(id, { order: sent(order), seen: { done: false }, taken: false });
        this.#offer();
      },
      look: (id: string) => {
        this.looks++;
        return this.away ? new Promise<Seen>(() => undefined) : Promise.resolve(this.orders.get(id)?.seen);
      },
      remove: async (id: string) => void this.orders.delete(id),
      waiting: async () => this.#waiting().length,
      empty: async () => {
        for (const [id] of this.#waiting()) this.orders.delete(id);
      },
      close: async () => undefined,
    };
  }

  async receive(receiving: Receiving) {
    await receiving.ready();
    this.#receivers.add(receiving);
    this.#offer();
    return { close: async () => void this.#receivers.delete(receiving) };
  }

  lose(): void {
    this.orders.clear();
    this.heard?.back();
  }

  #waiting() {
    return [...this.orders].filter(([, { seen, taken }]) => !seen.done && !taken);
  }

  #offer(): void {
    for (const [id, one] of this.orders) {
      const all = [...this.#receivers];
      // not in step: an order that one of them declines would always come to that one
      const receiving = this.late ? all[Math.floor(((this.#random() + 1) / 2) * all.length)] : all[0];
      if (one.taken || receiving === undefined) continue;
      one.taken = true;
      this.#receivers.delete(receiving);
      this.#receivers.add(receiving);
      void this.#give(id, one, receiving);
    }
  }

  async #give(id: string, one: Held, receiving: Receiving): Promise<void> {
    const reply = await receiving.handle(one.order, (what) => {
      one.seen = { done: false, said: sent(what) };
      if (!this.silent) this.heard?.said(id, sent(what));
    });
    if (this.orders.get(id) !== one) return;
    if (reply === undefined) {
      if (this.late) return;
      // some time, so that orders which each worker but one declines do not go round in step for ever
      for (let rounds = Math.floor(3 * (this.#random() + 1)); rounds >= 0; rounds--) await new Promise(setImmediate);
      one.taken = false;
      return this.#offer();
    }
    one.seen = { done: true, reply: sent(this.change(reply)) };
    this.heard?.done(id);
  }
}

export const OPTIONS = {
  space: { rate: { log: [1e-3, 0.1] }, kind: ['a', 'b'] },
  objective: 'loss',
  search: { method: 'hyperband', draws: 'tpe', startup: 5 },
  epochs: 9,
} as const;

interface OnQueue {
  readonly about?: string;
  readonly notes?: string[];
  readonly verify?: number;
  readonly onEpoch?: (trial: number, epoch: number) => void;
}

/** A sweep with honest workers of these names. */
export async function onQueue(
  engine: Memory,
  names: readonly string[],
  { about = 'data', notes = [], verify = 0, onEpoch }: OnQueue = {},
) {
  const end = new AbortController();
  const working = names.map((worker) =>
    workWith(engine, { hands: workers(2).hands, worker, about: 'data', signal: end.signal }),
  );
  const ends = Promise.allSettled(working);
  const hands = await QueueHands.of(engine, { about, onNote: (text) => notes.push(text) });
  try {
    return await sweep({ ...OPTIONS, hands, verify, ...(onEpoch && { onEpoch }), onNote: (text) => notes.push(text) });
  } finally {
    end.abort();
    await ends;
  }
}
