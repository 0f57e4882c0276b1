/**
 * Reads the programs that calls of a model record, straight from the memory, as text that does not depend on where buffers lie: each
 * address is written as the operation that last wrote it (`%3.dx`), or as the number of the memory that no operation made (`#2`).
 */
import * as op from '../../assembly/opcodes.ts';
import type { Engine } from '../../src/engine/runtime.ts';

/** Words by opcode: `>` marks a word that is written, `<` one that is read, `<>` both; plain ones are numbers. */
const WORDS: Readonly<Record<number, readonly string[]>> = {
  1: ['gatherBytes', '>out', '<source', 'perRow', 'divisor'],
  2: ['gatherWords', '>out', '<source', 'perRow', 'divisor'],
  3: ['dense', '>y', '<x', '<kernel', '<bias', 'inputs', 'units', 'times', 'relu'],
  4: ['denseKernelGradient', '>dkernel', '>dbias', '<x', '<dz', 'inputs', 'units', 'times'],
  5: ['denseInputGradient', '>dx', '<dz', '<kernel', 'inputs', 'units', 'times', '<y'],
  6: ['activation', '>y', '<x', 'perRow', 'kind', 'alpha', 'cols'],
  7: ['activationGradient', '>dx', '<dy', '<x', '<y', 'perRow', 'kind', 'alpha', 'cols'],
  8: ['dropout', '>y', '<x', 'perRow', 'seedLow', 'seedHigh', 'index', 'rate'],
  9: ['lossScale', 'reduction', '<targets', '<weights', 'times', 'ignoreClass'],
  10: [
    'loss',
    'kind',
    '>values',
    '>gradient',
    '>probabilities',
    '<predictions',
    '<targets',
    '<weights',
    'times',
    'cols',
    'parameter',
    'ignoreClass',
  ],
  11: ['accuracy', 'kind', '>values', '<predictions', '<targets', 'times', 'cols', 'threshold'],
  12: ['addLoss', '>sum', '<values', '<weights', 'times'],
  13: ['addMetric', '>sum', '<values', 'times', 'reduction', '<targets', 'ignoreClass'],
  14: ['penalty', '<w', '<>gradient', 'n', 'l1', 'l2'],
  15: ['activityPenalty', '<y', '<>dy', 'perRow', 'l1', 'l2'],
  16: ['clipValue', '<>g', 'n', 'limit'],
  17: ['clipNorm', '<>g', 'n', 'limit', 'global', '<squares'],
  18: ['prepareOptimizer', '<state'],
  19: ['updateParameters', '<state', '<w', '<g', '<slots', 'slotStride', 'n'],
  20: ['advanceOptimizer', '<state'],
  21: ['squares', '>squares', '<x', 'n'],
};

/** An operation of a program: its name, its words by name, and whether threads share it. */
export interface Recorded {
  readonly name: string;
  readonly words: Readonly<Record<string, number>>;
  readonly shared: boolean;
}

/** The operations of the programs recorded by `engine` while `call` runs. */
export const operationsOf = async (engine: Engine, call: () => Promise<unknown>): Promise<Recorded[][]> =>
  (await programsOf(engine, call)).map((words) =>
    Array.from({ length: words.length / 16 }, (_, i) => {
      const own = words.subarray(i * 16, i * 16 + 16);
      const [name = '', ...spec] = WORDS[own[0] ?? 0] ?? [];
      const named = spec.map((word, j) => [word.replace(/[<>]/g, ''), own[j + 1] ?? 0]);
      return { name, words: Object.fromEntries(named), shared: own[op.SHARED] === 1 };
    }),
  );

/** The programs recorded by `engine` while `call` runs, as text. */
export const recorded = async (engine: Engine, call: () => Promise<unknown>): Promise<string[]> =>
  (await programsOf(engine, call)).map(textOf);

/** The words of all operations of each program. */
async function programsOf(engine: Engine, call: () => Promise<unknown>): Promise<Int32Array[]> {
  const programs: Int32Array[] = [];
  const { i32 } = engine;
  let operations: Int32Array = new Int32Array(0);
  // a recorder writes all operations, then a program looks at its header
  engine.i32 = (address, length) => {
    if (length === op.HEADER_BYTES / 4) programs.push(operations.slice());
    operations = i32.call(engine, address, length);
    return operations;
  };
  try {
    await call();
  } finally {
    engine.i32 = i32;
  }
  return programs;
}

function textOf(words: Int32Array): string {
  const count = words.length / 16;
  const made = new Map<number, string>();
  const outside = new Map<number, string>();
  const nameOf = (address: number): string => {
    if (address === 0) return '0';
    const by = made.get(address);
    if (by !== undefined) return by;
    if (!outside.has(address)) outside.set(address, `#${outside.size}`);
    return outside.get(address) ?? '';
  };
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const own = words.subarray(i * 16, i * 16 + 16);
    const [name = '?', ...spec] = WORDS[own[0] ?? 0] ?? [`unknown ${own[0]}`];
    const parts = spec.map((word, j) => {
      const value = own[j + 1] ?? 0;
      return `${word}=${/^[<>]/.test(word) && !word.startsWith('>') ? nameOf(value) : word.startsWith('>') ? (value === 0 ? '0' : `%${i}`) : value}`;
    });
    for (const [j, word] of spec.entries()) {
      const value = own[j + 1] ?? 0;
      if (word.includes('>') && value !== 0) made.set(value, `%${i}.${word.replace(/[<>]/g, '')}`);
    }
    lines.push(`${name} ${parts.join(' ')}`);
  }
  return lines.join('\n');
}
