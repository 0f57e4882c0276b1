import { describe, expect, test } from 'vitest';
import { TRANSPOSE_A, TRANSPOSE_B } from '../../assembly/opcodes.ts';
import * as words from '../../assembly/words/products.ts';
import { builds, randomFloats } from '../core.ts';
import { matmulOracle } from '../reference/matmul.ts';
import { integers, loadOperations } from './operation.ts';

describe.each(builds)('products, %s build', (build) => {
  const core = loadOperations(build);

  test.each([
    ['A·B', 0],
    ['Aᵀ·B', TRANSPOSE_A],
    ['A·Bᵀ', TRANSPOSE_B],
    ['Aᵀ·Bᵀ', TRANSPOSE_A | TRANSPOSE_B],
  ])('%s, many at a time, some matrices used again, equal the chain of rounded additions bit for bit', (_, flags) => {
    const random = integers(randomFloats(flags + 1));
    const float = randomFloats(flags + 7);
    for (let i = 0; i < 40; i++) {
      const [m, n, k] = [random(1, 20), random(1, 40), random(0, 30)];
      const rows = i % 2 ? random(1, 4) : 0;
      const times = random(1, i % 3 ? 4 : 1);
      const total = times * Math.max(rows, 1);
      const [aPeriod, bPeriod] = [random(0, 1) * random(1, total), random(0, 1) * random(1, total)];
      const a = core.f32(Float32Array.from({ length: (aPeriod || total) * m * k }, float));
      const b = core.f32(Float32Array.from({ length: (bPeriod || total) * k * n }, float));
      const c = core.f32(total * m * n);
      const values = { c: c.ptr, a: a.ptr, b: b.ptr, m, n, k, flags, times, perRow: rows ? 1 : 0, aPeriod, bPeriod };
      const got = core.run(words, values, c, Math.max(rows, 1));
      for (let p = 0; p < total; p++) {
        const [pa, pb] = [aPeriod ? p % aPeriod : p, bPeriod ? p % bPeriod : p];
        const [x, y] = [a.view.subarray(pa * m * k, (pa + 1) * m * k), b.view.subarray(pb * k * n, (pb + 1) * k * n)];
        const options = { transposeA: (flags & TRANSPOSE_A) !== 0, transposeB: (flags & TRANSPOSE_B) !== 0 };
        expect(got.subarray(p * m * n, (p + 1) * m * n)).toEqual(matmulOracle(x, y, m, n, k, options));
      }
      core.reset();
    }
  });
});
