import { describe, expect, it } from 'vitest';
import { builds, loadCore, randomFloats } from '../core.ts';
import { matmulOracle } from '../reference/matmul.ts';

/** Sizes on and beside every edge: vectors, tiles, blocks of k (512), of rows (64) and of columns (256). */
const sizes: readonly (readonly [m: number, n: number, k: number])[] = [
  [1, 1, 1],
  [1, 7, 3],
  [1, 300, 20],
  [2, 13, 8],
  [1, 4099, 9],
  [2, 3, 5],
  [3, 4, 1],
  [4, 8, 4],
  [5, 9, 13],
  [7, 12, 31],
  [8, 16, 8],
  [13, 17, 65],
  [16, 10, 64],
  [17, 5, 63],
  [32, 10, 100],
  [63, 33, 7],
  [65, 31, 66],
  [68, 258, 5],
  [9, 257, 130],
  [5, 11, 511],
  [6, 13, 513],
  [3, 8, 1031],
];

describe.each(builds)('gemm (%s)', (build) => {
  const core = loadCore(build);
  const { x } = core;
  const scratch = core.alloc(x.gemmScratchBytes());

  function multiply(
    m: number,
    n: number,
    k: number,
    transposeA: boolean,
    transposeB: boolean,
    epilogue: boolean,
    seed = 1,
    masked = false,
    spoil = (_a: Float32Array, _b: Float32Array): void => {},
  ) {
    const random = randomFloats(seed + m * 31 + n * 17 + k);
    const fill = (length: number) => core.f32(Float32Array.from({ length }, random));
    const [a, b, bias, c, y] = [fill(m * k), fill(k * n), fill(n), fill(m * n), fill(m * n)];
    spoil(a.view, b.view);
    const biasAt = epilogue ? bias.ptr : 0;
    x.gemm(
      c.ptr,
      n,
      a.ptr,
      transposeA ? m : k,
      transposeA,
      b.ptr,
      transposeB ? k : n,
      transposeB,
      m,
      n,
      k,
      biasAt,
      epilogue,
      masked ? y.ptr - c.ptr : 0,
      scratch,
    );
    const expected = matmulOracle(a.view, b.view, m, n, k, {
      transposeA,
      transposeB,
      bias: epilogue ? bias.view : undefined,
      relu: epilogue,
    }).map((value, i) => (masked && !((y.view[i] ?? Number.NaN) > 0) ? 0 : value));
    return { actual: c.view.slice(), expected };
  }

  for (const [transposeA, transposeB, name] of [
    [false, false, 'A·B'],
    [true, false, 'Aᵀ·B'],
    [false, true, 'A·Bᵀ'],
    [true, true, 'Aᵀ·Bᵀ'],
  ] as const) {
    it.each(sizes)(`${name} of %i x %i x %i equals the chain of rounded additions bit for bit`, (m, n, k) => {
      for (const epilogue of [false, true]) {
        const { actual, expected } = multiply(m, n, k, transposeA, transposeB, epilogue);
        expect(actual).toEqual(expected);
      }
      core.reset();
      core.alloc(x.gemmScratchBytes());
    });
  }

  it.each(sizes)('the mask of a relu sets what it stopped to zero: %i x %i x %i', (m, n, k) => {
    const { actual, expected } = multiply(m, n, k, false, true, false, 1, true);
    expect(actual).toEqual(expected);
    core.reset();
    core.alloc(x.gemmScratchBytes());
  });

  describe.each([
    [32, 70, 100],
    [12, 40, 1024],
    [10, 33, 1025],
    [300, 96, 32],
    [330, 33, 210],
    [9, 9, 8],
    [65, 300, 31],
  ])('zeros of op(A) that are left out, %i x %i x %i', (m, n, k) => {
    const orientations = [
      [false, false, false],
      [true, false, false],
      [false, true, true],
      [true, true, false],
    ] as const;
    const special = [0, -0, 1e-40, Number.POSITIVE_INFINITY, Number.NaN, Number.NEGATIVE_INFINITY];
    const thin = (x: Float32Array, density: number) => {
      const random = randomFloats(Math.round(100 * density));
      for (const i of x.keys()) if (random() + 1 >= 2 * density) x[i] = random() < 0 ? -0 : 0;
    };
    const mix = (x: Float32Array) => {
      for (const [i, value] of special.entries()) x[Math.floor(((i + 0.5) * x.length) / special.length)] = value;
    };
    const check = (spoil: (a: Float32Array, b: Float32Array) => void) => {
      for (const [transposeA, transposeB, masked] of orientations) {
        const { actual, expected } = multiply(m, n, k, transposeA, transposeB, !masked, 1, masked, spoil);
        expect(actual).toEqual(expected);
        core.reset();
        core.alloc(x.gemmScratchBytes());
      }
    };

    it.each([0, 0.1, 0.3, 0.5, 0.8])('change no bit where a share of %f is not zero', (density) =>
      check((a) => thin(a, density)),
    );

    it('beside infinities, NaN, denormals and zeros of both signs', () => {
      check((a) => {
        thin(a, 0.2);
        mix(a);
      });
    });

    it('times infinities and NaN are NaN', () => {
      check((a, b) => {
        thin(a, 0.2);
        mix(b);
      });
    });
  });

  it('gives zeros, or the bias through relu, when k is zero', () => {
    expect(multiply(3, 5, 0, false, false, false).actual).toEqual(new Float32Array(15));
    const { actual, expected } = multiply(3, 5, 0, false, false, true);
    expect(actual).toEqual(expected);
  });

  it('does nothing when there are no rows or no columns', () => {
    expect(multiply(0, 5, 4, false, false, true).actual).toHaveLength(0);
    expect(multiply(5, 0, 4, false, true, true).actual).toHaveLength(0);
  });

  it('keeps the NaN and the infinities of its operands in the rows and columns that they belong to', () => {
    const a = core.f32([1, Number.NaN, 2, 3, 4, 5]);
    const b = core.f32([1, 2, 3, Number.POSITIVE_INFINITY]);
    const c = core.f32(6);
    x.gemm(c.ptr, 2, a.ptr, 2, false, b.ptr, 2, false, 3, 2, 2, 0, true, 0, scratch);
    expect([...c.view]).toEqual([Number.NaN, Number.NaN, 11, Number.POSITIVE_INFINITY, 19, Number.POSITIVE_INFINITY]);
  });

  it('computes a block within larger matrices, whose rows are further apart', () => {
    const random = randomFloats(5);
    const [m, n, k, wide] = [6, 11, 9, 20];
    const a = core.f32(Float32Array.from({ length: m * wide }, random));
    const b = core.f32(Float32Array.from({ length: k * wide }, random));
    const c = core.f32(new Float32Array(m * wide).fill(7));
    x.gemm(c.ptr, wide, a.ptr, wide, false, b.ptr, wide, false, m, n, k, 0, false, 0, scratch);
    const take = (view: Float32Array, rows: number, cols: number) =>
      Float32Array.from({ length: rows * cols }, (_, i) => view[Math.floor(i / cols) * wide + (i % cols)] ?? 0);
    expect(take(c.view, m, n)).toEqual(matmulOracle(take(a.view, m, k), take(b.view, k, n), m, n, k, {}));
    for (let row = 0; row < m; row++)
      expect([...c.view.subarray(row * wide + n, (row + 1) * wide)]).toEqual(new Array(wide - n).fill(7));
  });
});
