/** How the command line fails: 1 when something went wrong, 2 when it was asked for wrongly, 128 + n after signal n. */

/** The command was used wrongly: nothing was started. */
export class UsageError extends Error {}

export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** One line, however many the message had. */
export const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message || error.name : String(error)).replace(/\s*\n\s*/g, ' ').trim();

/** Whether an Error of the system means that its reader has gone, as `| head` does. */
export const isBrokenPipe = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EPIPE';
