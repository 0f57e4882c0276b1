/** Constraints of weights: keras-layers.test.ts compares them with Keras; here is what they take and refuse, and how they are kept. */
import { describe, expect, test } from 'vitest';
import {
  type Constraint,
  CustomLayer,
  configs,
  constraints,
  createRuntime,
  layers,
  loadModel,
  ops,
  optimizers,
  type Shape,
  type SymbolicValue,
  sequential,
  type Weight,
} from '../../src/index.ts';
import { expectClose, floats } from '../helpers.ts';

const [x, y] = [floats([24, 6], 1), floats([24, 3], 2)];

function compiled(kernelConstraint: Constraint | ((w: SymbolicValue) => SymbolicValue), runtime = createRuntime()) {
  const model = sequential([layers.dense({ units: 3, kernelConstraint, inputShape: [6] })], { seed: 2, runtime });
  model.compile({ optimizer: optimizers.sgd({ learningRate: 0.5 }), loss: 'mse' });
  return model;
}
/** Lengths of the columns of a kernel [6, 3]. */
const lengths = (kernel: ArrayLike<number> = []) =>
  [0, 1, 2].map((unit) => Math.hypot(...[0, 1, 2, 3, 4, 5].map((i) => kernel[i * 3 + unit] ?? Number.NaN)));

describe('after each update', () => {
  test('weights keep to the constraint, also after one step of trainOnBatch', () => {
    using model = compiled(constraints.maxNorm({ maxValue: 0.25 }));
    expect(Math.max(...lengths(model.getWeights()[0]))).toBeGreaterThan(0.5);
    model.trainOnBatch(x, y);
    for (const length of lengths(model.getWeights()[0])) expect(length).toBeLessThan(0.2501);
    using unit = compiled(constraints.unitNorm());
    unit.trainOnBatch(x, y);
    expectClose(lengths(unit.getWeights()[0]), [1, 1, 1], 1e-6);
    using positive = compiled(constraints.nonNeg());
    positive.trainOnBatch(x, y);
    expect(Math.min(...(positive.getWeights()[0] ?? []))).toBe(0);
  });

  test('weights that are not trained are left alone', async () => {
    using model = compiled(constraints.unitNorm());
    model.getLayer('dense').trainable = false;
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const [before] = model.getWeights();
    await model.fit(x, y);
    expect(model.getWeights()[0]).toEqual(before);
  });

  test('a function of ops is one too; any number of threads gives the same bits, and so does a loaded model', async () => {
    const rounded = (w: SymbolicValue) => ops.divide(ops.round(ops.multiply(w, 64)), 64);
    configs.register('rounded to 1/64', { constraint: rounded });
    const digests = new Set<string>();
    for (const threads of [1, 2, 3, 7]) {
      using runtime = createRuntime({ threads });
      using model = compiled(rounded, runtime);
      await model.fit(x, y, { batchSize: 8 });
      for (const value of model.getWeights()[0] ?? []) expect(value * 64).toBe(Math.round(value * 64));
      using twin = await loadModel(await model.save());
      await twin.fit(x, y, { batchSize: 8, initialEpoch: 1, epochs: 2 });
      await model.fit(x, y, { batchSize: 8, initialEpoch: 1, epochs: 2 });
      expect(await twin.digest()).toBe(await model.digest());
      digests.add(await model.digest());
    }
    expect(digests.size).toBe(1);
  });

  test("weights of layers of the user's own take them", async () => {
    class Scale extends CustomLayer {
      #scale?: Weight;
      override build(inputShape: Shape) {
        this.#scale = this.addWeight({ name: 'scale', shape: inputShape, constraint: constraints.nonNeg() });
      }
      call(value: SymbolicValue) {
        return ops.multiply(value, this.#scale ?? 1);
      }
    }
    using model = sequential([new Scale({ inputShape: [6] })], { seed: 3 });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    await model.fit(x, x);
    expect(Math.min(...(model.getWeights()[0] ?? []))).toBeGreaterThanOrEqual(0);
  });

  test('norms of filters, along three axes', () => {
    const kernelConstraint = constraints.unitNorm({ axis: [0, 1, -2] });
    using model = sequential([layers.conv2d({ filters: 2, kernelSize: 2, kernelConstraint, inputShape: [3, 3, 2] })]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    model.trainOnBatch(floats([4, 3, 3, 2], 1), floats([4, 2, 2, 2], 2));
    const [kernel = []] = model.getWeights();
    for (const filter of [0, 1]) {
      const numbers = Array.from(kernel).filter((_, i) => i % 2 === filter);
      expect(Math.hypot(...numbers)).toBeCloseTo(1, 5);
    }
  });
});

describe('refused', () => {
  const cases: readonly (readonly [() => unknown, readonly string[]])[] = [
    [() => constraints.maxNorm({ maxValue: -1 }), ['maxValue', '-1']],
    [() => constraints.minMaxNorm({ minValue: 2, maxValue: 1 }), ['maxValue', '2', '1']],
    [() => constraints.minMaxNorm({ rate: 1.5 }), ['rate', '1.5']],
    [() => constraints.unitNorm({ axis: 0.5 }), ['axis', '0.5']],
    [() => constraints.unitNorm({ axes: 0 } as never), ['unitNorm', 'axes']],
    [() => layers.dense({ units: 1, kernelConstraint: 'nonNeg' as never }), ['kernelConstraint', 'constraints.nonNeg()']],
    [() => layers.dense({ units: 1, biasConstraint: {} as never }), ['biasConstraint']],
    [
      () => sequential([layers.dense({ units: 1, name: 'd', biasConstraint: constraints.unitNorm({ axis: 1 }), inputShape: [2] })]),
      ['d: bias', '[1]', 'axis 1'],
    ],
    [
      () => sequential([layers.dense({ units: 1, name: 'd', kernelConstraint: constraints.maxNorm({ axis: [0, -2] }), inputShape: [2] })]),
      ['d: kernel', '[2, 1]', 'axis 0, -2'],
    ],
    [() => configs.layerFrom({ className: 'dense', config: { units: 1, kernelConstraint: { className: 'maxnorm', config: {} } } }), ['maxnorm', 'maxNorm']],
    [() => configs.layerFrom({ className: 'dense', config: { units: 1, kernelConstraint: { function: 'nobody' } } }), ['nobody', 'configs.register']],
  ]; // biome-ignore format: a table
  test.each(cases.map(([call, facts]) => [facts.join(' '), call, facts] as const))('%s', (_, call, facts) => {
    expect(call).toThrow(/./);
    for (const fact of facts) expect(call).toThrow(fact);
  });

  test('a function that changes the shape', async () => {
    using model = compiled((w) => ops.sum(w));
    const before = await model.digest();
    await expect(model.fit(x, y)).rejects.toThrow(/dense kernel.*\[6, 3\]/);
    expect(await model.digest()).toBe(before);
  });
});
