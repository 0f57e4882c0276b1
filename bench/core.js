// The bare kernels over their own memory, for benchmarks that pass them addresses. Node and browsers alike.

/** The files of numbers that both compilers share. */
export const SHARED = ['assembly/codes.ts', 'assembly/optimizers/layout.ts'];

/** The numbers in the text of such files. */
export const parseCodes = (text) =>
  Object.fromEntries(
    [...text.matchAll(/^export const (\w+) = (\d+);/gm)].map(([, name, value]) => [name, Number(value)]),
  );

/** An instance of build/release.wasm or build/relaxed.wasm, and blocks of its memory that are never freed: make one for each table. */
export function loadCore(module, codes) {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });
  const x = new WebAssembly.Instance(module, { env: { memory } }).exports;
  let top = Math.max(x.heapBase(), 1024);

  function alloc(bytes) {
    const address = Math.ceil(top / 64) * 64;
    top = address + bytes + 64;
    const missing = Math.ceil((top - memory.buffer.byteLength) / 65536);
    if (missing > 0) memory.grow(missing);
    return address;
  }
  const make = (View) => (values) => {
    const n = typeof values === 'number' ? values : values.length;
    const at = alloc(n * View.BYTES_PER_ELEMENT);
    const view = new View(memory.buffer, at, n);
    if (typeof values !== 'number') view.set(values);
    return { at, view };
  };
  const f32 = make(Float32Array);
  return {
    x,
    memory,
    codes,
    alloc,
    f32,
    i32: make(Int32Array),
    u8: make(Uint8Array),
    /** The address of n floats between -scale and scale. */
    random: (n, scale = 1) => f32(randomFloats(n, scale)).at,
  };
}

let state = 1;

/** Floats between -scale and scale, from a small generator (xorshift32): the same in every run. */
export function randomFloats(n, scale = 1) {
  return Float32Array.from({ length: n }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state / 2147483648) * scale;
  });
}

/** A compiled module, or undefined if the engine lacks some of its instructions. */
export async function moduleOf(bytes) {
  return WebAssembly.validate(bytes) ? WebAssembly.compile(bytes) : undefined;
}
