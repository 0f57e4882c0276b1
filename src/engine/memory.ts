/**
 * The arena: who owns which bytes of the one linear memory.
 *
 *   0        1024 .. __heap_base        base                                              buffer.byteLength
 *   | unused | static data of the core | block | free | block | block | free ............ |
 *
 * All binaries have the same static data, so a runtime may change to a larger one (`Engine.require`); test/core.guard.test.ts asserts it.
 *
 * Blocks begin on 64 bytes (a cache line) and are followed by at least 64 bytes of slack, because kernels may read, never
 * write, a vector or two past an edge. Blocks are handed out zeroed: used memory is cleared, fresh memory is zero already.
 * Free space is a sorted list of disjoint, never adjacent ranges; allocation takes the first that fits, and the memory grows when
 * none does. A range that is used up stays in the list, empty, until a neighbour is freed.
 */
const PAGE = 65536;
const ALIGNMENT = 64;
const SLACK = 64;
/** The memory grows by at least this many pages (1 MiB), so that small allocations do not each call the engine. */
const GROWTH = 16;
/** The most that WebAssembly can address, and what a runtime beside others reserves unless it is told. */
export const MOST = 65536 * PAGE;
const USUAL = 16384 * PAGE;

interface Range {
  start: number;
  end: number;
}

const megabytes = (bytes: number): string => `${(bytes / 1048576).toFixed(1)} MiB`;

/** What living runtimes have reserved: WebKit has address space for 60 GiB on a page, workers included. */
const reserved = { runtimes: 0, bytes: 0 };

/** Address space that a runtime has reserved for its memory. */
export interface Reservation {
  readonly memory: WebAssembly.Memory;
  /** Bytes that the memory may grow to: what was asked for, or less where the engine refuses that much. */
  readonly bytes: number;
  readonly asked: number;
  /** No longer counted: the engine frees the memory when nobody refers to it. */
  release(): void;
}

/** Reserves `asked` bytes, or as many as the engine gives. */
export function reserve(asked = reserved.runtimes === 0 ? MOST : USUAL): Reservation {
  for (let maximum = Math.floor(asked / PAGE); ; maximum >>= 1) {
    try {
      const memory = new WebAssembly.Memory({ initial: 1, maximum, shared: true });
      const bytes = maximum * PAGE;
      count(1, bytes);
      return { memory, bytes, asked, release: () => count(-1, -bytes) };
    } catch (cause) {
      if (maximum <= 256)
        throw new Error(`this engine has no address space for a shared WebAssembly memory: ${others()}`, { cause });
    }
  }
}

function count(runtimes: number, bytes: number): void {
  reserved.runtimes += runtimes;
  reserved.bytes += bytes;
}

/** What else may use the address space, and what helps. */
const others = (): string =>
  reserved.runtimes === 0
    ? 'other pages or workers may have used it up'
    : `${reserved.runtimes} other runtimes have reserved ${megabytes(reserved.bytes)}; ` +
      'dispose of those that are not needed, or create them with a smaller maximumMemory';

export class Arena {
  /** Bytes in use, slack included. */
  used = 0;
  readonly #reservation: Reservation;
  /** Where memory begins that no block has ever used. */
  #fresh: number;
  readonly #blocks = new Map<number, number>();
  #free: Range[];
  /** How many callers hold the arena, and the blocks freed meanwhile. */
  #holders = 0;
  #held: number[] = [];

  /** `base` is the first byte that nobody else uses. */
  constructor(reservation: Reservation, base: number) {
    this.#reservation = reservation;
    this.#fresh = align(base);
    this.#free = [{ start: this.#fresh, end: this.#memory.buffer.byteLength }];
  }

  /** Bytes that the memory may grow to, whole pages. */
  get limit(): number {
    return this.#reservation.bytes;
  }

  get #memory(): WebAssembly.Memory {
    return this.#reservation.memory;
  }

  /**
   * The address of a new block of `bytes` zero bytes. Throws a RangeError, and changes nothing, if there is no room; it says what the block was `wanted` for.
   */
  allocate(bytes: number, wanted?: string): number {
    const size = align(bytes + SLACK);
    const range = this.#free.find(({ start, end }) => end - start >= size) ?? this.#grow(size, bytes, wanted);
    const { start } = range;
    range.start += size;
    this.#blocks.set(start, size);
    this.used += size;
    new Uint8Array(this.#memory.buffer, start, size).fill(0, 0, Math.max(this.#fresh - start, 0));
    this.#fresh = Math.max(this.#fresh, range.start);
    return start;
  }

  /** Frees a block. */
  free(address: number): void {
    const size = this.#blocks.get(address);
    if (size === undefined) throw new Error(`no block begins at ${address}`);
    if (this.#holders > 0) {
      this.#held.push(address);
      return;
    }
    this.#blocks.delete(address);
    this.used -= size;
    this.#release(address, address + size);
  }

  /** From now on freed blocks are not handed out again, because somebody may still write to them; as many calls of `letGo` end it. */
  hold(): void {
    this.#holders++;
  }

  letGo(): void {
    if (--this.#holders > 0) return;
    for (const address of this.#held.splice(0)) this.free(address);
  }

  /** Grows the memory until the last range has `size` bytes; the caller asked for `asked`. */
  #grow(size: number, asked: number, wanted: string | undefined): Range {
    const top = this.#memory.buffer.byteLength;
    const last = this.#free.at(-1);
    const missing = Math.ceil((size - (last?.end === top ? top - last.start : 0)) / PAGE);
    const room = (this.limit - top) / PAGE;
    try {
      this.#memory.grow(Math.max(missing, Math.min(GROWTH, room)));
    } catch (cause) {
      const refused = this.#reservation.asked - this.limit >= PAGE;
      const larger = refused
        ? `; the engine gave this runtime less address space than the ${megabytes(this.#reservation.asked)} it asked for: dispose of other runtimes before it is created`
        : ', or create the runtime with a larger maximumMemory';
      throw new RangeError(
        `out of memory: asked for ${megabytes(asked)}${wanted === undefined ? '' : ` for ${wanted}`}, ${megabytes(this.used)} of at most ${megabytes(this.limit)} are in use; ` +
          `dispose of models and tensors${larger}`,
        { cause },
      );
    }
    return this.#release(top, this.#memory.buffer.byteLength);
  }

  /** Puts a range back, merged with its neighbours, and returns it. */
  #release(start: number, end: number): Range {
    const range = { start, end };
    this.#free = this.#free.filter((other) => {
      if (other.end === start) range.start = other.start;
      else if (other.start === end) range.end = other.end;
      else return true;
      return false;
    });
    this.#free.push(range);
    this.#free.sort((a, b) => a.start - b.start);
    return range;
  }
}

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Who hands out memory. */
export interface Room {
  /** The address of a block of `bytes` bytes. */
  allocate(bytes: number): number;
}

/** Blocks that live and die together: a model's parameters, a program's buffers, the data of one `fit`. */
export class Scope implements Room {
  readonly #arena: Arena;
  readonly #blocks: number[] = [];

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  allocate(bytes: number, wanted?: string): number {
    const address = this.#arena.allocate(bytes, wanted);
    this.#blocks.push(address);
    return address;
  }

  /** Number of blocks. */
  get count(): number {
    return this.#blocks.length;
  }

  /** Frees all blocks but the first `keep`. */
  dispose(keep = 0): void {
    for (const address of this.#blocks.splice(keep)) this.#arena.free(address);
  }
}
