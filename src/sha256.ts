import { nextTask } from './task.ts';
import { isShared } from './validate.ts';

/**
 * SHA-256 (FIPS 180-4): by the host if it can, else in JavaScript, because a page's own is asynchronous and missing without TLS;
 * a library's is four times the code. The constants are the first 32 fractional bits of the square and cube roots of the first primes. None would
 * change if a host's roots were off by a thousand times their last bit.
 */
const fractions = (root: (prime: number) => number, count: number): Int32Array => {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return Int32Array.from(primes, (prime) => root(prime) * 2 ** 32);
};

const rotate = (x: number, bits: number): number => (x >>> bits) | (x << (32 - bits));

/** Mixes one block into `state`; `w` has room for 64 words. */
function compress(state: Int32Array, block: DataView, w: Int32Array, k: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i++) {
    let word = 0;
    if (i < 16) word = block.getInt32(i * 4);
    else {
      const x = w[i - 15] ?? 0;
      const y = w[i - 2] ?? 0;
      const low = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
      const high = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
      word = ((w[i - 16] ?? 0) + low + (w[i - 7] ?? 0) + high) | 0;
    }
    w[i] = word;
    const chosen = (e & f) ^ (~e & g);
    const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + chosen + (k[i] ?? 0) + word) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] ?? 0) + value;
}

/** Yields after every 256 kB, which take some 10 ms; returns the SHA-256 of `parts`, in order, as 64 hex digits. */
function* hashing(parts: readonly Uint8Array[]): Generator<undefined, string> {
  const constants = fractions(Math.cbrt, 64);
  const state = fractions(Math.sqrt, 8);
  const block = new Uint8Array(64);
  const view = new DataView(block.buffer);
  const words = new Int32Array(64);
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  const end = new Uint8Array(((119 - (total % 64)) % 64) + 9);
  end[0] = 128;
  new DataView(end.buffer).setBigUint64(end.length - 8, BigInt(total) * 8n);
  let filled = 0;
  let blocks = 0;
  for (const part of [...parts, end]) {
    for (let at = 0; at < part.length; ) {
      const taken = part.subarray(at, at + 64 - filled);
      block.set(taken, filled);
      at += taken.length;
      filled = (filled + taken.length) % 64;
      if (filled !== 0) continue;
      compress(state, view, words, constants);
      if (++blocks % 4096 === 0) yield;
    }
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The SHA-256 of `parts`, in order, as 64 hex digits. */
export function sha256(parts: readonly Uint8Array[]): string {
  const steps = hashing(parts);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Bytes that Node hashes in some 2 ms. */
const PIECE = 2 ** 20;

/** The same, as fast as the host can; lets other tasks run meanwhile, and `parts` must not change. */
export async function sha256Of(parts: readonly Uint8Array[]): Promise<string> {
  const node = typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('node:crypto');
  if (node !== undefined) {
    const hash = node.createHash('sha256');
    for (const part of parts) {
      for (let at = 0; at < part.length; at += PIECE) {
        if (at > 0) await nextTask();
        hash.update(part.subarray(at, at + PIECE));
      }
    }
    return hash.digest('hex');
  }
  const [whole] = parts;
  const { subtle } = globalThis.crypto ?? {};
  // it refuses memory that threads share, and more than 2 GiB
  if (
    subtle !== undefined &&
    parts.length === 1 &&
    whole !== undefined &&
    !isShared(whole.buffer) &&
    whole.length < 2 ** 31
  ) {
    const hash = new Uint8Array(await subtle.digest('SHA-256', whole as Uint8Array<ArrayBuffer>));
    return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  const steps = hashing(parts);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await nextTask();
  }
}
