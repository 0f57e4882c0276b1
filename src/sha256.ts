/**
 * SHA-256 (FIPS 180-4). A host's own is asynchronous, and on a page without TLS there is none; a library's is four times the code.
 * Its constants are the first 32 bits behind the point of the square and cube roots of the first primes.
 */

/** floor(n^(1 / degree)), by Newton's method from above. */
function root(n: bigint, degree: bigint): bigint {
  for (let x = 1n << 40n; ; ) {
    const next = ((degree - 1n) * x + n / x ** (degree - 1n)) / degree;
    if (next >= x) return x;
    x = next;
  }
}

const primes = (count: number): bigint[] => {
  const found: bigint[] = [];
  for (let n = 2n; found.length < count; n++) if (found.every((prime) => n % prime !== 0n)) found.push(n);
  return found;
};

const fractions = (degree: bigint, count: number): Int32Array =>
  Int32Array.from(primes(count), (prime) => Number(BigInt.asIntN(32, root(prime << (32n * degree), degree))));

let constants: Int32Array | undefined;

const rotate = (x: number, bits: number): number => (x >>> bits) | (x << (32 - bits));

/** Takes one block into `state`; `w` has room for 64 words, of which the first 16 are the block's. */
function compress(state: Int32Array, w: Int32Array, k: Int32Array): void {
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15] ?? 0;
    const b = w[i - 2] ?? 0;
    const low = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const high = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    w[i] = (w[i - 16] ?? 0) + low + (w[i - 7] ?? 0) + high;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i++) {
    const chosen = (e & f) ^ (~e & g);
    const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + chosen + (k[i] ?? 0) + (w[i] ?? 0)) | 0;
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] ?? 0) + value;
}

/** Two digits for each byte. */
export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The SHA-256 of `parts`, one after the other: 64 hex digits. */
export function sha256(parts: Iterable<Uint8Array>): string {
  constants ??= fractions(3n, 64);
  const state = fractions(2n, 8);
  const block = new Uint8Array(64);
  const view = new DataView(block.buffer);
  const words = new Int32Array(64);
  let total = 0;
  const feed = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; ) {
      const filled = total % 64;
      const taken = bytes.subarray(at, at + 64 - filled);
      block.set(taken, filled);
      at += taken.length;
      total += taken.length;
      if (total % 64 !== 0) return;
      for (let i = 0; i < 16; i++) words[i] = view.getInt32(i * 4);
      compress(state, words, constants ?? state);
    }
  };
  for (const part of parts) feed(part);
  const end = new Uint8Array(((119 - (total % 64)) % 64) + 9);
  end[0] = 128;
  new DataView(end.buffer).setBigUint64(end.length - 8, BigInt(total) * 8n);
  feed(end);
  return hex(Uint8Array.from({ length: 32 }, (_, i) => (state[i >> 2] ?? 0) >>> (24 - 8 * (i & 3))));
}
