import { describe, expect, test } from 'vitest';
import * as oneHot from '../../assembly/words/one-hot.ts';
import * as take from '../../assembly/words/take.ts';
import * as takeGradient from '../../assembly/words/take-gradient.ts';
import { builds, randomFloats } from '../core.ts';
import { integers, loadOperations } from './operation.ts';

const outside = [-1, -0.5, NaN, Infinity, -Infinity, 2 ** 31, -(2 ** 31), 4294967296, 3.4e38, 1e-40, -0, 0.7];
/** The row that an index names, undefined where it names none. */
const rowOf = (index: number, count: number): number | undefined =>
  index >= 0 && Math.trunc(index) < count ? Math.trunc(index) : undefined;

describe.each(builds)('tables, %s build', (build) => {
  const core = loadOperations(build);

  function* cases() {
    const random = integers(randomFloats(9));
    const float = randomFloats(10);
    for (let i = 0; i < 40; i++) {
      const [count, width, n] = [random(1, 30), i % 4 ? random(1, 40) : random(30, 130), random(0, 20)];
      const rows = i % 2 ? random(1, 5) : 0;
      const total = n * Math.max(rows, 1);
      const indices = Float32Array.from({ length: total }, (_, j) =>
        j % 6 === 5 ? (outside[random(0, outside.length - 1)] ?? 0) : j % 11 === 10 ? count : random(0, count - 1),
      );
      yield { count, width, n, rows: Math.max(rows, 1), perRow: rows ? 1 : 0, total, indices, float };
    }
  }

  test('take copies rows, and gives rows of NaN for indices outside of the table', () => {
    for (const { count, width, n, rows, perRow, total, indices, float } of cases()) {
      const table = core.f32(Float32Array.from({ length: count * width }, float));
      const [index, y] = [core.f32(indices), core.f32(total * width)];
      const values = { y: y.ptr, table: table.ptr, indices: index.ptr, n, perRow, width, count };
      const want = Float32Array.from({ length: total * width }, (_, i) => {
        const row = rowOf(indices[Math.floor(i / width)] as number, count);
        return row === undefined ? Number.NaN : (table.view[row * width + (i % width)] as number);
      });
      expect(core.run(take, values, y, rows)).toEqual(want);
      core.reset();
    }
  });

  test('takeGradient adds rows in the order of their indices, and nothing for indices outside of the table', () => {
    for (const { count, width, n, rows, perRow, total, indices, float } of cases()) {
      const dy = core.f32(Float32Array.from({ length: total * width }, float));
      const [index, dtable] = [core.f32(indices), core.f32(new Float32Array(count * width).fill(3))];
      const values = { dtable: dtable.ptr, dy: dy.ptr, indices: index.ptr, n, perRow, width, count };
      const want = new Float32Array(count * width);
      for (let i = 0; i < total; i++) {
        const row = rowOf(indices[i] as number, count);
        if (row === undefined) continue;
        for (let j = 0; j < width; j++)
          want[row * width + j] = (want[row * width + j] ?? 0) + (dy.view[i * width + j] ?? 0);
      }
      expect(core.run(takeGradient, values, dtable, rows)).toEqual(want);
      core.reset();
    }
  });

  test('oneHot has a 1 at the index, and zeros where there is none', () => {
    for (const { count: depth, n, rows, perRow, total, indices } of cases()) {
      const [index, y] = [core.f32(indices), core.f32(new Float32Array(total * depth).fill(5))];
      const want = Float32Array.from({ length: total * depth }, (_, i) =>
        rowOf(indices[Math.floor(i / depth)] as number, depth) === i % depth ? 1 : 0,
      );
      expect(core.run(oneHot, { y: y.ptr, indices: index.ptr, n, perRow, depth }, y, rows)).toEqual(want);
      core.reset();
    }
  });
});
