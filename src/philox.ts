/** The random numbers of the core in TypeScript: Philox 4x32-10 (Salmon and others, 2011), a function of a counter and a key. */

/** The high word of the product of two u32. */
export function highWord(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const low = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + Math.floor(middle / 65536) + Math.floor(low / 65536)) >>> 0;
}

type Four = readonly [number, number, number, number];

/** The four words of a counter, for the key of a seed (`seedsOf`). */
export function philox(counter: Four, [low, top]: readonly [number, number]): Four {
  let [c0, c1, c2, c3]: Four = counter;
  let [k0, k1] = [low, top];
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = [highWord(c0, 0xd2511f53), Math.imul(c0, 0xd2511f53) >>> 0];
    const [high1, low1] = [highWord(c2, 0xcd9e8d57), Math.imul(c2, 0xcd9e8d57) >>> 0];
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}
