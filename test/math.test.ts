import { describe, expect, test } from 'vitest';
import { builds, loadCore, randomFloats } from './core.ts';
import { erf as erf32, exp, log, sigmoid as sigmoid32, softplus as softplus32, tanh } from './reference/fround.ts';
import { erf, fromBits, sigmoid, softplus, toBits, ulpError } from './reference/math.ts';
import transcendental from './reference/transcendental.json' with { type: 'json' };

const kernels = ['exp', 'log', 'tanh', 'erf', 'sigmoid', 'softplus', 'sqrt'] as const;
type Kernel = (typeof kernels)[number];
const reference: Record<Kernel, (x: number) => number> = {
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  erf,
  sigmoid,
  softplus,
  sqrt: Math.sqrt,
};
const oracles: Record<Kernel, (x: number) => number> = {
  exp,
  log,
  tanh,
  erf: erf32,
  sigmoid: sigmoid32,
  softplus: softplus32,
  sqrt: (x) => Math.fround(Math.sqrt(x)),
};
/** Where a function is neither constant nor out of range. */
const ranges: Record<Kernel, readonly [number, number]> = {
  exp: [-104, 89],
  log: [0, 100],
  tanh: [-11, 11],
  erf: [-4.5, 4.5],
  sigmoid: [-104, 20],
  softplus: [-104, 30],
  sqrt: [0, 1e6],
};
const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 13, 31, 4095, 4097];
const specials = [0, -0, 1, -1, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -149), 2 ** -126, 3.4028234663852886e38];

type Core = ReturnType<typeof loadCore>;
function apply(core: Core, kernel: Kernel, values: ArrayLike<number>): Float32Array {
  const x = core.f32(values);
  const out = core.f32(values.length);
  core.x[kernel](out.ptr, x.ptr, values.length);
  const copy = out.view.slice();
  core.reset();
  return copy;
}
const at = (core: Core, kernel: Kernel, x: number) => apply(core, kernel, [x])[0] as number;

/** Points spread over a range, and points spread over all bit patterns in it. */
function points(kernel: Kernel, n: number): Float32Array {
  const random = randomFloats(7);
  const [low, high] = ranges[kernel];
  const x = new Float32Array(n);
  for (let i = 0; i < n; ) {
    const unit = (random() + 1) / 2;
    const value = i % 2 ? low + unit * (high - low) : fromBits(Math.floor(unit * 2 ** 32));
    if (value >= low && value <= high) x[i++] = value;
  }
  return x;
}

describe.each(builds)('elementary functions, %s build', (build) => {
  const core = loadCore(build);

  test.each(kernels)('%s meets the correctly rounded reference points', (kernel) => {
    const limit = transcendental.suggested_max_ulp[kernel];
    for (const [x, want] of transcendental[kernel] as [string, string, number, number][]) {
      const got = at(core, kernel, fromBits(Number(x)));
      expect(Math.abs(toBits(got) - Number(want)), `${kernel}(${x})`).toBeLessThanOrEqual(limit);
    }
  });

  test('special cases are exact', () => {
    expect(at(core, 'exp', 0)).toBe(1);
    expect(at(core, 'exp', -0)).toBe(1);
    expect(at(core, 'exp', 88.7228394)).toBe(Infinity);
    expect(at(core, 'exp', fromBits(0x42b17217))).toBeLessThan(Infinity);
    expect(at(core, 'exp', -103.972084)).toBe(0);
    expect(at(core, 'exp', -103.97)).toBe(2 ** -149);
    expect(at(core, 'exp', Infinity)).toBe(Infinity);
    expect(at(core, 'exp', -Infinity)).toBe(0);
    expect(at(core, 'log', 1)).toBe(0);
    expect(at(core, 'log', 0)).toBe(-Infinity);
    expect(at(core, 'log', -0)).toBe(-Infinity);
    expect(at(core, 'log', -(2 ** -149))).toBeNaN();
    expect(at(core, 'log', -Infinity)).toBeNaN();
    expect(at(core, 'log', Infinity)).toBe(Infinity);
    for (const odd of ['tanh', 'erf'] as const) {
      expect(at(core, odd, 0)).toBe(0);
      expect(at(core, odd, -0)).toBe(-0);
      expect(at(core, odd, Infinity)).toBe(1);
      expect(at(core, odd, -Infinity)).toBe(-1);
    }
    expect(at(core, 'sigmoid', 0)).toBe(0.5);
    expect(at(core, 'sigmoid', -Infinity)).toBe(0);
    expect(at(core, 'sigmoid', Infinity)).toBe(1);
    expect(at(core, 'softplus', -Infinity)).toBe(0);
    expect(at(core, 'softplus', Infinity)).toBe(Infinity);
    for (const kernel of kernels) expect(at(core, kernel, NaN), kernel).toBeNaN();
  });

  test.each(kernels)('%s has the bits of the scalar oracle at every length, in place too', (kernel) => {
    const oracle = oracles[kernel];
    const all = points(kernel, 4097);
    all.set(specials, 3);
    for (const n of sizes) {
      const x = all.subarray(all.length - n);
      const source = n >= 31 ? all.subarray(0, n) : x;
      const want = Array.from(source, (value) => toBits(oracle(value)));
      expect(Array.from(apply(core, kernel, source), toBits), `n = ${n}`).toEqual(want);
      const same = core.f32(source);
      core.x[kernel](same.ptr, same.ptr, n);
      expect(Array.from(same.view, toBits)).toEqual(want);
      core.reset();
    }
  });
});

describe('accuracy over dense samples', () => {
  const core = loadCore('release');

  test.each(kernels)('%s stays within its bound', (kernel) => {
    const x = points(kernel, 400_000);
    const got = apply(core, kernel, x);
    let worst = 0;
    let where = 0;
    for (let i = 0; i < x.length; i++) {
      const error = ulpError(got[i] as number, reference[kernel](x[i] as number));
      if (!(error <= worst)) [worst, where] = [error, x[i] as number];
    }
    if (process.env.SHOW_ULP) console.log(`${kernel}: ${worst.toFixed(3)} ulp at ${where}`);
    // Half an ulp of the bound is the rounding of the reference itself for the hex points; here it is exact.
    expect(worst, `at ${where}`).toBeLessThanOrEqual(transcendental.suggested_max_ulp[kernel] || 0.5);
  });

  test.each([
    ['around the first change of the power of two', 0.33, 1_000_000],
    ['around 1', 0.999, 100_000],
    ['at a later change', 10.045, 20_000],
    ['where results become denormal', 87.2, 50_000],
    ['where results lose their last bits', 103, 100_000],
  ])('exp never decreases, %s', (_, from, n) => {
    for (const sign of [1, -1]) {
      const x = Float32Array.from({ length: n }, (_, i) => sign * fromBits(toBits(from) + i));
      const y = apply(core, 'exp', x);
      let broken = 0;
      for (let i = 1; i < n; i++) if (sign * ((y[i] as number) - (y[i - 1] as number)) < 0) broken++;
      expect(broken).toBe(0);
    }
  });

  test.each(['tanh', 'erf'] as const)('%s is odd to the last bit', (kernel) => {
    const x = points(kernel, 100_000);
    const y = apply(core, kernel, x);
    const mirrored = apply(
      core,
      kernel,
      x.map((value) => -value),
    );
    expect(mirrored.map((value) => -value)).toEqual(y);
  });
});
