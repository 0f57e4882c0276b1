/** Which operations of the full core threads share, as sharing.test.ts says of dense models. */
import { describe, expect, test } from 'vitest';
import { type Layer, layers, ops } from '../../src/index.ts';
import { isShared, operations, type Step, type Steps } from './shared-steps.ts';

test('of the convolutional network of Keras: convolutions, poolings, their gradients, the dense layer and the update', async () => {
  const stack = [
    layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
    layers.maxPooling2d(),
    layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
    layers.maxPooling2d(),
    layers.flatten(),
    layers.dense({ units: 10, activation: 'softmax' }),
  ];
  const shared = (await operations({ input: [28, 28, 1], stack })).filter((one) => one.shared);
  expect(shared.map(({ name }) => name)).toEqual([
    'conv',
    'pool',
    'conv',
    'pool',
    'dense',
    'denseKernelGradient',
    'denseInputGradient',
    'poolGradient',
    'convKernelGradient',
    'convInputGradient',
    'poolGradient',
    'convKernelGradient',
    'updateParameters',
  ]);
});

describe('a convolution of some 30,000 multiply-adds is not shared, and one that is four times as large is, whichever size it owes that to', () => {
  const sizes = { rows: 2, side: 10, channels: 4, filters: 4, kernel: 3 };
  const step = ({ rows, side, channels, filters, kernel }: typeof sizes): Step => ({
    rows,
    input: [side, side, 1],
    stack: [layers.dense({ units: channels }), layers.conv2d({ filters, kernelSize: kernel, padding: 'same' })],
  });
  const twice = ['side', 'kernel'];
  const larger = (Object.keys(sizes) as (keyof typeof sizes)[]).map((key) => ({
    key,
    at: { ...sizes, [key]: (twice.includes(key) ? 2 : 4) * sizes[key] },
  }));

  describe.each(['conv', 'convKernelGradient', 'convInputGradient'])('%s', (name) => {
    test('small', async () => expect(await isShared(name, step(sizes))).toBe(false));
    test.each(larger)('$key', async ({ at }) => expect(await isShared(name, step(at))).toBe(true));
  });
});

describe('what goes through each number of a batch is shared by how many there are', () => {
  const between =
    (...stack: Layer[]): Steps =>
    (rows, n) => ({
      rows,
      input: [10, 10, 1],
      stack: [layers.dense({ units: n / 100 }), ...stack],
    });
  const cases: [string, () => Steps, few: number, many: number][] = [
    ['pool', () => between(layers.maxPooling2d()), 4_000, 40_000],
    ['poolGradient', () => between(layers.maxPooling2d()), 4_000, 40_000],
    ['channelSums', () => between(layers.batchNormalization()), 2_000, 32_000],
    ['normalize', () => between(layers.batchNormalization()), 4_000, 60_000],
    ['normalizeGradient', () => between(layers.batchNormalization()), 2_800, 40_000],
    ['randomFill', () => between(layers.gaussianNoise({ stddev: 1 })), 400, 4_000],
    ['reduce', () => between(layers.globalAveragePooling2d()), 2_000, 32_000],
    ['copyStrided', () => between(layers.permute({ dims: [3, 1, 2] })), 2_800, 40_000],
    ['unary', () => between(layers.lambda((x) => ops.square(x))), 4_000, 50_000],
    ['binary', () => between(layers.lambda((x) => ops.multiply(x, x))), 4_000, 50_000],
  ];
  test.each(cases)('%s', async (name, steps, few, many) => {
    expect(await isShared(name, steps()(4, few / 4)), `${few} numbers`).toBe(false);
    expect(await isShared(name, steps()(4, many / 4)), `${many} numbers`).toBe(true);
  });
});
