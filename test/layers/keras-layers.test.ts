/** Layers compute what Keras' do: test/reference/generate/layer_cases.py. */
import { describe, expect, test } from 'vitest';
import { configs, createRuntime, type Layer, layers, optimizers, sequential } from '../../src/index.ts';
import { expectClose } from '../helpers.ts';
import golden from '../reference/layer_cases.json' with { type: 'json' };
import { differences, run } from './recorded.ts';

const make = (className: string, config: object): Layer => configs.layerFrom({ className, config });

const titled = golden.cases.map((one) => {
  const options = JSON.stringify(one.options);
  return [`${one.kind} ${options} of [${one.shape}]${one.training ? ', training' : ''}`, one] as const;
});

/** Float32 rounding in some hundred operations, relative to the largest number. */
const CLOSE = 2e-6;

describe.each(titled)('%s', (_, one) => {
  const { kind, options, training, shape, x, weights, dy } = one;
  const [rows = 1, ...sample] = shape;
  const call = (more: object = {}) => ({
    layer: make(kind, options),
    shape: sample,
    rows,
    x,
    weights,
    training,
    dy: () => dy,
    ...more,
  });

  test('output, gradients and weights are those of Keras', () => {
    const got = run(call());
    expect([rows, ...got.outputShape]).toEqual(one.output_shape);
    expectClose(got.y, one.y, CLOSE, 'output');
    expectClose(got.dx, one.dx, CLOSE, 'gradient by the input');
    for (const [i, want] of one.dweights.entries())
      expectClose(got.dweights[i] ?? [], want, CLOSE, `gradient by ${one.trained[i]}`);
    for (const [i, want] of one.after.entries()) expectClose(got.after[i] ?? [], want, CLOSE, `weight ${i} afterwards`);
  });

  test('gradients agree with central differences in float64', () => {
    // away from kinks and ties, which sixteenths are prone to
    const apart = x.map((value, i) => value + 0.013 + 0.0017 * (i % 23));
    const { exact, near } = differences(call({ x: apart }));
    for (const [i, want] of near.entries()) expectClose(exact[i] ?? [], want, 1e-7, `gradient ${i}`);
  });

  test('a batch that is shorter than others gives the same bits, and so do several threads', () => {
    const first = run(call());
    expect(run(call({ batchSize: rows + 3 }))).toEqual(first);
    for (const threads of [2, 3, 7]) expect(run(call({ threads }))).toEqual(first);
  });

  test('can be described and made again', () => {
    const config = make(kind, options).toConfig();
    expect(configs.layerFrom(JSON.parse(JSON.stringify(config))).toConfig()).toEqual(config);
  });
});

describe.each(golden.adapted.map((one) => [JSON.stringify(one.options), one] as const))(
  'normalization %s',
  (_, one) => {
    const [rows = 1, ...sample] = one.shape;
    const data = { data: one.data, shape: one.shape };
    const x = { data: one.x, shape: [4, ...sample] };

    test('adapts to data as that of Keras', async () => {
      const layer = layers.normalization(one.options);
      layer.adapt(data);
      using model = sequential([layer]);
      expectClose((await model.predict(x)).data, one.y, CLOSE);
      expectClose(model.getWeights()[0] ?? [], [one.mean].flat(), CLOSE, 'mean');
      expectClose(model.getWeights()[1] ?? [], [one.variance].flat(), CLOSE, 'variance');
      // a description has the statistics
      using twin = configs.modelFrom(JSON.parse(JSON.stringify(model.toConfig())));
      expect(await twin.digest()).toBe(await model.digest());
    });

    test('and does so in a model that has been built', async () => {
      const layer = layers.normalization(one.options);
      using model = sequential([layer]);
      const before = await model.predict(x);
      expectClose(before.data, one.x, 1e-7);
      layer.adapt(data);
      expectClose(model.predictOnBatch(x).data, one.y, CLOSE);
      const wrong = { data: new Float32Array(rows * 77), shape: [rows, 77] };
      if (one.options.axis !== null && sample.length === 1) expect(() => layer.adapt(wrong)).toThrow(RangeError);
    });
  },
);

describe.each(golden.models.map((one) => [one.model, one.optimizer, one] as const))('%s, %s', (_model, _by, one) => {
  async function train(threads: number) {
    using runtime = createRuntime({ threads });
    const stack = one.layers.map(({ kind, options }) => make(kind, options));
    using model = sequential(stack, { runtime });
    model.build(one.input_shape);
    model.setWeights(one.start);
    const learningRate = one.optimizer === 'sgd' ? 0.1 : 0.01;
    model.compile({ optimizer: optimizers[one.optimizer as 'sgd' | 'adam']({ learningRate }), loss: 'mse' });
    const x = { data: Float32Array.from(one.x), shape: [golden.rows, ...one.input_shape] };
    const y = { data: Float32Array.from(one.y), shape: [golden.rows, ...one.output_shape] };
    const { history } = await model.fit(x, y, { batchSize: golden.batch_size, shuffle: false });
    const { loss = Number.NaN } = await model.evaluate(x, y);
    return { history: history.loss ?? [], loss, weights: model.getWeights(), digest: await model.digest() };
  }

  test('three steps of training give the weights and losses of Keras', async () => {
    const { history, loss, weights } = await train(1);
    expectClose(history, one.loss, 5e-6, 'loss');
    expectClose([loss], [one.evaluated], 5e-6, 'evaluation');
    for (const [i, want] of one.end.entries()) expectClose(weights[i] ?? [], want, 5e-6, `weight ${i}`);
  });

  test('any number of threads gives the same bits', async () => {
    const digests = new Set<string>();
    for (const threads of [1, 2, 3, 7]) digests.add((await train(threads)).digest);
    expect(digests.size).toBe(1);
  });
});
