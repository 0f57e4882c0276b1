/** Who computes trials of the built-in models: processes of this machine, or workers of a queue. */
import { addressOf, isLink, linkFrom } from '../../queue-address.ts';
import { type Hands, processes } from '../../sweep/index.ts';
import { UsageError } from '../errors.ts';
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

/** @throws UsageError for anything but the address of a queue, or the link of a served sweep */
export function checkAddress(queue: string): void {
  try {
    if (isLink(queue)) linkFrom(queue);
    else addressOf(queue);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message, { cause: error }) : error;
  }
}
