import { describe, expect, test } from 'vitest';
import * as words from '../../assembly/words/copy-strided.ts';
import { builds, randomFloats } from '../core.ts';
import { denseStrides, indices, place } from '../reference/arrays.ts';
import { integers, loadOperations } from './operation.ts';

interface Copy {
  readonly sizes: readonly number[];
  readonly yStrides: readonly number[];
  readonly xStrides: readonly number[];
  readonly yOffset?: number;
  readonly xOffset?: number;
  readonly yRow?: number;
  readonly xRow?: number;
}

describe.each(builds)('copyStrided, %s build', (build) => {
  const core = loadOperations(build);

  /** The copy and its definition, over an output that has numbers of its own where nothing is written. */
  function check(copy: Copy, yLength: number, xLength: number, rows = 0): void {
    const { sizes, yStrides, xStrides, yOffset = 0, xOffset = 0, yRow = 0, xRow = 0 } = copy;
    const random = randomFloats(xLength + yLength);
    const x = core.f32(Float32Array.from({ length: xLength }, random));
    const y = core.f32(new Float32Array(yLength).fill(7));
    const want = y.view.slice();
    for (let row = 0; row < Math.max(rows, 1); row++) {
      for (const index of indices(sizes)) {
        const [to, from] = [
          yOffset + row * yRow + place(index, yStrides),
          xOffset + row * xRow + place(index, xStrides),
        ];
        if (to < 0 || to >= yLength || from < 0 || from >= xLength) throw new Error('the test is wrong');
        want[to] = x.view[from] as number;
      }
    }
    const descriptor = core.i32([sizes.length, yOffset, xOffset, yRow, xRow, ...sizes, ...yStrides, ...xStrides]);
    const values = { y: y.ptr, x: x.ptr, descriptor: descriptor.ptr, perRow: rows ? 1 : 0 };
    expect(core.run(words, values, y, Math.max(rows, 1)), JSON.stringify(copy)).toEqual(want);
    core.reset();
  }

  test('transposes, slices, pads, repeats and reversals of random arrays of up to six dimensions, per row and not', () => {
    const random = integers(randomFloats(1));
    for (let i = 0; i < 300; i++) {
      const rank = random(0, 6);
      const rows = i % 2 ? random(1, 4) : 0;
      // y is an array of some layout of which a part is written; x one of which a part is read, some axes backwards or repeated
      const sizes = Array.from({ length: rank }, () => random(1, rank > 3 ? 4 : i % 5 ? 9 : 40));
      const order = [...sizes.keys()].sort(() => random(0, 1) - 0.5);
      const outer = sizes.map((size) => size + random(0, 2));
      const yShape = order.map((axis) => outer[axis] ?? 1);
      const yDense = denseStrides(yShape);
      const yStrides = sizes.map((_, axis) => yDense[order.indexOf(axis)] ?? 0);
      const steps = sizes.map(() => [1, 1, 1, 2, -1, 0][random(0, 5)] ?? 1);
      const xShape = sizes.map((size, axis) => Math.max(Math.abs(steps[axis] ?? 1), 1) * size);
      const xDense = denseStrides(xShape);
      const xStrides = xDense.map((stride, axis) => stride * (steps[axis] ?? 1));
      const xOffset = sizes.reduce((sum, size, axis) => sum - Math.min((size - 1) * (xStrides[axis] ?? 0), 0), 0);
      const yOffset = random(0, 3);
      const length = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
      const yRow = length(yShape);
      const xRow = random(0, 1) * length(xShape);
      const yLength = yOffset + yRow * Math.max(rows, 1);
      check(
        { sizes, yStrides, xStrides, yOffset, xOffset, yRow, xRow },
        yLength,
        length(xShape) * Math.max(rows, 1),
        rows,
      );
    }
  });

  test.each([
    [4, 4],
    [5, 7],
    [8, 3],
    [3, 8],
    [65, 130],
    [129, 66],
  ])('a transpose of %i x %i, alone and as a batch', (m, n) => {
    check({ sizes: [n, m], yStrides: [m, 1], xStrides: [1, n] }, m * n, m * n);
    check({ sizes: [3, n, m], yStrides: [m * n, m, 1], xStrides: [m * n, 1, n] }, 3 * m * n, 3 * m * n);
    check({ sizes: [n, m], yStrides: [m, 1], xStrides: [1, n], yRow: m * n, xRow: m * n }, 5 * m * n, 5 * m * n, 5);
  });

  test('nothing is written where a size is 0', () => {
    check({ sizes: [3, 0, 2], yStrides: [4, 2, 1], xStrides: [4, 2, 1] }, 12, 12);
    check({ sizes: [0], yStrides: [1], xStrides: [1] }, 1, 1);
  });

  test('every bit of a number comes through, whatever it stands for', () => {
    const x = core.u32([0x7f800001, 0xffc12345, 0x80000000, 1, 0x7fc00000]);
    const y = core.u32(5);
    const descriptor = core.i32([1, 0, 0, 0, 0, 5, 1, 1]);
    core.execute(words, { y: y.ptr, x: x.ptr, descriptor: descriptor.ptr });
    expect(y.view).toEqual(x.view);
    core.reset();
  });
});
