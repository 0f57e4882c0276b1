/** `simdescent worker`: finds the data, takes orders of a queue, drains when it is asked to end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFashionMnist } from '../../datasets/index.ts';
import { work } from '../../sweep/index.ts';
import { EXIT } from '../errors.ts';
import { listen } from '../interrupt.ts';
import { display } from '../progress.ts';
import { goOnWithoutOutput } from '../streams.ts';
import { checkJob, digestOfData } from './about.ts';
import { builtInPool, checkAddress } from './built-in.ts';
import { shownValue } from './text.ts';

export interface WorkerRequest {
  readonly queue: string;
  readonly workers: number;
  readonly lease: number;
  readonly data: string | undefined;
}

/** Ends with 0 after a drain, so that systemd and Kubernetes see that nothing went wrong. */
export async function working({ queue, workers, lease, data }: WorkerRequest): Promise<number> {
  checkAddress(queue);
  const shown = display(process.stdout);
  const interrupt = listen(() => shown.note('finishing the trials under way; once more to leave at once'));
  const { signal } = interrupt;
  const checkpoints = await mkdtemp(join(tmpdir(), 'simdescent-worker-'));
  try {
    const set = await loadFashionMnist({ data, apt: true, signal, onProgress: shown.data });
    shown.stop();
    goOnWithoutOutput();
    const about = await digestOfData(set);
    shown.line(`${workers} at a time, ${about}`);
    await work({
      ...{ url: queue, lease, about, signal, onNote: shown.note },
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
