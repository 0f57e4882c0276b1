/**
 * The arena: who owns which bytes of the one linear memory.
 *
 *   0        1024 .. __heap_base        base                                              buffer.byteLength
 *   | unused | static data of the core | block | free | block | block | free ............ |
 *
 * Blocks begin on 64 bytes (a cache line) and are followed by at least 64 bytes of slack, because kernels may read, never
 * write, a vector or two past an edge. A block is zeroed when it is handed out. Free space is kept as a sorted list of
 * disjoint, never adjacent ranges; the first that fits is taken, and the memory grows when none does.
 */
const PAGE = 65536;
const ALIGNMENT = 64;
const SLACK = 64;
/** The memory grows by at least this many pages (1 MiB), so that small allocations do not each call the engine. */
const GROWTH = 16;

interface Range {
  start: number;
  end: number;
}

const megabytes = (bytes: number): string => `${(bytes / 1048576).toFixed(1)} MiB`;

/** A shared memory and the bytes it may grow to: `maximumBytes`, or less where the host refuses to reserve that much. */
export function createMemory(maximumBytes: number): { memory: WebAssembly.Memory; maximumBytes: number } {
  for (let maximum = Math.floor(maximumBytes / PAGE); ; maximum >>= 1) {
    try {
      return { memory: new WebAssembly.Memory({ initial: 1, maximum, shared: true }), maximumBytes: maximum * PAGE };
    } catch (cause) {
      if (maximum <= 256) throw new Error('this engine refuses a shared WebAssembly memory', { cause });
    }
  }
}

export class Arena {
  readonly #memory: WebAssembly.Memory;
  readonly #maximumBytes: number;
  readonly #free: Range[] = [];
  readonly #blocks = new Map<number, number>();
  #top: number;
  #used = 0;
  /** How many hold the arena, and the blocks that were given back meanwhile. */
  #holders = 0;
  #held: number[] = [];

  /** `base` is the first byte that no one else uses. */
  constructor(memory: WebAssembly.Memory, base: number, maximumBytes: number) {
    this.#memory = memory;
    this.#maximumBytes = maximumBytes;
    const start = Math.max(align(base), 1024);
    this.#top = memory.buffer.byteLength;
    if (this.#top > start) this.#free.push({ start, end: this.#top });
  }

  /** Bytes handed out, slack included. */
  get used(): number {
    return this.#used;
  }

  /** Bytes that the memory may grow to. */
  get limit(): number {
    return this.#maximumBytes;
  }

  /** The address of a new block of `bytes` zero bytes. Throws a RangeError, and changes nothing, when there is no room. */
  allocate(bytes: number): number {
    const size = align(bytes + SLACK);
    let index = this.#free.findIndex((range) => range.end - range.start >= size);
    if (index < 0) {
      this.#grow(size, bytes);
      index = this.#free.length - 1;
    }
    const range = this.#free[index];
    if (range === undefined || range.end - range.start < size) throw new Error('the arena grew by too little');
    const start = range.start;
    range.start += size;
    if (range.start === range.end) this.#free.splice(index, 1);
    this.#blocks.set(start, size);
    this.#used += size;
    new Uint8Array(this.#memory.buffer, start, size).fill(0);
    return start;
  }

  /** Gives a block back. */
  free(address: number): void {
    const size = this.#blocks.get(address);
    if (size === undefined) throw new Error(`no block begins at ${address}`);
    if (this.#holders > 0) {
      this.#held.push(address);
      return;
    }
    this.#blocks.delete(address);
    this.#used -= size;
    this.#release({ start: address, end: address + size });
  }

  /** From now on, until as many calls of `letGo`, blocks that are given back are not handed out again: somebody may still write to them. */
  hold(): void {
    this.#holders++;
  }

  letGo(): void {
    if (--this.#holders > 0) return;
    const held = this.#held;
    this.#held = [];
    for (const address of held) this.free(address);
  }

  #grow(size: number, asked: number): void {
    const last = this.#free.at(-1);
    const tail = last !== undefined && last.end === this.#top ? last.end - last.start : 0;
    const missing = Math.ceil((size - tail) / PAGE);
    const room = Math.floor(this.#maximumBytes / PAGE) - this.#top / PAGE;
    try {
      if (missing > room) throw new RangeError('beyond the limit');
      this.#memory.grow(Math.min(Math.max(missing, GROWTH), room));
    } catch (cause) {
      throw new RangeError(
        `out of memory: asked for ${megabytes(asked)}, ${megabytes(this.#used)} of at most ${megabytes(this.#maximumBytes)} are in use; ` +
          'dispose of models and tensors no longer needed, or create the runtime with a larger maximumMemory',
        { cause },
      );
    }
    const end = this.#memory.buffer.byteLength;
    this.#release({ start: this.#top, end });
    this.#top = end;
  }

  #release(range: Range): void {
    const next = this.#free.findIndex((other) => other.start >= range.end);
    const index = next < 0 ? this.#free.length : next;
    const before = this.#free[index - 1];
    const after = this.#free[index];
    if (after !== undefined && after.start === range.end) {
      range.end = after.end;
      this.#free.splice(index, 1);
    }
    if (before !== undefined && before.end === range.start) before.end = range.end;
    else this.#free.splice(index, 0, range);
  }
}

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Blocks that live and die together: a model's parameters, a program's buffers, the data of one `fit`. */
export class Scope {
  readonly #arena: Arena;
  readonly #blocks: number[] = [];

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  allocate(bytes: number): number {
    const address = this.#arena.allocate(bytes);
    this.#blocks.push(address);
    return address;
  }

  /** How many blocks it holds. */
  get count(): number {
    return this.#blocks.length;
  }

  /** Frees all blocks but the first `keep`. */
  dispose(keep = 0): void {
    for (const address of this.#blocks.splice(keep)) this.#arena.free(address);
  }
}
