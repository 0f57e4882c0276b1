/** Trains what a sweep asks for, away from the page, so that the tab never freezes. Trials are settings of the built-in models; nothing that comes is run as code. */
import { checkJob, digestOfData } from '../../src/cli/sweep/about.ts';
import { run } from '../../src/cli/sweep/trial.ts';
import { type FashionMnist, loadFashionMnist } from '../../src/datasets/index.ts';
import { functions, type Hands, work } from '../../src/sweep/index.ts';
import { messageOf } from '../../src/validate.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/** Checkpoints that are kept: those of the latest trials may go on here. */
const KEPT = 8;

const post = (message: FromWorker): void => self.postMessage(message);

/** The latest few checkpoints, in memory. */
function latest() {
  const kept = new Map<string, Uint8Array>();
  return {
    get: async (name: string) => kept.get(name),
    async put(name: string, bytes: Uint8Array) {
      kept.set(name, bytes);
      const [oldest] = kept.keys();
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    },
    async remove(prefix: string) {
      for (const name of [...kept.keys()]) if (name.startsWith(prefix)) kept.delete(name);
    },
  };
}

/** Hands that train here, tell the page, and stop with the worker. The images are there before the first trial. */
function handsOf(stopped: AbortSignal): Hands {
  const inner = functions({ run: (task) => run(task, { ...(loaded && { set: loaded.set }) }), store: latest() });
  return {
    ...inner,
    async compute(job, options) {
      const { trial, settings, epochs } = job;
      post({ job: { trial, settings, epochs } });
      try {
        const outcome = await inner.compute(job, {
          ...options,
          signal: AbortSignal.any([options.signal, stopped]),
          onEpoch(epoch, logs) {
            options.onEpoch(epoch, logs);
            post({ epoch, logs });
          },
        });
        if (outcome.failed !== undefined) post({ note: `trial ${trial} failed here: ${outcome.failed}` });
        post(outcome.failed === undefined ? { done: true } : { dropped: true });
        return outcome;
      } catch (error) {
        post({ dropped: true });
        throw error;
      }
    },
  };
}

let loaded: { readonly set: FashionMnist; readonly about: string } | undefined;
let stopping = new AbortController();

async function load(data: string) {
  const received = new Map<string, number>();
  const set = await loadFashionMnist({
    data,
    onProgress({ file, received: bytes }) {
      received.set(file, bytes);
      post({ received: [...received.values()].reduce((a, b) => a + b, 0) });
    },
  });
  return { set, about: await digestOfData(set) };
}

async function lend(link: string, data: string): Promise<void> {
  stopping = new AbortController();
  const { signal } = stopping;
  try {
    await work({
      ...{ url: link, signal, check: checkJob, hands: handsOf(signal) },
      // when the link has turned out to be right
      async about() {
        loaded ??= await load(data);
        post({ ready: true });
        return loaded.about;
      },
      onNote: (note) => post({ note }),
    });
    post({ ended: signal.aborted ? 'stopped' : 'over' });
  } catch (error) {
    post(signal.aborted ? { ended: 'stopped' } : { failed: messageOf(error) });
  }
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if ('start' in data) void lend(data.start.link, data.start.data);
  else stopping.abort(new Error('the tab was taken back'));
};
