import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as codes from '../assembly/codes.ts';
import {
  compileFunction,
  configs,
  layers,
  loadModel,
  ops,
  type SymbolicValue,
  sequential,
  tensor,
  valueAndGrad,
} from '../src/index.ts';
import { builds, loadCore, randomFloats } from './core.ts';
import golden from './reference/activations.json' with { type: 'json' };
import {
  type Activation,
  activations,
  type Name,
  names,
  readsInput,
  softmax,
  softmaxGradient,
} from './reference/activations.ts';
import * as fround from './reference/fround.ts';
import { fromBits, toBits, ulpError } from './reference/math.ts';

const TINY = 2 ** -100;
const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 13, 31, 63, 65, 1021];

/** The reference file's names for what we have. */
const ours: Record<string, readonly [Name, number]> = {
  relu: ['relu', 0],
  'leaky_relu(0.2)': ['leakyRelu', 0.2],
  'elu(1)': ['elu', 1],
  selu: ['selu', 0],
  'gelu(approximate=False)': ['gelu', 0],
  'gelu(approximate=True)': ['geluTanh', 0],
  sigmoid: ['sigmoid', 0],
  hard_sigmoid: ['hardSigmoid', 0],
  tanh: ['tanh', 0],
  softplus: ['softplus', 0],
  softsign: ['softsign', 0],
  silu: ['silu', 0],
  relu6: ['relu6', 0],
  hard_silu: ['hardSilu', 0],
  hard_tanh: ['hardTanh', 0],
};
/** What Keras has beyond them: functions of `ops`, or a layer. */
const functions: Record<string, (x: SymbolicValue) => SymbolicValue> = {
  'relu(negative_slope=0.1,max_value=4,threshold=1)': (x) => x,
  mish: ops.mish,
  exponential: ops.exp,
  log_sigmoid: ops.logSigmoid,
  'celu(alpha=2)': (x) => ops.celu(x, { alpha: 2 }),
  hard_shrink: ops.hardShrink,
  'soft_shrink(threshold=0.4)': (x) => ops.softShrink(x, { threshold: 0.4 }),
  tanh_shrink: ops.tanhShrink,
  squareplus: ops.squareplus,
  sparse_plus: ops.sparsePlus,
  sparse_sigmoid: ops.sparseSigmoid,
};

const oracles: Partial<Record<Name, (x: number, alpha: number) => number>> = {
  linear: (x) => x,
  relu: fround.relu,
  leakyRelu: fround.leakyRelu,
  elu: fround.elu,
  selu: fround.selu,
  gelu: fround.gelu,
  geluTanh: fround.geluTanh,
  sigmoid: fround.sigmoidLayer,
  tanh: fround.tanh,
  softplus: fround.softplusLayer,
  silu: fround.silu,
};

function samples(seed: number, n: number, scale: number): Float32Array {
  const random = randomFloats(seed);
  return Float32Array.from({ length: n }, () => random() * scale);
}

type Core = ReturnType<typeof loadCore>;
function forward(core: Core, name: Name, values: ArrayLike<number>, alpha = 1): Float32Array {
  const x = core.f32(values);
  const y = core.f32(values.length);
  core.x.activation(activations[name].kind, y.ptr, x.ptr, values.length, alpha);
  const copy = y.view.slice();
  core.reset();
  return copy;
}

/** dy * f', given only the array that the kind is to read. */
function backward(core: Core, name: Name, values: ArrayLike<number>, dy: ArrayLike<number>, alpha = 1): Float32Array {
  const n = values.length;
  const y = core.f32(forward(core, name, values, alpha));
  const x = core.f32(values);
  const d = core.f32(dy);
  const dx = core.f32(n);
  const [input, output] = readsInput.has(name) ? [x.ptr, 0] : [0, y.ptr];
  core.x.activationGradient(activations[name].kind, dx.ptr, d.ptr, input, output, n, alpha);
  const copy = dx.view.slice();
  core.x.activationGradient(activations[name].kind, d.ptr, d.ptr, input, output, n, alpha);
  expect(Array.from(d.view, toBits)).toEqual(Array.from(copy, toBits));
  core.reset();
  return copy;
}
const ones = (n: number) => new Float32Array(n).fill(1);

test('the reference file holds what we offer and what we leave out, nothing else', () => {
  expect([...Object.keys(ours), ...Object.keys(functions)].sort()).toEqual(Object.keys(golden.values).sort());
  expect(names.filter((name) => !Object.values(ours).some(([own]) => own === name))).toEqual(['linear']);
});

describe('activations that layers take as functions', () => {
  test.each(Object.entries(functions).filter(([key]) => !key.startsWith('relu')))(
    '%s has the values and derivatives of the reference',
    (key, fn) => {
      const { f, df } = golden.values[key as keyof typeof golden.values];
      using input = tensor([golden.x.length], golden.x);
      const [slopes] = valueAndGrad((x: SymbolicValue) => ops.sum(fn(x)))(input).gradients;
      using y = compileFunction((x: SymbolicValue) => fn(x))(input);
      for (const [i, x] of golden.x.entries()) {
        const [want, slope] = [f[i] as number, df[i] as number];
        expect(Math.abs((y.data[i] as number) - want), `${key}(${x})`).toBeLessThanOrEqual(
          4e-6 * Math.abs(want) + 1e-6,
        );
        const got = slopes?.data[i] as number;
        expect(Math.abs(got - slope), `${key}'(${x})`).toBeLessThanOrEqual(4e-6 * Math.abs(slope) + 1e-6);
      }
    },
  );

  test.each(Object.keys(functions).filter((key) => !key.includes('(')))(
    'descriptions name it as Keras does: %s',
    async (activation) => {
      const { f } = golden.values[activation as keyof typeof golden.values];
      const config = { activation, inputShape: [golden.x.length] };
      using model = sequential([configs.layerFrom({ className: 'activation', config })]);
      const { data } = await model.predict([golden.x]);
      using same = compileFunction(functions[activation] as (x: SymbolicValue) => SymbolicValue)(
        tensor([golden.x.length], golden.x),
      );
      expect(Array.from(data)).toEqual(Array.from(same.data));
      for (const [i, want] of f.entries())
        expect(Math.abs((data[i] as number) - want)).toBeLessThanOrEqual(4e-6 * Math.abs(want) + 1e-6);
      using again = await loadModel(await model.save());
      expect((await again.predict([golden.x])).data).toEqual(data);
      expect(() => layers.dense({ units: 1, activation: activation as never })).toThrow(/functions of ops/);
    },
  );

  test.each([
    ['dense', () => layers.dense({ units: 3, activation: ops.mish, inputShape: [4] })],
    ['activation', () => layers.activation({ activation: ops.logSigmoid, inputShape: [4] })],
    ['conv1d', () => layers.conv1d({ filters: 2, kernelSize: 1, activation: ops.tanhShrink, inputShape: [4, 1] })],
    ['dense', () => layers.dense({ units: 3, activation: ops.gelu, inputShape: [4] })],
  ] as const)('%s is saved by the name of its function, and trains to the same bits when loaded', async (_, make) => {
    using model = sequential([make()], { seed: 5 });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    using twin = await loadModel(await model.save());
    const x = { data: samples(1, 24, 2), shape: [6, ...(model.layers[0]?.inputShape ?? [])] };
    const shape = [6, ...(model.layers[0]?.outputShape ?? [])];
    const y = {
      data: samples(
        2,
        shape.reduce((a, b) => a * b, 1),
        1,
      ),
      shape,
    };
    await model.fit(x, y, { epochs: 2 });
    await twin.fit(x, y, { epochs: 2 });
    expect(await twin.digest()).toBe(await model.digest());
    expect(twin.toConfig()).toEqual(model.toConfig());
  });

  test("one of the user's own is registered under a name", () => {
    const wave = (x: SymbolicValue) => ops.add(x, ops.sin(x));
    const config = () => layers.dense({ units: 1, activation: wave }).toConfig();
    expect(() => configs.layerFrom(config())).toThrow("'wave'");
    configs.register('wavy', { activation: wave });
    expect(config().config.activation).toEqual({ function: 'wavy' });
    expect(configs.layerFrom(config()).toConfig()).toEqual(config());
  });

  test('one that changes the shape, or makes something else, is refused before there are weights', () => {
    const build = (activation: unknown) => () =>
      sequential([layers.dense({ units: 4, name: 'wide', activation: activation as never, inputShape: [2] })]);
    expect(build(ops.glu)).toThrow(/wide.*\[.., 4\].*\[.., 2\]/);
    expect(build(() => 5)).toThrow(TypeError);
    expect(build('mish')).toThrow(RangeError);
    expect(build({ name: 'mish' })).toThrow(RangeError);
  });
});

test('the optimised core calls nothing indirectly', () => {
  const text = readFileSync(new URL('../build/release.wat', import.meta.url), 'utf8');
  expect(text).not.toContain('call_indirect');
});

describe.each(builds)('activations, %s build', (build) => {
  const core = loadCore(build);

  test.each(Object.keys(ours))('%s meets the reference values and derivatives', (key) => {
    const [name, alpha] = ours[key] as readonly [Name, number];
    const { f, df } = golden.values[key as keyof typeof golden.values];
    const y = forward(core, name, golden.x, alpha);
    const dx = backward(core, name, golden.x, ones(golden.x.length), alpha);
    golden.x.forEach((x, i) => {
      const value = f[i] as number;
      const slope = df[i] as number;
      // The exact gelu of -10 carries the rounding of 10^2 / 2 in an exponent.
      expect(Math.abs((y[i] as number) - value), `${key}(${x})`).toBeLessThanOrEqual(4e-6 * Math.abs(value) + TINY);
      // Where the derivative is read off y, its error is that of y.
      expect(Math.abs((dx[i] as number) - slope), `${key}'(${x})`).toBeLessThanOrEqual(4e-6 * Math.abs(slope) + 2e-7);
    });
  });

  test.each(names)('%s has the values of its reference, and the slope of central differences', (name) => {
    const { f, df }: Activation = activations[name];
    const alpha = 0.3;
    const x = samples(11, 500, 8);
    const dy = samples(12, 500, 3);
    const y = forward(core, name, x, alpha);
    const dx = backward(core, name, x, dy, alpha);
    const h = 1e-5;
    x.forEach((value, i) => {
      const want = f(value, Math.fround(alpha));
      expect(Math.abs((y[i] as number) - want), `${name}(${value})`).toBeLessThanOrEqual(4e-7 * (1 + Math.abs(want)));
      const slope = (f(value + h, alpha) - f(value - h, alpha)) / (2 * h);
      expect(Math.abs(slope - df(value, alpha)), `the reference's own slope at ${value}`).toBeLessThan(1e-7);
      expect(Math.abs((dx[i] as number) - (dy[i] as number) * slope), `${name}'(${value})`).toBeLessThan(2e-6);
    });
  });

  test.each(names.filter((name) => oracles[name]))('%s has the bits of the scalar oracle, in place too', (name) => {
    const oracle = oracles[name] as (x: number, alpha: number) => number;
    const all = samples(3, 1021, 12);
    all.set([0, -0, 1e-30, -1e-30, 200, -200, 1e20, -1e20, NaN, -69.3147202, -69.3147278], 5);
    for (const n of sizes) {
      const x = all.subarray(0, n);
      const want = Array.from(x, (value) => toBits(oracle(value, 0.3)));
      expect(Array.from(forward(core, name, x, 0.3), toBits), `n = ${n}`).toEqual(want);
      const same = core.f32(x);
      core.x.activation(activations[name].kind, same.ptr, same.ptr, n, 0.3);
      expect(Array.from(same.view, toBits)).toEqual(want);
      core.reset();
    }
  });

  test.each(names)('%s passes NaN on, and keeps large inputs free of it', (name) => {
    const [nan, ...large] = forward(core, name, [NaN, 1e20, -1e20, 88, -88, 3e38, -3e38], 0.3);
    expect(nan).toBeNaN();
    for (const y of large) expect(y).not.toBeNaN();
    for (const slope of backward(core, name, [1e20, -1e20, 88, -88, 3e38, -3e38], ones(6), 0.3))
      expect(Number.isFinite(slope)).toBe(true);
    expect(backward(core, name, [0.5], [NaN])[0]).toBeNaN();
  });

  test.each(['elu', 'selu', 'gelu', 'geluTanh', 'sigmoid', 'tanh', 'softplus', 'softsign', 'silu'] as const)(
    'the gradient of %s is zero below 2^-100',
    (name) => {
      const dy = [2 ** -97, 2 ** -104, -(2 ** -104), 2 ** -140];
      const [kept, ...flushed] = backward(core, name, [0.25, 0.25, 0.25, 0.25], dy);
      expect(kept).toBeGreaterThan(0);
      for (const d of flushed) expect(Math.abs(d)).toBe(0);
    },
  );

  test.each(['sigmoid', 'silu', 'softplus', 'gelu', 'geluTanh'] as const)('%s never gives a denormal', (name) => {
    const x = Float32Array.from({ length: 4000 }, (_, i) => -i * 0.03);
    for (const y of forward(core, name, x)) expect(y === 0 || Math.abs(y) >= 2 ** -126).toBe(true);
  });

  test('softmax rows match their reference and add up to one, in place too', () => {
    for (const [rows, cols] of [
      [0, 3],
      [1, 1],
      [2, 2],
      [3, 3],
      [5, 4],
      [4, 7],
      [3, 10],
      [2, 13],
      [2, 1021],
    ] as const) {
      const x = samples(cols, rows * cols, 20);
      const input = core.f32(x);
      const y = core.f32(rows * cols);
      core.x.softmax(y.ptr, input.ptr, rows, cols);
      for (let r = 0; r < rows; r++) {
        const row = Array.from(x.subarray(r * cols, (r + 1) * cols));
        const got = Array.from(y.view.subarray(r * cols, (r + 1) * cols));
        expect(got.map(toBits)).toEqual(fround.softmax(row).map(toBits));
        softmax(row).forEach((want, c) => {
          // Rounding x - max, here up to 40, costs 40 * 2^-24.
          expect(Math.abs((got[c] as number) - want)).toBeLessThan(5e-6 * want + TINY);
        });
        expect(got.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      }
      core.x.softmax(input.ptr, input.ptr, rows, cols);
      expect(input.view).toEqual(y.view);
      core.reset();
    }
  });

  test('softmax takes logits of any size, flushes what is below 2^-100 and shows a NaN', () => {
    const x = core.f32([1e4, -1e4, 0, 3e38, -3e38, 0, -Infinity, 0, 0, 70, 0, 0, NaN, 1, 2, 1, NaN, 2]);
    core.x.softmax(x.ptr, x.ptr, 6, 3);
    expect(Array.from(x.view.subarray(0, 9))).toEqual([1, 0, 0, 1, 0, 0, 0, 0.5, 0.5]);
    expect(Array.from(x.view.subarray(9, 12))).toEqual([1, 0, 0]);
    for (const p of x.view.subarray(12)) expect(p).toBeNaN();
    core.reset();
  });

  test('the gradient of softmax matches its reference, in place too', () => {
    for (const [rows, cols] of [
      [1, 1],
      [3, 3],
      [4, 7],
      [3, 10],
      [2, 1021],
    ] as const) {
      const logits = core.f32(samples(1, rows * cols, 3));
      const y = core.f32(rows * cols);
      const dy = core.f32(samples(2, rows * cols, 3));
      const dx = core.f32(rows * cols);
      core.x.softmax(y.ptr, logits.ptr, rows, cols);
      core.x.softmaxGradient(dx.ptr, dy.ptr, y.ptr, rows, cols);
      for (let r = 0; r < rows; r++) {
        const row = (view: Float32Array) => Array.from(view.subarray(r * cols, (r + 1) * cols));
        softmaxGradient(row(dy.view), row(y.view)).forEach((want, c) => {
          expect(Math.abs((row(dx.view)[c] as number) - want)).toBeLessThan(1e-6);
        });
      }
      core.x.softmaxGradient(dy.ptr, dy.ptr, y.ptr, rows, cols);
      expect(dy.view).toEqual(dx.view);
      core.reset();
    }
  });

  test('the gradient of softmax is zero below 2^-100', () => {
    const y = core.f32([0.5, 0.5, 2 ** -98, 2 ** -125]);
    const dy = core.f32([0, 0, 1, 1]);
    core.x.softmaxGradient(dy.ptr, dy.ptr, y.ptr, 1, 4);
    expect(Array.from(dy.view, Math.abs)).toEqual([2 ** -99, 2 ** -99, 2 ** -98, 0]);
    core.reset();
  });
});

test('the exact gelu of infinity is infinity, and of minus infinity nothing', () => {
  const x = new Float32Array([Infinity, -Infinity, NaN, 100]);
  expect([...forward(loadCore('release'), 'gelu', x)].map((y) => y + 0)).toEqual([Infinity, 0, NaN, 100]);
});

test('the exact gelu keeps its digits in the negative tail', () => {
  const core = loadCore('release');
  const x = Float32Array.from({ length: 200_000 }, (_, i) => 3 - (i * 14) / 200_000);
  const y = forward(core, 'gelu', x);
  let near = 0;
  let tail = 0;
  x.forEach((value, i) => {
    const error = ulpError(y[i] as number, activations.gelu.f(value));
    if (value >= -6) near = Math.max(near, error);
    tail = Math.max(tail, error);
  });
  if (process.env.SHOW_ULP) console.log(`gelu: ${near.toFixed(2)} ulp on [-6, 3], ${tail.toFixed(2)} ulp on [-11, 3]`);
  expect(near).toBeLessThan(25);
  expect(tail).toBeLessThan(70);
});

test('elu and selu keep their digits near zero and in the tail', () => {
  const core = loadCore('release');
  const x = Float32Array.from({ length: 100_000 }, (_, i) => -(2 ** (5 - i / 2500)));
  const y = forward(core, 'elu', x, 1);
  let worst = 0;
  x.forEach((value, i) => {
    worst = Math.max(worst, ulpError(y[i] as number, Math.expm1(value)));
  });
  if (process.env.SHOW_ULP) console.log(`expm1: ${worst.toFixed(3)} ulp`);
  expect(worst).toBeLessThan(1.1);
  expect(forward(core, 'selu', [-1e-6])[0]).toBeCloseTo(-1.7580993e-6 * (1 - 5e-7), 12);
  expect(fromBits(toBits(forward(core, 'elu', [-40], 1)[0] as number))).toBe(-1);
  expect(names.map((name) => activations[name].kind)).not.toContain(codes.SOFTMAX);
});
