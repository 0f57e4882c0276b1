/** Loaded before each test file: arrays that are the same to the last bit are found equal at once. Vitest compares element by element, seconds for a megabyte. */
import { expect } from 'vitest';

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** True for the same bits in arrays of one kind; undefined leaves the answer, and what a failure says, to Vitest. */
function same(a: unknown, b: unknown): boolean | undefined {
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    if (a.constructor !== b.constructor || a.byteLength !== b.byteLength) return undefined;
    return Buffer.compare(bytesOf(a), bytesOf(b)) === 0 || undefined;
  }
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return undefined;
  for (let i = 0; i < a.length; i++) if (typeof a[i] !== 'number' || !Object.is(a[i], b[i])) return undefined;
  return true;
}

expect.addEqualityTesters([same]);
