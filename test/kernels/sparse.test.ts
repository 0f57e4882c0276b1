/** Operations on sparse rows against their formulas in float64, for any number of parts. */
import { describe, expect, test } from 'vitest';
import { SGD } from '../../assembly/codes.ts';
import { AT_CURSOR, AT_ORDER } from '../../assembly/opcodes.ts';
import * as layout from '../../assembly/optimizers/layout.ts';
import * as dense from '../../assembly/words/sparse-dense.ts';
import * as groupWords from '../../assembly/words/sparse-groups.ts';
import * as gradient from '../../assembly/words/sparse-kernel-gradient.ts';
import * as update from '../../assembly/words/sparse-update.ts';
import { builds, randomFloats } from '../core.ts';
import { integers, loadOperations } from './operation.ts';

describe.each(builds)('sparse rows, %s build', (build) => {
  const core = loadOperations(build);

  /** Rows of any length, with columns in any order and twice, and batches of some of them in any order. */
  function* cases() {
    const random = integers(randomFloats(5));
    const float = randomFloats(6);
    for (let i = 0; i < 40; i++) {
      const [inputs, units, count] = [random(1, 40), i % 10 ? random(1, 70) : random(1000, 2100), random(1, 9)];
      const lengths = Array.from({ length: count }, () => (random(0, 3) ? random(0, 12) : 0));
      const offsets = Int32Array.from([
        0,
        ...lengths.map((_, r) => lengths.slice(0, r + 1).reduce((a, b) => a + b, 0)),
      ]);
      const total = offsets[count] ?? 0;
      const indices = Int32Array.from({ length: total }, () => random(0, inputs - 1));
      const values = i % 3 === 0 ? undefined : Float32Array.from({ length: total }, float);
      const cursor = random(0, count - 1);
      const rows = random(1, count - cursor);
      const order = i % 2 ? Int32Array.from({ length: count }, () => random(0, count - 1)) : undefined;
      /** The batch's values: row of the batch, column, value. */
      const entries = Array.from({ length: rows }, (_, r) => {
        const row = order?.[cursor + r] ?? cursor + r;
        return Array.from({ length: lengths[row] ?? 0 }, (_one, k) => {
          const at = (offsets[row] ?? 0) + k;
          return { r, column: indices[at] ?? 0, value: values?.[at] ?? 1 };
        });
      }).flat();
      let most = 1;
      while (most < entries.length) most *= 2;
      const at = {
        offsets: core.i32(offsets).ptr,
        indices: core.i32(indices).ptr,
        values: values === undefined ? 0 : core.f32(values).ptr,
      };
      core.setHeader(AT_CURSOR, cursor);
      core.setHeader(AT_ORDER, order === undefined ? 0 : core.i32(order).ptr);
      yield { inputs, units, rows, entries, most, at, float };
      core.setHeader(AT_ORDER, 0);
      core.reset();
    }
  }

  const close = (got: Float32Array, want: Float64Array): void => {
    expect(want.findIndex((value, i) => !(Math.abs((got[i] ?? Number.NaN) - value) < 1e-5))).toBe(-1);
  };

  test('sparseDense is the product with the kernel, plus the bias, then relu', () => {
    for (const { inputs, units, rows, entries, at, float, most } of cases()) {
      const kernel = core.f32(Float32Array.from({ length: inputs * units }, float));
      const bias = core.f32(Float32Array.from({ length: units }, float));
      const y = core.f32(rows * units);
      for (const relu of [0, 1]) {
        const own = { y: y.ptr, kernel: kernel.ptr, bias: relu ? bias.ptr : 0, inputs, units, relu, most };
        const got = core.run(dense, { ...own, ...at }, y, rows);
        const want = Float64Array.from({ length: rows * units }, (_, i) => (relu ? (bias.view[i % units] ?? 0) : 0));
        for (const { r, column, value } of entries)
          for (let j = 0; j < units; j++)
            want[r * units + j] = (want[r * units + j] ?? 0) + value * (kernel.view[column * units + j] ?? 0);
        close(got, relu ? want.map((sum) => Math.max(sum, 0)) : want);
      }
    }
  });

  test('the gradient of a kernel has zeros where the batch has no column, and an update leaves these rows alone', () => {
    for (const { inputs, units, rows, entries, at, float, most } of cases()) {
      const dz = core.f32(Float32Array.from({ length: rows * units }, float));
      const groups = core.f32(16 + 7 * most).ptr;
      core.execute(groupWords, { groups, ...at, most }, rows);
      const want = new Float64Array(inputs * units);
      for (const { r, column, value } of entries)
        for (let j = 0; j < units; j++)
          want[column * units + j] = (want[column * units + j] ?? 0) + value * (dz.view[r * units + j] ?? 0);

      const dkernel = core.f32(new Float32Array(inputs * units).fill(Number.NaN));
      const shared = { dz: dz.ptr, groups, units, most };
      const got = core.run(gradient, { ...shared, dkernel: dkernel.ptr, inputs }, dkernel, rows);
      close(got, want);
      const dbias = core.f32(units);
      const sums = core.run(gradient, { ...shared, dbias: dbias.ptr, inputs }, dbias, rows);
      close(
        sums,
        Float64Array.from({ length: units }, (_, j) =>
          Array.from({ length: rows }, (_row, r) => dz.view[r * units + j] ?? 0).reduce((a, b) => a + b, 0),
        ),
      );

      const { ptr: state } = core.i32(layout.STATE_BYTES / 4);
      const words = new DataView(core.memory.buffer, state, layout.STATE_BYTES);
      words.setInt32(layout.AT_KIND, SGD, true);
      words.setFloat64(layout.AT_LEARNING_RATE, 0.5, true);
      core.x.prepareOptimizer(state);
      for (const limit of [0, 0.25]) {
        const w = core.f32(Float32Array.from({ length: inputs * units }, float));
        const before = w.view.slice();
        const own = { state, w: w.ptr, limit: { float: limit } };
        const after = core.run(update, { ...shared, ...own }, w, rows);
        const touched = new Set(entries.map(({ column }) => column));
        const wanted = Float64Array.from(before, (weight, i) => {
          const g = limit === 0 ? (want[i] ?? 0) : Math.max(-limit, Math.min(limit, want[i] ?? 0));
          return weight - 0.5 * g;
        });
        close(after, wanted);
        expect(after.findIndex((value, i) => !touched.has(Math.floor(i / units)) && value !== before[i])).toBe(-1);
      }
    }
  });
});
