/** The runtime: one memory, one instance of the core, one arena. Most programs use the default one and never see it. */
import { MOST_THREADS } from '../../assembly/control.ts';
import { Printed } from '../printed.ts';
import { checkInteger, checkOptions, show } from '../validate.ts';
import { type Binaries, type Binary, type Core, loadCore, relaxed, type Simd, strict } from './load.ts';
import { Arena, MOST, type Reservation, reserve, Scope } from './memory.ts';
import { Threading } from './threads.ts';

/** Options of {@link createRuntime}. */
export interface RuntimeOptions {
  /**
   * Bytes that tensors, models and data may use together. The engine reserves address space for all of it until the runtime is disposed of: WebKit
   * has 60 GiB for a page and its workers. Default 4 GiB, the most that WebAssembly can address; 1 GiB while there are other runtimes. Where
   * the engine refuses that much, the runtime gets half, or half of that: its `memory.limit` says how much.
   */
  readonly maximumMemory?: number;
  /**
   * Threads that run a step of training, evaluation or prediction, or a large product: at most this many, from 1 to 64, or `'auto'`: as many as the
   * machine's processors, up to 8, and for each model as many of them as make it faster. Weights are the same to the last bit
   * for any number. Workers start with the first model that is large enough, sleep when nothing runs, and end with `dispose`;
   * they do not keep a Node process alive. On a page that is not cross-origin isolated there is only one thread. Default `'auto'`.
   */
  readonly threads?: number | 'auto';
  /**
   * `'strict'`: the same bits on every machine. `'relaxed'`: a second binary with fused multiply-add, which rounds once where the
   * processor can and twice where it cannot, so the last bits depend on the machine; faster, and only where the engine has
   * it: Node 24, Chromium 114, Firefox 146, not WebKit (`supportsRelaxedSimd` tells). Needs `import 'simdescent/relaxed'`. Default `'strict'`.
   */
  readonly simd?: 'strict' | 'relaxed';
}

/**
 * Where tensors and models live. Made by {@link createRuntime}.
 * @category Runtime
 */
export interface Runtime {
  /** Most threads that run a step: 1 where the host gives no workers. Small models take fewer. */
  readonly threads: number;
  /** Workers that are ready to take their share: none before the first model that is large enough, or after they have ended. */
  readonly workers: number;
  /** Which of the two binaries it runs, see {@link RuntimeOptions.simd}. */
  readonly simd: 'strict' | 'relaxed';
  /** How full its memory is. */
  readonly memory: {
    /** Bytes in use. */
    readonly used: number;
    /** Bytes that may be in use together. */
    readonly limit: number;
  };
  /** Ends the workers and frees the memory. Tensors and models of this runtime cannot be used afterwards. */
  dispose(): void;
  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/** Enough for the core's own data and the smallest model. */
const MINIMUM = 1 << 20;

/** What a runtime owns until it is disposed of. */
interface Parts {
  readonly reservation: Reservation;
  readonly module: WebAssembly.Module;
  readonly core: Core;
  readonly arena: Arena;
}

/** The runtime from inside, for tensors, the recorder and optimizers. */
export class Engine extends Printed implements Runtime {
  readonly simd: Simd;
  readonly threading: Threading;
  #parts: Parts | undefined;
  #scratch = 0;

  constructor(maximumMemory?: number, threads: number | 'auto' = 'auto', binary: Binary = strict) {
    super();
    this.simd = binary.simd;
    // before there is a memory: it may be refused
    const module = binary.module();
    const reservation = reserve(maximumMemory);
    const core = loadCore(reservation.memory, module);
    this.#parts = { reservation, module, core, arena: new Arena(reservation, core.heapBase()) };
    this.threading = new Threading(this, threads);
  }

  get [Symbol.toStringTag](): string {
    return 'Runtime';
  }

  toString(): string {
    if (this.disposed) return 'Runtime, disposed of';
    const { used, limit } = this.memory;
    return `Runtime ${this.simd}, at most ${this.threads} threads, ${used} of ${limit} bytes in use`;
  }

  get disposed(): boolean {
    return this.#parts === undefined;
  }

  get threads(): number {
    return this.threading.most;
  }

  get workers(): number {
    return this.threading.workers;
  }

  /**
   * Switches this runtime to the core of `binaries`, which has more operations, over the same memory; call it before recording one of
   * them. It may be called at any time and repeatedly: all binaries have the same static data in the same place, so a run on
   * the smaller core goes on undisturbed, and its crew is replaced before the next run (threads.ts).
   *
   * @throws Error where the binary is missing (`simdescent/slim`) or the engine refuses it.
   */
  require(binaries: Binaries): void {
    const { reservation, module, arena } = this.parts;
    const larger = binaries[this.simd].module();
    if (larger !== module)
      this.#parts = { reservation, module: larger, core: loadCore(reservation.memory, larger), arena };
  }

  get parts(): Parts {
    if (this.#parts === undefined) throw new Error('the runtime has been disposed of');
    return this.#parts;
  }

  get core(): Core {
    return this.parts.core;
  }

  /** What workers instantiate. */
  get module(): WebAssembly.Module {
    return this.parts.module;
  }

  get arena(): Arena {
    return this.parts.arena;
  }

  get buffer(): ArrayBufferLike {
    return this.parts.reservation.memory.buffer;
  }

  get memory(): { readonly used: number; readonly limit: number } {
    return { used: this.arena.used, limit: this.arena.limit };
  }

  /** Panels of the matrix products, made on first use. */
  get scratch(): number {
    if (this.#scratch === 0) this.#scratch = this.arena.allocate(this.core.gemmScratchBytes());
    return this.#scratch;
  }

  scope(): Scope {
    return new Scope(this.arena);
  }

  /** Frees a block, unless the whole arena is gone with its runtime. */
  free(address: number): void {
    this.#parts?.arena.free(address);
  }

  f32(address: number, length: number): Float32Array {
    return new Float32Array(this.buffer, address, length);
  }

  f64(address: number, length: number): Float64Array {
    return new Float64Array(this.buffer, address, length);
  }

  i32(address: number, length: number): Int32Array {
    return new Int32Array(this.buffer, address, length);
  }

  u8(address: number, length: number): Uint8Array {
    return new Uint8Array(this.buffer, address, length);
  }

  dispose(): void {
    this.#parts?.reservation.release();
    // first, so that workers which are slow to end hold no memory
    this.#parts = undefined;
    this.threading.stop();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Makes a separate runtime, for another memory limit or number of threads, or for data to be freed as a whole.
 *
 * @throws RangeError if an option is out of range; Error if the engine has no WebAssembly SIMD or shared memory, or no relaxed SIMD
 * where that is asked for.
 * @example
 * ```ts
 * import { createRuntime, tensor } from 'simdescent';
 * const runtime = createRuntime({ maximumMemory: 256 * 2 ** 20, threads: 'auto' });
 * const x = tensor([2, 3], [1, 2, 3, 4, 5, 6], { runtime });
 * runtime.dispose();
 * ```
 * @category Runtime
 */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  checkOptions('createRuntime', options, ['maximumMemory', 'threads', 'simd']);
  const { maximumMemory, threads = 'auto', simd = 'strict' } = options;
  if (maximumMemory !== undefined) checkInteger('maximumMemory', maximumMemory, MINIMUM, MOST);
  if (typeof threads === 'string' && threads !== 'auto')
    throw new RangeError(`threads must be a number or 'auto', got '${threads}'`);
  if (threads !== 'auto') checkInteger('threads', threads, 1, MOST_THREADS);
  if (simd !== 'strict' && simd !== 'relaxed')
    throw new RangeError(`simd must be 'strict' or 'relaxed', got ${show(simd)}`);
  return new Engine(maximumMemory, threads, simd === 'strict' ? strict : relaxed);
}

let shared: Engine | undefined;

/** The engine behind `runtime`, or the default one, made on first use. */
export function engineOf(runtime: Runtime | undefined): Engine {
  if (runtime === undefined) {
    shared ??= new Engine(MOST);
    return shared;
  }
  if (!(runtime instanceof Engine)) throw new TypeError('runtime must come from createRuntime()');
  return runtime;
}
