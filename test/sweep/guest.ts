/** A worker of a served sweep that asks by hand, so that it can do what no honest one does. */
import type { Job, Outcome } from '../../src/sweep/job.ts';
import { found } from '../../src/sweep/queue/orders.ts';
import { VERSION } from '../../src/version.ts';

export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Taken {
  readonly id: string;
  readonly job: Job;
}

/** Sends anything to a served sweep. */
export async function ask(
  url: string,
  what: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const { origin, hash } = new URL(url);
  const response = await fetch(`${origin}/trials/${what}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${hash.replace('#token=', '')}`, ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answered['body'] };
}

export class Guest {
  readonly #url: string;
  readonly key: string;
  readonly name: string;

  private constructor(url: string, key: string, name: string) {
    [this.#url, this.key, this.name] = [url, key, name];
  }

  static async join(url: string, label = 'guest'): Promise<Guest> {
    const { body } = await ask(url, 'join', { simdescent: VERSION, label });
    return new Guest(url, String(body.key), String(body.worker));
  }

  /** Status 0: nobody answers any more. A sweep that ends waits for guests that it has, and not for those that it has sent away. */
  ask(what: string, body: object = {}): Promise<Answered> {
    return ask(this.#url, what, { key: this.key, ...body }).catch(() => ({ status: 0, body: {} }));
  }

  /** The next trial; undefined if this guest gets no more. */
  async take(): Promise<Taken | undefined> {
    for (;;) {
      const { status, body } = await this.ask('take');
      if (status !== 200) return undefined;
      if (typeof body.id === 'string') return { id: body.id, job: (body.order as { job: Job }).job };
    }
  }

  answer({ id, job }: Taken, outcome: Outcome): Promise<Answered> {
    return this.ask('answer', { id, reply: found(job, outcome, this.name) });
  }

  /** Answers all that it gets until it gets no more. */
  async work(compute: (job: Job) => Promise<Outcome>): Promise<number> {
    for (let count = 0; ; count++) {
      const taken = await this.take();
      if (taken === undefined) return count;
      await this.answer(taken, await compute(taken.job));
    }
  }
}
