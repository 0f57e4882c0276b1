/**
 * Jobs that guests take over a network, and that hands of this machine compute meanwhile. Guests are strangers: what they send is checked, what they keep too long
 * goes to others, and none of them decides about the results of another while this machine can.
 */
import { isObject, messageOf } from '../../validate.ts';
import { unlessAborted } from '../aborts.ts';
import type { ComputeOptions, Hands, Job, Outcome } from '../job.ts';
import { type Order, orderOf, replyFrom, wordFrom } from '../queue/orders.ts';

/** A worker that has joined. */
export interface Guest {
  /** Its name in the results, which this side gives. */
  readonly name: string;
  /** Jobs that it has. */
  readonly has: Set<string>;
  /** Answers that were none, and trials that failed. */
  mistakes: number;
  /** When it gave the last sign of life, in milliseconds. */
  heard: number;
  /** Resolves what it waits for. */
  give: ((taken: Taken | undefined) => void) | undefined;
}

/** A job that a guest has got. */
export interface Taken {
  readonly id: string;
  readonly order: Order;
}

export interface BoardOptions {
  readonly about: string;
  /** Compute here, too. */
  readonly hands: Hands | undefined;
  /** Milliseconds without a sign of life after which a guest has left. */
  readonly lease: number;
  /** Part of the names of guests, other than in earlier runs. */
  readonly run: string;
  readonly note: (text: string) => void;
  readonly now: () => number;
}

/** Thrown for a message of a guest that is refused. */
export class Refused extends Error {
  /** As HTTP has it. */
  readonly status: number;

  constructor(status: number, why: string) {
    super(why);
    this.status = status;
  }
}

const MOST_GUESTS = 1000;
/** Jobs of one guest at a time. */
const MOST_TAKEN = 256;
/** Mistakes after which a guest is sent away. */
const MOST_MISTAKES = 3;
/** Guests that failed at a job, or left with it, after which no other one gets it. */
const MOST_FAILURES = 10;

/** A job that has no result yet. */
interface Open extends Taken {
  readonly job: Job;
  readonly options: ComputeOptions;
  readonly avoid: Set<string>;
  readonly failures: string[];
  /** Keys of guests that say that the trial fails. */
  readonly accused: string[];
  /** Who computes it. */
  holder: Guest | 'here' | undefined;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

export class Board implements Hands {
  readonly #options: BoardOptions;
  readonly #open = new Map<string, Open>();
  readonly #guests = new Map<string, Guest>();
  /** Guests that were sent away, and why. */
  readonly #sentAway = new Map<string, string>();
  /** Names of all that have computed here, but for those that are dismissed. */
  readonly #names = new Set<string>();
  readonly secret: number;
  #count = 0;
  #here = 0;
  /** Whether the sweep has ended. */
  ended = false;

  constructor(options: BoardOptions, secret: number) {
    this.#options = options;
    this.secret = secret;
  }

  get capacity(): number {
    return Math.max(256, 2 * this.#guests.size);
  }

  async compute(job: Job, options: ComputeOptions): Promise<Outcome> {
    const { signal, avoid } = options;
    const id = String(++this.#count);
    const order = orderOf(job, [], this.#options.about);
    try {
      return await unlessAborted<Outcome>(signal, (resolve, reject) => {
        const open = { id, order, job, options, avoid: new Set(avoid), failures: [], accused: [], holder: undefined };
        this.#open.set(id, { ...open, resolve, reject });
        this.#offer();
      });
    } finally {
      const holder = this.#open.get(id)?.holder;
      if (typeof holder === 'object') holder.has.delete(id);
      this.#open.delete(id);
    }
  }

  dismiss(worker: string, reason: string): void {
    this.#names.delete(worker);
    const found = [...this.#guests].find(([, { name }]) => name === worker);
    if (found !== undefined) this.#sendAway(found[0], `the results of this worker are wrong: ${reason}`);
    // one that has left has nothing to lose
    else if (!worker.endsWith(`-${this.#options.run}`)) this.#options.hands?.dismiss(worker, reason);
  }

  forget(trials: readonly number[]): void {
    this.#options.hands?.forget?.(trials);
  }

  async close(): Promise<void> {
    this.ended = true;
    for (const guest of this.#guests.values()) guest.give?.(undefined);
    await this.#options.hands?.close();
  }

  /** @param label what the guest calls itself: a host, say */
  join(key: string, label: string): Guest {
    if (this.#guests.size >= MOST_GUESTS) throw new Refused(503, `there are ${MOST_GUESTS} workers already`);
    const name = `${label}-${++this.#count}-${this.#options.run}`;
    const guest = { name, has: new Set<string>(), mistakes: 0, heard: this.#options.now(), give: undefined };
    this.#guests.set(key, guest);
    return guest;
  }

  /** @throws Refused for one that has not joined, has left or was sent away */
  guest(key: string): Guest {
    const why = this.#sentAway.get(key);
    if (why !== undefined) throw new Refused(403, why);
    const guest = this.#guests.get(key);
    if (guest === undefined) throw new Refused(404, 'this worker has not joined, or was away too long');
    guest.heard = this.#options.now();
    return guest;
  }

  /** The next job for a guest, as soon as there is one; undefined after the signal was aborted, or when the sweep ends. */
  async take(guest: Guest, signal: AbortSignal): Promise<Taken | undefined> {
    if (this.ended || signal.aborted) return undefined;
    if (guest.has.size >= MOST_TAKEN) throw new Refused(409, `a worker may have ${MOST_TAKEN} trials at a time`);
    // another request of the same guest waits no longer
    guest.give?.(undefined);
    const taken = await new Promise<Taken | undefined>((resolve) => {
      guest.give = resolve;
      signal.addEventListener('abort', () => {
        if (guest.give === resolve) guest.give = undefined;
        resolve(undefined);
      });
      this.#offer();
    });
    guest.heard = this.#options.now();
    return taken;
  }

  /** @returns whether the guest should go on with it */
  say(guest: Guest, id: string, what: unknown): boolean {
    const open = this.#held(guest, id);
    const word = open && wordFrom(what, open.order);
    if (word !== undefined && 'epoch' in word) open?.options.onEpoch(word.epoch, word.logs);
    return open !== undefined;
  }

  /** @throws Refused for an answer to what the guest does not have, or one that is none */
  answer(key: string, id: string, reply: unknown): void {
    const guest = this.guest(key);
    const open = this.#held(guest, id);
    if (open === undefined) throw new Refused(409, 'this worker does not have that trial, or has it no longer');
    try {
      // whatever it calls itself
      const named = isObject(reply) && !Array.isArray(reply) ? { ...reply, worker: guest.name } : reply;
      const found = replyFrom(named, { ...open.order, avoid: [] });
      if ('error' in found) {
        this.#failed(open, guest, found.error);
        this.#mistake(key, guest, `its trials fail: ${found.error}`);
      } else if (found.failed !== undefined && this.#options.hands !== undefined) {
        // perhaps for want of memory there: this machine decides
        open.accused.push(key);
        this.#failed(open, guest, found.failed);
      } else {
        this.#names.add(guest.name);
        open.resolve(found);
      }
    } catch (error) {
      const why = messageOf(error);
      this.#failed(open, guest, why);
      this.#mistake(key, guest, `its answers are none: ${why}`);
      throw new Refused(400, why);
    }
  }

  /** A guest does not compute a job after all, which is no mistake. */
  giveBack(guest: Guest, id: string): void {
    const open = this.#held(guest, id);
    if (open !== undefined) this.#putBack(open);
  }

  /** What a guest has goes to others. */
  leave(key: string): void {
    const guest = this.#guests.get(key);
    if (guest === undefined) return;
    this.#guests.delete(key);
    guest.give?.(undefined);
    guest.give = undefined;
    for (const id of guest.has) {
      const open = this.#open.get(id);
      if (open !== undefined) this.#failed(open, guest, 'its worker left');
    }
  }

  /** Guests that have been silent for too long have left. Called now and then. */
  sweepUp(): void {
    const late = this.#options.now() - this.#options.lease;
    for (const [key, { heard, give }] of this.#guests) if (give === undefined && heard < late) this.leave(key);
  }

  get guests(): number {
    return this.#guests.size;
  }

  #held(guest: Guest, id: string): Open | undefined {
    const open = this.#open.get(id);
    return open?.holder === guest ? open : undefined;
  }

  /** Gives jobs to whoever waits. */
  #offer(): void {
    const { hands } = this.#options;
    const waiting = [...this.#guests.values()].filter(({ give }) => give !== undefined);
    let free = hands === undefined ? 0 : hands.capacity - this.#here;
    for (const open of this.#open.values()) {
      if (free <= 0 && waiting.length === 0) return;
      if (open.holder !== undefined) continue;
      const at = this.#isOurs(open) ? -1 : waiting.findIndex(({ name }) => !open.avoid.has(name));
      const [guest] = at < 0 ? [] : waiting.splice(at, 1);
      if (guest !== undefined) {
        const { give } = guest;
        guest.give = undefined;
        guest.has.add(open.id);
        open.holder = guest;
        give?.({ id: open.id, order: open.order });
      } else if (hands !== undefined && free > 0) {
        free--;
        void this.#computeHere(hands, open);
      }
    }
  }

  /** What one has computed, or failed at, is computed again here if anything is: so guests cannot agree on a lie. */
  #isOurs({ avoid, failures }: Open): boolean {
    return (
      this.#options.hands !== undefined && (failures.length > 0 || [...avoid].some((name) => this.#names.has(name)))
    );
  }

  async #computeHere(hands: Hands, open: Open): Promise<void> {
    open.holder = 'here';
    this.#here++;
    try {
      const outcome = await hands.compute(open.job, { ...open.options, avoid: [...open.avoid] });
      this.#names.add(outcome.worker);
      for (const key of outcome.failed === undefined ? open.accused : []) {
        const guest = this.#guests.get(key);
        if (guest !== undefined) this.#mistake(key, guest, 'its trials fail, and not here');
      }
      open.resolve(outcome);
    } catch (error) {
      open.reject(error);
    } finally {
      this.#here--;
      // when the result has been told: there may be new jobs
      setTimeout(() => this.#offer());
    }
  }

  #failed(open: Open, guest: Guest, why: string): void {
    open.failures.push(why);
    open.avoid.add(guest.name);
    if (this.#options.hands === undefined && open.failures.length >= MOST_FAILURES)
      open.reject(new Error(`it failed ${MOST_FAILURES} times: ${why}`));
    else this.#putBack(open);
  }

  #putBack(open: Open): void {
    if (typeof open.holder === 'object') open.holder.has.delete(open.id);
    open.holder = undefined;
    this.#offer();
  }

  #mistake(key: string, guest: Guest, why: string): void {
    if (++guest.mistakes >= MOST_MISTAKES) this.#sendAway(key, why);
  }

  #sendAway(key: string, why: string): void {
    const name = this.#guests.get(key)?.name;
    this.#sentAway.set(key, why);
    const [first] = this.#sentAway.keys();
    if (this.#sentAway.size > MOST_GUESTS && first !== undefined) this.#sentAway.delete(first);
    this.leave(key);
    this.#options.note(`worker ${name} is sent away: ${why}`);
  }
}
