// Executes operations of the full core (assembly/arrays/) over the bare memory and hashes what they write, in whatever engine loads this file.

/** Numbers of every kind: all exponents, NaN, infinities, denormals. */
const ANY = 1 << 20;
/** Numbers between -4 and 4. */
const SOME = 2 << 20;
/** Integers from 0 to 63. */
const INDICES = 3 << 20;
const OUT = 4 << 20;
const COUNT = 20_000;
const PROGRAM = 1 << 16;
const SCRATCH = 6 << 20;

export const places = { ANY, SOME, INDICES, OUT, COUNT, DESCRIPTOR: PROGRAM + 1024 };

/** What all cases give: `words` are the sixteen of an operation, `descriptor` those of a strided copy, of which `n` numbers come. */
export function performArrays({ core, cases }) {
  const memory = new WebAssembly.Memory({ initial: 128, maximum: 65536, shared: true });
  const bytes = Uint8Array.from(atob(core), (character) => character.charCodeAt(0));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const words = new Int32Array(memory.buffer);
  const floats = new Float32Array(memory.buffer);
  let bits = 1;
  for (let i = 0; i < COUNT; i++) {
    bits = (Math.imul(bits, 1664525) + 1013904223) | 0;
    words[ANY / 4 + i] = bits;
    floats[SOME / 4 + i] = bits / 2 ** 29;
    floats[INDICES / 4 + i] = bits >>> 26;
  }
  const results = {};
  for (const { name, operation, descriptor = [], n } of cases) {
    // one operation, one batch of three rows, step 5
    words.set([1, 3, 3, 0, 3, 0, 5, SCRATCH], PROGRAM / 4);
    words.fill(0, PROGRAM / 4 + 32, PROGRAM / 4 + 48);
    words.set(operation, PROGRAM / 4 + 32);
    words.set(descriptor, places.DESCRIPTOR / 4);
    words.fill(0, OUT / 4, OUT / 4 + n);
    exports.run(PROGRAM, 1, 0, 1);
    let hash = 0x811c9dc5;
    for (let i = OUT / 4; i < OUT / 4 + n; i++) {
      // what NaN it is depends on the processor
      const word = Number.isNaN(floats[i]) ? 0x7fc00000 : words[i];
      hash = Math.imul(hash ^ word, 0x01000193);
      hash ^= hash >>> 15;
    }
    results[name] = (hash >>> 0).toString(16).padStart(8, '0');
  }
  return results;
}
