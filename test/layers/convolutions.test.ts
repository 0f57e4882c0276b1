/** Convolutional and pooling layers train as Keras' do: test/reference/generate/convolutions.py. */
import { describe, expect, test } from 'vitest';
import { createRuntime, type Layer, layers, optimizers, type Runtime, sequential } from '../../src/index.ts';
import { errorOf, expectClose, floats } from '../helpers.ts';
import golden from '../reference/convolutions.json' with { type: 'json' };

const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const makers = layers as unknown as Readonly<Record<string, (options: object) => Layer>>;
const flat = (values: unknown): number[] => [values].flat(9) as number[];

/** The layer under test behind a convolution of 1x1, whose weights show the gradient of its input. */
function modelOf({ layer, options, input_shape: inputShape }: (typeof golden.cases)[number], runtime?: Runtime) {
  const own = Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value]));
  const first = inputShape.length === 3 ? layers.conv2d : layers.conv1d;
  const stack = [
    first({ filters: inputShape.at(-1) ?? 1, kernelSize: 1, inputShape }),
    (makers[camel(layer)] as (options: object) => Layer)(own),
  ];
  return sequential(stack, runtime && { runtime });
}

const title = ({ layer, options }: (typeof golden.cases)[number]): string => `${layer} ${JSON.stringify(options)}`;

describe.each(golden.cases.map((one) => [title(one), one] as const))('%s', (_, one) => {
  const x = { data: Float32Array.from(flat(one.x)), shape: [3, ...one.input_shape] };
  const y = { data: Float32Array.from(flat(one.y)), shape: [3, ...one.output_shape] };

  test('three steps and a prediction', async () => {
    using model = modelOf(one);
    model.setWeights(one.start.map(flat));
    model.compile({ optimizer: optimizers.sgd({ learningRate: golden.learning_rate }), loss: 'mse' });
    const losses = one.losses.map(() => model.trainOnBatch(x, y).loss ?? 0);
    expectClose(losses, one.losses, 2e-6, 'loss');
    for (const [i, weights] of model.getWeights().entries()) expectClose(weights, flat(one.end[i]), 5e-6, `${i}`);
    const predicted = await model.predict(x);
    expect(predicted.shape).toEqual([3, ...one.output_shape]);
    expectClose(predicted.data, flat(one.predicted), 5e-6);
  });

  test('the same bits on any number of threads', async () => {
    const digests = new Set<string>();
    for (const threads of [1, 2, 3, 7]) {
      using runtime = createRuntime({ threads });
      using model = modelOf(one, runtime);
      model.compile({ optimizer: 'adam', loss: 'mse' });
      await model.fit(x, y, { epochs: 2, batchSize: 2 });
      digests.add(await model.digest());
    }
    expect(digests.size).toBe(1);
  });
});

describe('refused, with the layer and the shapes named, and nothing is allocated', () => {
  const { conv1d, conv2d, conv2dTranspose, depthwiseConv2d, maxPooling2d } = layers;
  const common = { filters: 4, kernelSize: 3 };
  test.each<[string, () => Layer, readonly number[], RegExp]>([
    [
      'images without channels',
      () => conv2d(common),
      [28, 28],
      /conv2d.*channels.*\[\.\., 28, 28\].*reshape.*\[28, 28, 1\]/,
    ],
    ['a kernel larger than the image', () => conv2d(common), [2, 5, 1], /conv2d.*\[3, 3\].*height 2.*width 5.*same/],
    [
      'a dilated kernel larger than the image',
      () => conv2d({ ...common, dilationRate: 3 }),
      [6, 9, 1],
      /\[7, 7\].*\[3, 3\].*height 6.*width 9/,
    ],
    ['channels that groups do not divide', () => conv2d({ ...common, groups: 2 }), [5, 5, 3], /3 channels.*2 groups/],
    ['a vector', () => conv1d(common), [7], /conv1d.*steps.*\[\.\., 7\]/],
    [
      'a window larger than the image',
      () => maxPooling2d({ poolSize: 4 }),
      [3, 3, 1],
      /maxPooling2d.*\[4, 4\].*height 3/,
    ],
    ['a vector for a depthwise one', () => depthwiseConv2d({ kernelSize: 2 }), [7], /depthwiseConv2d.*channels/],
    ['a vector for a transposed one', () => conv2dTranspose(common), [7], /conv2dTranspose.*channels/],
  ])('%s', async (_, make, inputShape, expected) => {
    using runtime = createRuntime();
    const { used } = runtime.memory;
    const { name, message } = await errorOf(() => sequential([make()], { runtime }).build(inputShape));
    expect(name).toBe('RangeError');
    expect(message).toMatch(expected);
    expect(runtime.memory.used).toBe(used);
  });

  test('options that do not fit', () => {
    expect(() => conv2d({ ...common, groups: 3 })).toThrow(/4 filters.*3 groups/);
    expect(() => conv2d({ ...common, strides: 2, dilationRate: 2 })).toThrow(/strides.*dilationRate/);
    expect(() => conv2d({ ...common, padding: 'causal' as never })).toThrow(RangeError);
    expect(() => conv2d({ ...common, kernelSize: [3] })).toThrow(TypeError);
    expect(() => conv2d({ ...common, kernelSize: 0 })).toThrow(RangeError);
    expect(() => conv1d({ ...common, units: 3 } as never)).toThrow(/units/);
  });
});

test('a batch gives the bits of its samples one by one', async () => {
  using model = sequential(
    [layers.conv2d({ filters: 5, kernelSize: 3, inputShape: [9, 7, 3] }), layers.maxPooling2d(), layers.flatten()],
    { seed: 1 },
  );
  const { data, shape } = floats([5, 9, 7, 3], 1);
  const all = await model.predict({ data, shape });
  const size = 9 * 7 * 3;
  const each = await Promise.all(
    Array.from({ length: 5 }, async (_, i) => {
      const one = await model.predict({ data: data.slice(i * size, (i + 1) * size), shape: [1, 9, 7, 3] });
      return [...one.data];
    }),
  );
  expect([...all.data]).toEqual(each.flat());
});
