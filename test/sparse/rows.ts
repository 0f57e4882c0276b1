/** Random sparse rows, and the same numbers as a dense array. */
import type { ArrayData, SparseData } from '../../src/index.ts';
import { randomFloats } from '../core.ts';

export interface Pair {
  readonly sparse: SparseData & {
    readonly indices: Int32Array;
    readonly values: Float32Array;
    readonly offsets: Int32Array;
  };
  readonly dense: ArrayData & { readonly data: Float32Array };
}

/** Rows with a share `density` of values that are not zero, in ascending columns; some rows are empty, column 0 is in most. */
export function randomRows(rows: number, columns: number, density: number, seed: number): Pair {
  const next = randomFloats(seed);
  const data = new Float32Array(rows * columns);
  const [indices, values, offsets]: number[][] = [[], [], [0]];
  for (let r = 0; r < rows; r++) {
    const empty = r % 7 === 3;
    for (let c = 0; c < columns; c++) {
      const chance = (next() + 1) / 2;
      if (empty || !(chance < density || (c === 0 && chance < 0.8))) continue;
      const value = Math.fround(next() * 2);
      indices?.push(c);
      values?.push(value);
      data[r * columns + c] = value;
    }
    offsets?.push(indices?.length ?? 0);
  }
  return {
    sparse: {
      indices: Int32Array.from(indices ?? []),
      values: Float32Array.from(values ?? []),
      offsets: Int32Array.from(offsets ?? []),
      shape: [rows, columns],
    },
    dense: { data, shape: [rows, columns] },
  };
}
