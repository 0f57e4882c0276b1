/** Runs one operation as threads would share it: every part of 1, 2, 3 and 7, one after the other. */
import { expect } from 'vitest';
import { AT_LOSS_SCALE, AT_STEP, HEADER_BYTES, OPERATION_BYTES } from '../../assembly/opcodes.ts';
import { type Block, type Build, loadCore } from '../core.ts';

const PARTS = [1, 2, 3, 7];

/** The module of an operation's words: their indices, and its code. */
type Words = Readonly<Record<string, number>> & { readonly code: number };
/** What stands in each word: an address or a size, or `{ float }`. */
type Values = Readonly<Record<string, number | { readonly float: number }>>;

const bytesOf = (x: Float32Array): Uint8Array => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
export const bitsOf = (x: Float32Array): number[] => [...new Int32Array(x.slice().buffer)];

export function loadOperations(build: Build, pages?: number) {
  const core = loadCore(build, pages);
  const program = core.alloc(HEADER_BYTES + OPERATION_BYTES);
  const header = new DataView(core.memory.buffer, program, HEADER_BYTES);
  const operation = new DataView(core.memory.buffer, program + HEADER_BYTES, OPERATION_BYTES);
  const scratch = core.alloc(core.x.gemmScratchBytes());
  const kept = core.mark();

  return {
    ...core,
    /** Frees what the tests have made. */
    reset: () => core.reset(kept),
    /** Sets an i32 of the program's header. */
    setHeader: (at: number, value: number) => header.setInt32(at, value, true),
    setStep: (step: number) => header.setUint32(AT_STEP, step, true),
    setLossScale: (scale: number) => header.setFloat64(AT_LOSS_SCALE, scale, true),

    /** Executes `parts` of the operation; words that are not named are 0. */
    execute(words: Words, values: Values, rows = 1, parts = 1): void {
      for (let i = 0; i < OPERATION_BYTES; i += 4) operation.setInt32(i, 0, true);
      operation.setInt32(0, words.code, true);
      for (const [name, value] of Object.entries(values)) {
        const index = words[name];
        if (index === undefined || name === 'code') throw new Error(`the operation has no word ${name}`);
        if (typeof value === 'number') operation.setInt32(4 * index, value, true);
        else operation.setFloat32(4 * index, value.float, true);
      }
      for (let part = 0; part < parts; part++)
        core.x.execute(program, program + HEADER_BYTES, rows, part, parts, scratch);
    },

    /** What it writes to `out`, the same bits for every number of parts; each begins with `out` as it was. */
    run(words: Words, values: Values, out: Block<Float32Array>, rows = 1): Float32Array {
      const before = out.view.slice();
      const results = PARTS.map((parts) => {
        out.view.set(before);
        this.execute(words, values, rows, parts);
        return out.view.slice();
      });
      const [first = before, ...others] = results;
      for (const [i, other] of others.entries())
        expect(Buffer.compare(bytesOf(other), bytesOf(first)), `${PARTS[i + 1]} parts differ from one`).toBe(0);
      return first;
    },
  };
}

/** A generator of integers in low..high. */
export const integers =
  (random: () => number) =>
  (low: number, high: number): number =>
    low + Math.floor(((random() + 1) / 2) * (high - low + 1));
