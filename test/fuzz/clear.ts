import { expect } from 'vitest';
import { printable } from '../../src/validate.ts';

/** What an Error says that was thrown by accident, not by a check. */
const ACCIDENT =
  /is not (a function|iterable|defined|an object|a constructor)|Cannot (read|convert|set|destructure|mix)|call stack|Invalid (array|typed array|string) length|(of|is) undefined|undefined is|\[object \w|circular|out of memory|out of bounds/i;

/** Refuses an Error that no check has thrown, or whose message a terminal should not show. */
export function expectClear(error: unknown): void {
  expect(error).toBeInstanceOf(Error);
  // of the test itself
  if ((error as Error).name === 'AssertionError') throw error;
  const { message } = error as Error;
  if (message === '' || message.length > 2000 || ACCIDENT.test(message) || printable(message) !== message)
    throw new Error(`not a clear message: ${JSON.stringify(message.slice(0, 300))}`);
}
