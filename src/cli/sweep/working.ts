/** `simdescent worker`: joins a queue, finds the data, takes orders, drains when it is asked to end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFashionMnist } from '../../datasets/index.ts';
import { isLink } from '../../queue-address.ts';
import { work } from '../../sweep/index.ts';
import { EXIT, UsageError } from '../errors.ts';
import { listen } from '../interrupt.ts';
import { display } from '../progress.ts';
import { goOnWithoutOutput } from '../streams.ts';
import { checkJob, digestOfData } from './about.ts';
import { builtInPool, checkAddress } from './built-in.ts';
import { shownValue } from './text.ts';

export interface WorkerRequest {
  readonly queue: string;
  /** Name of the queue; undefined: the default one. */
  readonly name: string | undefined;
  readonly workers: number;
  readonly lease: number;
  readonly data: string | undefined;
}

/** Ends with 0 after a drain, so that systemd and Kubernetes see that nothing went wrong. */
export async function working({ queue, name, workers, lease, data }: WorkerRequest): Promise<number> {
  checkAddress(queue);
  if (name !== undefined && isLink(queue)) throw new UsageError('--queue-name: a served sweep has no name');
  const shown = display(process.stdout);
  const interrupt = listen(() => shown.note('finishing the trials under way; once more to leave at once'));
  const { signal } = interrupt;
  const checkpoints = await mkdtemp(join(tmpdir(), 'simdescent-worker-'));
  try {
    goOnWithoutOutput();
    await work({
      ...{ url: queue, lease, signal, onNote: shown.note },
      ...(name !== undefined && { name }),
      // nobody downloads them for a queue that is not there
      async about() {
        const set = await loadFashionMnist({ data, apt: true, signal, onProgress: shown.data });
        shown.stop();
        const about = await digestOfData(set);
        shown.line(`${workers} at a time, ${about}`);
        return about;
      },
      hands: builtInPool(data, checkpoints, workers, shown.note),
      check: checkJob,
      onJob({ trial, settings, epochs }) {
        const words = Object.entries(settings).map(([name, value]) => `${name} ${shownValue(value)}`);
        shown.line(`trial ${trial}  ${words.join('  ')}  ${epochs} epochs`);
      },
    });
    return EXIT.done;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return interrupt.exitCode ?? EXIT.done;
    throw error;
  } finally {
    shown.stop();
    interrupt.dispose();
    await rm(checkpoints, { recursive: true, force: true });
  }
}
