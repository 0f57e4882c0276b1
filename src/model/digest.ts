import { nextTask } from '../engine/task.ts';
import { hashing } from '../sha256.ts';

/** One bit pattern for all NaNs: which one a processor makes is the one thing that WebAssembly leaves open. */
const NAN = 0x7fc00000;

/** SHA-256 over arrays of float32 as they are now, one after the other, as little-endian bytes: 64 hex digits. Lets others have their turn. */
export async function digestOf(arrays: readonly Float32Array[]): Promise<string> {
  const copies = arrays.map((array) => {
    const words = new Uint32Array(array.length);
    words.set(new Uint32Array(array.buffer, array.byteOffset, array.length));
    for (let i = 0; i < words.length; i++) {
      if (((words[i] ?? 0) & 0x7fffffff) > 0x7f800000) words[i] = NAN;
    }
    return new Uint8Array(words.buffer);
  });
  const steps = hashing(copies);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await nextTask();
  }
}
