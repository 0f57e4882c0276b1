/** Trials of the built-in models: who computes them here, what data they are about, and whether settings of strangers are such trials. */
import { createHash } from 'node:crypto';
import type { FashionMnist } from '../../datasets/index.ts';
import { addressOf } from '../../queue-address.ts';
import { type Hands, type Job, processes } from '../../sweep/index.ts';
import { UsageError } from '../errors.ts';
import { checkSpec, specFrom } from './spec.ts';
import type { Context } from './trial.ts';

/** Processes of this machine that compute them, which find the data as this program did. */
export function builtInPool(
  data: string | undefined,
  checkpoints: string,
  workers: number,
  note: (text: string) => void,
): Hands {
  const context: Context = { data };
  return processes({
    ...{ module: new URL('./sweep-trial.js', import.meta.url), workers, context, checkpoints },
    onOutput: (text) => text.trim() && note(text.trim()),
  });
}

/** SHA-256 of all images and labels, by which a sweep and its workers know that they have the same. */
export function digestOfData({ train, test }: FashionMnist): string {
  const hash = createHash('sha256');
  for (const { images, labels } of [train, test]) hash.update(images.data).update(labels.data);
  return `Fashion-MNIST ${hash.digest('hex')}`;
}

/** Settings of strangers are checked like those of a spec. @throws UsageError that names the setting */
export function checkJob({ settings, epochs }: Pick<Job, 'settings' | 'epochs'>): void {
  const space = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, [value]]));
  checkSpec(specFrom({ space, objective: 'loss', epochs }));
}

/** @throws UsageError for anything but the address of a queue */
export function checkAddress(queue: string): void {
  try {
    addressOf(queue);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message, { cause: error }) : error;
  }
}
