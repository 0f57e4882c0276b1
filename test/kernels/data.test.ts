import { describe, expect, test } from 'vitest';
import { builds, loadCore, randomFloats } from '../core.ts';

const ROWS = 11;
const ORDER = [4, 0, 10, 4, 7, 2, 9, 1, 3, 8, 5];
const SIZES = [1, 2, 3, 4, 5, 7, 8, 13, 15, 16, 17, 31, 33, 784];

/** The rows of a batch, as indices of the source. */
const picked = (order: readonly number[] | undefined, start: number, rows: number): number[] =>
  Array.from({ length: rows }, (_, r) => order?.[start + r] ?? start + r);

describe.each(builds)('batches, %s build', (build) => {
  const core = loadCore(build);

  test('a byte over 255 is the float32 nearest to the quotient, for every byte and divisor', () => {
    for (const divisor of [255, 1, 256, 127.5, 3]) {
      core.reset();
      const source = core.u8(Uint8Array.from({ length: 256 }, (_, i) => i));
      const out = core.f32(256);
      core.x.gatherBytes(out.ptr, source.ptr, 0, 0, 1, 256, divisor);
      expect([...out.view]).toEqual(Array.from({ length: 256 }, (_, b) => Math.fround(b / divisor)));
    }
  });

  test.each(SIZES)('rows of %i bytes, floats and labels come in the order asked for', (perRow) => {
    const random = randomFloats(perRow);
    const values = Array.from({ length: ROWS * perRow }, () => Math.floor((random() + 1) * 128));
    for (const order of [undefined, ORDER]) {
      for (const [start, rows] of [
        [0, ROWS],
        [3, 5],
        [10, 1],
        [2, 0],
      ] as const) {
        core.reset();
        const bytes = core.u8(values);
        const floats = core.f32(values);
        const labels = core.i32(Array.from({ length: ROWS }, (_, i) => i * i - 5));
        const orderPtr = order === undefined ? 0 : core.i32(order).ptr;
        const out = core.f32(rows * perRow);
        const outLabels = core.i32(rows);
        const expected = picked(order, start, rows).flatMap((row) => values.slice(row * perRow, (row + 1) * perRow));

        core.x.gatherBytes(out.ptr, bytes.ptr, orderPtr, start, rows, perRow, 255);
        expect([...out.view]).toEqual(expected.map((v) => Math.fround(v / 255)));
        core.x.gatherFloats(out.ptr, floats.ptr, orderPtr, start, rows, perRow, 7);
        expect([...out.view]).toEqual(expected.map((v) => Math.fround(v / 7)));
        core.x.gatherFloats(out.ptr, floats.ptr, orderPtr, start, rows, perRow, 1);
        expect([...out.view]).toEqual(expected);
        core.x.gatherFloats(outLabels.ptr, labels.ptr, orderPtr, start, rows, 1, 1);
        expect([...outLabels.view]).toEqual(picked(order, start, rows).map((row) => row * row - 5));
      }
    }
    core.reset();
  });

  test('floats that are copied keep every bit, NaN and denormals too', () => {
    core.reset();
    const source = core.f32([Number.NaN, 1e-42, -0, Number.NEGATIVE_INFINITY, 5]);
    new Uint32Array(source.view.buffer, source.ptr, 1)[0] = 0x7fabcdef;
    const out = core.f32(5);
    core.x.gatherFloats(out.ptr, source.ptr, 0, 0, 5, 1, 1);
    expect([...new Uint32Array(out.view.buffer, out.ptr, 5)]).toEqual([
      ...new Uint32Array(source.view.buffer, source.ptr, 5),
    ]);
  });
});
