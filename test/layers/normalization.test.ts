/** Layers that normalize: moving statistics, freezing, saving, and what they refuse. */
import { describe, expect, test } from 'vitest';
import {
  createRuntime,
  type Functional,
  input,
  layers,
  loadModel,
  model,
  optimizers,
  type Sequential,
  type SymbolicTensor,
  sequential,
} from '../../src/index.ts';
import { expectClose, floats } from '../helpers.ts';

const [x, y] = [floats([40, 5], 1, 3), floats([40, 2], 2)];
const fitting = { epochs: 2, batchSize: 16 } as const;

/** A network whose batch normalization has `options`. */
function compiled(options: Parameters<typeof layers.batchNormalization>[0] = {}): Sequential {
  const net = sequential(
    [
      layers.dense({ units: 6, useBias: false, inputShape: [5] }),
      layers.batchNormalization({ name: 'norm', ...options }),
      layers.activation({ activation: 'relu' }),
      layers.dense({ units: 2 }),
    ],
    { seed: 3 },
  );
  net.compile({ optimizer: optimizers.adam({ learningRate: 0.01 }), loss: 'mse' });
  return net;
}
const moving = (net: Sequential) => net.weights.filter(({ name }) => /moving/.test(name)).map(({ tensor }) => [...tensor.data]); // biome-ignore format: one line

describe('batch normalization', () => {
  test('its weights have the names of Keras; two of four are trained', () => {
    using net = compiled();
    const names = net.weights.map(({ name }) => name).filter((name) => name.startsWith('norm'));
    expect(names).toEqual(['norm/gamma', 'norm/beta', 'norm/moving_mean', 'norm/moving_variance']);
    expect(net.gradients.map(({ name }) => name)).not.toContain('norm/moving_mean');
    expect(net.getLayer('norm').countParams()).toBe(24);
    expect(net.summary()).toMatch(/Non-trainable params: 12 /);
  });

  test('after training on one batch for long, prediction agrees with training: the statistics have arrived', async () => {
    using net = sequential([layers.batchNormalization({ momentum: 0.5, inputShape: [5] })]);
    net.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: 'mse' });
    await net.fit(x, x, { epochs: 40, batchSize: 40 });
    const { data } = await net.predict(x);
    for (let c = 0; c < 5; c++) {
      const column = Array.from({ length: 40 }, (_, r) => data[r * 5 + c] ?? 0);
      const mean = column.reduce((a, b) => a + b, 0) / 40;
      expect(Math.abs(mean)).toBeLessThan(1e-5);
      expect(column.reduce((a, b) => a + b * b, 0) / 40).toBeCloseTo(1, 3);
    }
  });

  test('evaluation and prediction leave the moving statistics alone', async () => {
    using net = compiled();
    const before = moving(net);
    await net.evaluate(x, y);
    await net.predict(x);
    expect(moving(net)).toEqual(before);
    await net.fit(x, y, fitting);
    expect(moving(net)).not.toEqual(before);
  });

  test('a frozen layer predicts while it is trained around, as of the compile after it was frozen', async () => {
    using net = compiled();
    await net.fit(x, y, fitting);
    net.getLayer('norm').trainable = false;
    let before = moving(net);
    await net.fit(x, y, fitting);
    expect(moving(net)).not.toEqual(before); // not compiled yet
    net.compile({ optimizer: 'sgd', loss: 'mse' });
    before = moving(net);
    await net.fit(x, y, fitting);
    expect(moving(net)).toEqual(before);
  });

  test.each([{}, { trainable: false }, { center: false, scale: false }, { center: false, scale: false, trainable: false }])(
    'with %o resuming from a file gives the same bits as never stopping',
    async (options) => {
      using net = compiled(options);
      await net.fit(x, y, fitting);
      using twin = await loadModel(await net.save());
      expect(await twin.digest()).toBe(await net.digest());
      const on = { ...fitting, initialEpoch: 2, epochs: 4 };
      await net.fit(x, y, on);
      await twin.fit(x, y, on);
      expect(await twin.digest()).toBe(await net.digest());
      expect(moving(twin)).toEqual(moving(net));
    },
  ); // biome-ignore format: a table

  test('a layer that is called twice follows both batches, one after the other', async () => {
    const [a, b] = [input({ shape: [3] }), input({ shape: [3] })];
    const norm = layers.batchNormalization({ momentum: 0.5 });
    using net: Functional<SymbolicTensor> = model({
      inputs: [a, b],
      outputs: layers.add().apply([norm.apply(a), norm.apply(b)]),
    });
    net.compile({ optimizer: optimizers.sgd({ learningRate: 0 }), loss: 'mse' });
    const constant = (value: number) => ({ data: new Float32Array(12).fill(value), shape: [4, 3] });
    await net.fit([constant(8), constant(2)], constant(0), { batchSize: 4 });
    // 0 → 4 → 3
    expectClose(net.getWeights()[2] ?? [], [3, 3, 3], 1e-6);
  });

  test('any number of threads gives the same bits', async () => {
    const digests = new Set<string>();
    const images = floats([24, 16, 16, 4], 5);
    for (const threads of [1, 2, 3, 7]) {
      using runtime = createRuntime({ threads });
      using net = sequential(
        [
          layers.dense({ units: 19, inputShape: [16, 16, 4] }),
          layers.batchNormalization(),
          layers.activation({ activation: 'relu' }),
          layers.groupNormalization({ groups: 1 }),
          layers.layerNormalization({ axis: [1, 2] }),
          layers.unitNormalization(),
          layers.dense({ units: 3 }),
        ],
        { runtime, seed: 1 },
      );
      net.compile({ optimizer: 'adam', loss: 'mse' });
      await net.fit(images, floats([24, 16, 16, 3], 6), { batchSize: 10 });
      digests.add(await net.digest());
    }
    expect(digests.size).toBe(1);
  });
});

describe('what does not fit is refused before anything is allocated', () => {
  const cases: readonly (readonly [() => unknown, readonly string[]])[] = [
    [() => layers.batchNormalization({ momentum: 1.5 }), ['momentum', '1.5']],
    [() => layers.batchNormalization({ epsilon: -1 }), ['epsilon', '-1']],
    [() => layers.groupNormalization({ groups: 0 }), ['groups', '-1', 'got 0']],
    [
      () => sequential([layers.groupNormalization({ groups: 4, name: 'g', inputShape: [8, 8, 6] })]),
      ['g:', '6 channels', '[.., 8, 8, 6]', '4 groups'],
    ],
    [
      () => sequential([layers.batchNormalization({ axis: 3, name: 'norm', inputShape: [8, 8] })]),
      ['norm', 'axis', 'got 3', '[.., 8, 8]'],
    ],
    [() => sequential([layers.batchNormalization({ axis: 0, inputShape: [8] })]), ['axis', 'got 0', '[.., 8]']],
    [
      () => sequential([layers.layerNormalization({ axis: [1, -1], inputShape: [8] })]),
      ['layerNormalization', 'twice', '[.., 8]'],
    ],
    [() => sequential([layers.unitNormalization({ axis: 2, inputShape: [8] })]), ['unitNormalization', 'got 2']],
    [
      () => {
        const norm = layers.batchNormalization({ name: 'shared' });
        norm.apply(input({ shape: [4] }));
        norm.apply(input({ shape: [5] }));
      },
      ['shared', '4 channels', '[.., 5]'],
    ],
  ];
  test.each(cases.map(([call, facts]) => [facts.join(' '), call, facts] as const))('%s', (_, call, facts) => {
    expect(call).toThrow(RangeError);
    for (const fact of facts) expect(call).toThrow(fact);
  });
});
