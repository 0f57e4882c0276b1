/**
 * Records a program into the core's memory (assembly/opcodes.ts draws the format). Layers and the model say what each operation
 * is; the recorder knows where it goes.
 */
import * as op from '../../assembly/opcodes.ts';
import type { Scope } from './memory.ts';
import { Program } from './program.ts';
import type { Engine } from './runtime.ts';

const WORDS = op.OPERATION_BYTES / 4;

const bits = new DataView(new ArrayBuffer(4));

/** The bits of a float32, as a word of an operation. */
export function floatWord(value: number): number {
  bits.setFloat32(0, value, true);
  return bits.getInt32(0, true);
}

export class Recorder {
  readonly engine: Engine;
  readonly batchSize: number;
  readonly #scope: Scope;
  readonly #labels: string[] = [];
  readonly #operations: number[][] = [];
  readonly #totals = new Map<string, Float64Array>();

  /** Buffers of the program are made in `scope`, for batches of up to `batchSize` rows. */
  constructor(engine: Engine, scope: Scope, batchSize: number) {
    this.engine = engine;
    this.batchSize = batchSize;
    this.#scope = scope;
  }

  /** A buffer of `perRow` 4-byte numbers for each row of a batch. */
  buffer(perRow: number): number {
    return this.#scope.allocate(this.batchSize * perRow * 4);
  }

  /** `bytes` that do not depend on the batch. */
  block(bytes: number): number {
    return this.#scope.allocate(bytes);
  }

  /** A total that starts at zero: a sum, and what to divide it by. */
  total(name: string): number {
    const address = this.#scope.allocate(16);
    this.#totals.set(name, this.engine.f64(address, 2));
    return address;
  }

  /** Appends an operation: its opcode and up to fourteen words. `label` says whose it is, should it fail. */
  emit(label: string, ...words: number[]): void {
    this.#labels.push(label);
    this.#operations.push(words);
  }

  /**
   * Lets the product that has just written the gradient `dx` of relu's output `y` apply relu's derivative too. False, and nothing is
   * recorded, if the last operation is no such product.
   */
  rectify(dx: number, y: number): boolean {
    const words = this.#operations.at(-1) ?? [];
    if (words[0] !== op.DENSE_INPUT_GRADIENT || words[1] !== dx || words[7] !== 0) return false;
    words[7] = y;
    return true;
  }

  finish(): Program {
    const count = this.#operations.length;
    const address = this.#scope.allocate(op.HEADER_BYTES + count * op.OPERATION_BYTES);
    const words = this.engine.i32(address + op.HEADER_BYTES, count * WORDS);
    for (const [i, operation] of this.#operations.entries()) words.set(operation, i * WORDS);
    return new Program(this.engine, address, this.batchSize, this.#labels, this.#totals);
  }
}
