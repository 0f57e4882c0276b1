/** Hands made for tests: trials whose results are a hash of settings and epochs, by workers that may lie. */

import { sha256 } from '../../src/sha256.ts';
import { type ComputeOptions, failure, type Hands, type Job, type Outcome } from '../../src/sweep/job.ts';
import { encodeUtf8 } from '../../src/utf8.ts';
import { randomFloats } from '../core.ts';

const hash = (value: unknown): string => sha256([encodeUtf8(JSON.stringify(value))]);

/** What an honest worker finds. */
function honest({ settings, epochs }: Pick<Job, 'settings' | 'epochs'>, worker: string): Outcome {
  const each = Array.from({ length: epochs }, (_, epoch) => hash([settings, epoch]));
  return {
    history: { loss: each.map((digest) => Number.parseInt(digest.slice(0, 8), 16) / 2 ** 32) },
    digests: each,
    digest: each.at(-1) ?? '',
    seconds: each.map(() => 0.1),
    worker,
  };
}

export type Lie = (outcome: Outcome, job: Job) => Outcome;

/** Several workers that finish in a random order. `lies` says what each of them makes of the truth, `fails` which trainings throw. */
export function workers(
  count: number,
  lies: Readonly<Record<string, Lie>> = {},
  seed = 1,
  fails: (job: Job) => boolean = () => false,
) {
  const next = randomFloats(seed);
  const idle = Array.from({ length: count }, (_, i) => `w${i}`);
  const computed: { job: Job; worker: string }[] = [];
  const dismissed: string[] = [];
  const forgotten: number[] = [];
  let made = count;
  let closed = 0;
  const hands: Hands = {
    get capacity() {
      return count;
    },
    async compute(job: Job, { signal, avoid, onEpoch }: ComputeOptions) {
      signal.throwIfAborted();
      const allowed = idle.filter((name) => !avoid.includes(name));
      // another one is started, as a pool does
      const worker = allowed[Math.floor(((next() + 1) / 2) * allowed.length)] ?? `w${made++}`;
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
      for (let rounds = Math.floor(4 * (next() + 1)); rounds >= 0; rounds--) await new Promise(setImmediate);
      signal.throwIfAborted();
      computed.push({ job, worker });
      if (!dismissed.includes(worker)) idle.push(worker);
      for (let epoch = 0; epoch < job.epochs; epoch++) onEpoch(epoch, { loss: 0 });
      const outcome = fails(job) ? failure(new RangeError('it does not fit'), worker) : honest(job, worker);
      return lies[worker]?.(outcome, job) ?? outcome;
    },
    dismiss(worker) {
      dismissed.push(worker);
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
    },
    forget(trials) {
      forgotten.push(...trials);
    },
    async close() {
      closed++;
    },
  };
  return {
    ...{ hands, computed, dismissed, forgotten },
    get closed() {
      return closed;
    },
  };
}
