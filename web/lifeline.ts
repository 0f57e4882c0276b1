/**
 * Finds out when a worker has ended. Browsers say nothing of one that was ended from outside, for want of memory say, so each one holds a
 * lock for as long as it lives. Pages that are not in a secure context have no locks, and no such notice.
 */

/** In the worker: resolves when the lock is held. */
export const hold = (lock: string): Promise<void> =>
  new Promise((resolve) => {
    if (!navigator.locks) resolve();
    void navigator.locks?.request(lock, () => {
      resolve();
      return new Promise(() => undefined);
    });
  });

/** In the page, when the worker holds its lock: calls `ended` when the lock is released, unless `signal` is aborted before. */
export function watch(lock: string, signal: AbortSignal, ended: () => void): void {
  navigator.locks?.request(lock, { signal }, ended).catch(() => undefined); // aborted
}
