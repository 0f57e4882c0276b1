// @ts-check
// Replays captured runs (scripts/capture.js) in any engine that has WebAssembly; imports nothing.

/**
 * What `hash` gives for the whole memory after each number of steps.
 *
 * @template T
 * @param {WebAssembly.Module} module
 * @param {Uint8Array} image the memory before the first step, whole pages
 * @param {number} program its address
 * @param {readonly number[]} marks
 * @param {(memory: Uint8Array, steps: number) => T} hash
 * @returns {Record<number, T>}
 */
export function replay(module, image, program, marks, hash) {
  const memory = new WebAssembly.Memory({ initial: image.length / 65536, maximum: 65536, shared: true });
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(image);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const run = /** @type {(program: number, steps: number, control: number, threads: number) => number} */ (exports.run);
  /** @type {Record<number, T>} */
  const hashes = {};
  let done = 0;
  for (const steps of marks) {
    done += run(program, steps - done, 0, 1);
    if (done !== steps) throw new Error(`${done} of ${steps} steps`);
    hashes[steps] = hash(bytes, steps);
  }
  return hashes;
}
