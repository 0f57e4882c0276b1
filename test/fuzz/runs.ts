/** How often hostile files are tried: `npm run fuzz -- --runs 1000000` shares so many among all formats. */
const total = Number(process.env.SIMDESCENT_FUZZ_RUNS ?? 24_000);
export const seed = Number(process.env.SIMDESCENT_FUZZ_SEED ?? 1) | 0;

/** In thousandths, which come to 1,000. Models of other programs are larger, and a run takes ten times as long. */
const SHARES = {
  ...{ 'model files': 200, predictions: 50, 'random bytes': 30, IDX: 120, npy: 120, npz: 120, CSV: 140 },
  ...{ journals: 60, results: 30, '.keras': 12, 'parts of .keras': 20, '.h5': 22, '.weights.h5': 16 },
  ...{ onnx: 30, 'model.json': 16, 'quantized model.json': 8, 'state dicts': 6 },
} as const;

/** Runs of a format, which `parts` files share. */
export const runsOf = (format: keyof typeof SHARES, parts = 1): number =>
  Math.ceil((total * SHARES[format]) / 1000 / parts);

/** Milliseconds of a test: what hangs is to fail some day. */
export const timeout = Math.max(60_000, total * 20);
