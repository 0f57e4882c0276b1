import { readFileSync } from 'node:fs';
import { instantiateSync } from '@assemblyscript/loader';
import type { instantiate } from '../build/release.d.ts';

/** The core's exports, with the types that the compiler declares for them. */
type Core = Awaited<ReturnType<typeof instantiate>>;

export type Build = 'release' | 'debug' | 'relaxed';
export const builds = ['release', 'debug'] as const;

/** A block of the core's memory: its address, as kernels take it, and a live view of it. */
export interface Block<T> {
  readonly ptr: number;
  readonly view: T;
}

const bytes = (build: Build) => readFileSync(new URL(`../build/${build}.wasm`, import.meta.url));

/** The bare kernels over a memory of their own, for tests that hand them addresses. Blocks end on a guard of `guard` bytes of 0xAA that `reset` checks. */
export function loadCore(build: Build, pages = 512) {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
  const { instance } = instantiateSync(bytes(build), { env: { memory } });
  const x = instance.exports as unknown as Core;
  const base = (x.heapBase() + 1023) & ~1023;
  let guards: number[] = [];
  let top = base;

  function alloc(size: number): number {
    const ptr = top;
    top = (ptr + size + 64 + 63) & ~63;
    if (top > memory.buffer.byteLength) throw new Error('the test needs more memory');
    new Uint8Array(memory.buffer, ptr + size, 16).fill(0xaa);
    guards.push(ptr + size);
    return ptr;
  }
  const make =
    <T extends Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array>(View: {
      new (buffer: ArrayBufferLike, at: number, n: number): T;
      BYTES_PER_ELEMENT: number;
    }) =>
    (values: number | ArrayLike<number>): Block<T> => {
      const n = typeof values === 'number' ? values : values.length;
      const ptr = alloc(n * View.BYTES_PER_ELEMENT);
      const view = new View(memory.buffer, ptr, n);
      if (typeof values === 'number') view.fill(0);
      else view.set(values);
      return { ptr, view };
    };

  return {
    x,
    memory,
    alloc,
    f32: make(Float32Array),
    f64: make(Float64Array),
    i32: make(Int32Array),
    u32: make(Uint32Array),
    u8: make(Uint8Array),
    /** What there is now, for `reset` to keep. */
    mark: (): readonly [top: number, guards: number] => [top, guards.length],
    /** Frees every block, or those made since `mark`, after checking that no kernel wrote behind the end of one. */
    reset([kept, guarded] = [base, 0] as readonly [number, number]): void {
      for (const at of guards) {
        if (new Uint8Array(memory.buffer, at, 16).some((byte) => byte !== 0xaa))
          throw new Error('a kernel wrote behind the end of a block');
      }
      guards = guards.slice(0, guarded);
      top = kept;
    },
  };
}

/** A small seeded generator for test data (mulberry32): floats in [-1, 1). */
export function randomFloats(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1;
  };
}
