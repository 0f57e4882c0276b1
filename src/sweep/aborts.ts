/** Many promises that end with one signal. */

/** What waits for each signal: one listener calls all of them, since Node warns of more than ten listeners. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

function allOf(signal: AbortSignal): Set<() => void> {
  const known = waiting.get(signal);
  if (known !== undefined) return known;
  const made = new Set<() => void>();
  waiting.set(signal, made);
  signal.addEventListener('abort', () => {
    for (const abort of made) abort();
  });
  return made;
}

/** A promise that rejects with the signal's reason when it is aborted. Any number of them may wait for one signal. */
export async function unlessAborted<T>(
  signal: AbortSignal,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  signal.throwIfAborted();
  const all = allOf(signal);
  let abort = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      abort = () => reject(signal.reason);
      all.add(abort);
      start(resolve, reject);
    });
  } finally {
    all.delete(abort);
  }
}
