/** Exit codes: 1 when something went wrong, 2 for wrong usage, 128 + n after signal n. */
import { printable } from '../validate.ts';

/** Wrong usage: nothing has been started. */
export class UsageError extends Error {}

export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** One line, however many the message had, without what moves a terminal's cursor or colours it: a file's name may be in it. */
export const oneLine = (error: unknown): string =>
  printable((error instanceof Error ? error.message || error.name : String(error)).replace(/\s*\n\s*/g, ' ').trim());

/** Whether a write failed because the pipe has no reader, as behind `| head`. */
export const isBrokenPipe = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EPIPE';
