import { sha256Of } from './sha256.ts';

/** One bit pattern for all NaNs: which one a processor makes is the one thing that WebAssembly leaves open. */
const NAN = 0x7fc00000;

/** SHA-256 over arrays of float32 as they are now, one after the other, as little-endian bytes: 64 hex digits. */
export function digestOf(arrays: readonly Float32Array[]): Promise<string> {
  const words = new Uint32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    words.set(new Uint32Array(array.buffer, array.byteOffset, array.length), at);
    at += array.length;
  }
  for (let i = 0; i < words.length; i++) {
    if (((words[i] ?? 0) & 0x7fffffff) > 0x7f800000) words[i] = NAN;
  }
  return sha256Of([new Uint8Array(words.buffer)]);
}
