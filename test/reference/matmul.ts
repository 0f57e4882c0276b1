/** The plain matrix product, in the arithmetic of the kernel: one float32 addition after the other along ascending k. */
export function matmulOracle(
  a: Float32Array,
  b: Float32Array,
  m: number,
  n: number,
  k: number,
  options: { transposeA?: boolean; transposeB?: boolean; bias?: Float32Array | undefined; relu?: boolean },
): Float32Array {
  const { transposeA = false, transposeB = false, bias, relu = false } = options;
  const c = new Float32Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let q = 0; q < k; q++) {
        const x = a[transposeA ? q * m + i : i * k + q] ?? Number.NaN;
        const y = b[transposeB ? j * k + q : q * n + j] ?? Number.NaN;
        sum = Math.fround(sum + Math.fround(x * y));
      }
      if (bias !== undefined) sum = Math.fround(sum + (bias[j] ?? Number.NaN));
      c[i * n + j] = relu && sum < 0 ? 0 : sum;
    }
  }
  return c;
}
