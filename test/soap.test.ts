/** SOAP: against pytorch-optimizer, to the bit against an oracle, its bases, laws, files, threads. */
import { describe, expect, test } from 'vitest';
import { layers, type Optimizer, optimizers, type Runtime, sequential, tensor } from '../src/index.ts';
import { soapRule } from '../src/optimizers/facts/soap.ts';
import { bitsOf, expectClose, floats } from './helpers.ts';
import type { Numbers } from './reference/optimizers-full.ts';
import recorded from './reference/soap.json' with { type: 'json' };
import { followsSoap } from './reference/soap.ts';
import { followsSoap32 } from './reference/soap32.ts';
import { expectResumes, expectSameOnThreads, ONE_TO_SEVEN } from './training-laws.ts';

const { soap } = optimizers;
const { shapes, start, gradients } = recorded;

/** A matrix after each step; `look` sees its slots. */
function applied(
  optimizer: Optimizer,
  shape: readonly number[],
  first: ArrayLike<number>,
  steps: readonly ArrayLike<number>[],
  look: (slots: Readonly<Record<string, Float32Array>>) => void = () => undefined,
): Float32Array[] {
  using w = tensor(shape, Float32Array.from(first));
  using g = tensor(shape);
  const kept = steps.map((step) => {
    g.data.set(Array.from(step));
    optimizer.apply([[w, g]]);
    look(optimizer.slots(w) ?? {});
    return w.data.slice();
  });
  optimizer.dispose();
  return kept;
}

describe.each(recorded.cases)('$options', ({ options, weights }) => {
  test.each(shapes.map((shape, i) => [shape, i] as const))('%o: formula and kernels follow the package', (shape, i) => {
    const exact = followsSoap(options as Numbers, shape, start[i] ?? [], gradients[i] ?? []);
    const got = applied(soap(options), shape, start[i] ?? [], gradients[i] ?? []);
    for (const [k, want] of weights.entries()) {
      expectClose(exact[k] ?? [], want[i] ?? [], 1e-8, `formula, step ${k + 1}`);
      expectClose(got[k] ?? [], want[i] ?? [], 1e-4, `kernels, step ${k + 1}`);
    }
  });
});

const random = (shape: readonly number[], seed: number) => floats(shape, seed).data;
const some = (shape: readonly number[], count: number) =>
  Array.from({ length: count }, (_, k) => random(shape, 20 + k));

test.each([
  [[5, 4], { preconditionFrequency: 1 }],
  [[1, 9], { preconditionFrequency: 3, beta3: 0.5 }],
  [[33, 40], { preconditionFrequency: 2, epsilon: 1e-3 }],
  [[40, 33], { preconditionFrequency: 1, maxPreconditionDim: 36 }],
  [[7, 6], { maxPreconditionDim: 0, beta1: 0.5 }],
])('computes as float32 does, to the bit: %o with %o', (shape, options) => {
  const first = random(shape, 1);
  // a row and a column without gradients, and ones of all sizes
  const steps = some(shape, 8).map((g, k) =>
    g.map((one, i) =>
      Math.floor(i / (shape[1] ?? 1)) === 1 || i % (shape[1] ?? 0) === 1 ? 0 : one * 2 ** (((k * 7 + i) % 24) - 20),
    ),
  );
  const own = Object.entries(soapRule.options).map(([name, { byDefault }]) => [name, Number(byDefault)]);
  const all = { learningRate: 0.01, ...Object.fromEntries(own), ...options };
  const got = applied(soap({ learningRate: 0.01, weightDecay: 0, ...options }), shape, first, steps);
  for (const [k, want] of followsSoap32(all, shape, first, steps).entries())
    expect(bitsOf(got[k] ?? new Float32Array()), `step ${k + 1}`).toEqual(bitsOf(want));
});

test.each([
  [5, 5],
  [7, 3],
  [1, 9],
  [40, 33],
])('bases of %i x %i are orthonormal, and diagonal at first, also of gradients of lower rank', (rows, cols) => {
  let steps = 0;
  applied(
    soap({ preconditionFrequency: 1 }),
    [rows, cols],
    random([rows, cols], 1),
    some([rows, cols], 3),
    ({ left = [], leftBasis = [], right = [], rightBasis = [] }) => {
      for (const [n, a, q] of [
        [rows, left, leftBasis],
        [cols, right, rightBasis],
      ] as const) {
        const at = (m: ArrayLike<number>, i: number, j: number) => m[i * n + j] ?? Number.NaN;
        const sum = (term: (k: number) => number) =>
          Array.from({ length: n }, (_, k) => term(k)).reduce((s, x) => s + x, 0);
        const size = sum((k) => at(a, k, k));
        const values = Array.from({ length: n }, (_, i) =>
          sum((k) => at(q, k, i) * sum((l) => at(a, k, l) * at(q, l, i))),
        );
        for (let i = 0; i < n; i++)
          for (let j = 0; j < n; j++) {
            expect(Math.abs(sum((k) => at(q, k, i) * at(q, k, j)) - Number(i === j))).toBeLessThan(2e-6);
            if (steps > 0 || i === j) continue;
            expect(Math.abs(sum((k) => at(q, k, i) * sum((l) => at(a, k, l) * at(q, l, j))))).toBeLessThan(2e-6 * size);
          }
        if (steps === 0)
          for (let i = 1; i < n; i++) expect(values[i]).toBeLessThanOrEqual((values[i - 1] ?? 0) + 1e-6 * size);
      }
      steps++;
    },
  );
  expect(steps).toBe(3);
});

describe('laws', () => {
  test('without bases it is Adam that begins with the second step', () => {
    const [shape, first, steps] = [[6, 4], random([6, 4], 2), some([6, 4], 8)];
    const got = applied(soap({ maxPreconditionDim: 0, weightDecay: 0, learningRate: 0.01 }), shape, first, steps);
    const adam = optimizers.adam({ learningRate: 0.01, beta1: 0.95, beta2: 0.95, epsilon: 1e-8 });
    const want = applied(adam, shape, first, steps.slice(1));
    expect(bitsOf(got[0] ?? new Float32Array())).toEqual(bitsOf(first));
    for (const [k, weights] of want.entries()) expectClose(got[k + 1] ?? [], weights, 1e-6);
  });

  test('without epsilon it does not see the scale of the gradients', () => {
    const run = (scale: number) =>
      applied(
        soap({ epsilon: 0, preconditionFrequency: 2 }),
        [5, 4],
        random([5, 4], 3),
        some([5, 4], 7).map((g) => g.map((one) => one * scale)),
      ).at(-1) ?? new Float32Array();
    expect(run(1).every(Number.isFinite)).toBe(true);
    expect(run(2 ** -12)).toEqual(run(1));
  });

  test('does not move without a gradient, and bears rows and columns without', () => {
    const first = random([4, 4], 4);
    expect(
      applied(
        soap({ weightDecay: 0 }),
        [4, 4],
        first,
        [0, 1, 2].map(() => new Float32Array(16)),
      ).at(-1),
    ).toEqual(first);
    const gap = some([4, 4], 12).map((g) => g.map((one, i) => (i < 4 || i % 4 === 1 ? 0 : one)));
    const after =
      applied(soap({ preconditionFrequency: 1, weightDecay: 0 }), [4, 4], first, gap).at(-1) ?? new Float32Array();
    expect(after.every(Number.isFinite)).toBe(true);
    expect([...after].map((w, i) => Math.abs(w - (first[i] ?? 0)) < 1e-6)).toEqual(
      [...first].map((_, i) => i < 4 || i % 4 === 1),
    );
  });
});

const x = floats([32, 30], 1);
const y = floats([32, 4], 2);
function modelWith(runtime?: Runtime) {
  const model = sequential(
    [layers.dense({ units: 50, activation: 'tanh', inputShape: [30] }), layers.dense({ units: 4 })],
    { seed: 5, ...(runtime !== undefined && { runtime }) },
  );
  const options = { maxPreconditionDim: 40, preconditionFrequency: 2, gradientAccumulationSteps: 2, useEma: true };
  model.compile({ optimizer: soap({ ...options, excludeFromWeightDecay: ['bias'] }), loss: 'mse' });
  return model;
}

test('any number of threads gives the same bits', () =>
  expectSameOnThreads(modelWith, [x, y], { epochs: 4, batchSize: 8 }, ONE_TO_SEVEN));

test('a saved training goes on with the same bits, and keeps no more than its slots', async () => {
  using model = modelWith();
  await expectResumes(model, [x, y], { epochs: 4, batchSize: 7, saved: 2 });
  const bases = model.slots
    .filter(({ name }) => /left|right/.test(name))
    .map(({ name, tensor: { shape } }) => [name, ...shape]);
  expect(bases.map(([name]) => name).sort()).toEqual(
    ['dense/kernel/left', 'dense/kernel/leftBasis', 'dense_1/kernel/right', 'dense_1/kernel/rightBasis'].sort(),
  );
});
