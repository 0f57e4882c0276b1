/** Functional models train, evaluate and predict what Keras' do: test/reference/generate/functional.py. */
import { describe, expect, test } from 'vitest';
import {
  createRuntime,
  type Functional,
  input,
  layers,
  model,
  type OptimizerName,
  optimizers,
  type Ports,
  type Predictions,
  type Runtime,
} from '../../src/index.ts';
import { expectClose } from '../helpers.ts';
import golden from '../reference/functional.json' with { type: 'json' };

const { dense } = layers;

/** The models of functional.py. */
const models: Record<string, (runtime: Runtime) => Functional<Ports>> = {
  residual(runtime) {
    const x = input({ shape: [4] });
    const hidden = dense({ units: 4, activation: 'tanh' }).apply(x);
    const joined = layers.concatenate().apply([layers.add().apply([x, hidden]), layers.subtract().apply([x, hidden])]);
    const gate = dense({ units: 8, activation: 'sigmoid' }).apply(x);
    const outputs = dense({ units: 2 }).apply(layers.multiply().apply([joined, gate]));
    return model({ inputs: x, outputs, runtime });
  },
  siamese(runtime) {
    const [a, b] = [input({ shape: [5] }), input({ shape: [5] })];
    const shared = dense({ units: 3, activation: 'tanh' });
    const both = [shared.apply(a), shared.apply(b)];
    const parts = [layers.dot({ axes: 1, normalize: true }), layers.maximum(), layers.average()];
    const joined = layers.concatenate().apply(parts.map((part) => part.apply(both)));
    return model({ inputs: [a, b], outputs: dense({ units: 1 }).apply(joined), runtime });
  },
  nested(runtime) {
    const within = input({ shape: [3] });
    const frozen = dense({ units: 4, activation: 'relu', trainable: false });
    const inner = model({ inputs: within, outputs: dense({ units: 2 }).apply(frozen.apply(within)), runtime });
    const [a, b] = [input({ shape: [3] }), input({ shape: [3] })];
    const sums = layers.add().apply([inner.apply(a), inner.apply(b)]);
    const outputs = [dense({ units: 1, name: 'p' }).apply(sums), dense({ units: 2, name: 'q' }).apply(sums)];
    return model({ inputs: [a, b], outputs, runtime });
  },
};

const optimizerFor = (name: string) =>
  name === 'adam'
    ? optimizers.adam({ learningRate: 0.01 })
    : optimizers.sgd({ learningRate: name === 'sgd' ? 0.05 : 0.02, momentum: name === 'sgd' ? 0 : 0.9 });

const flat = (values: unknown): number[] => [values].flat(9) as number[];
const only = <T>(values: readonly T[]): T | readonly T[] => (values.length === 1 ? (values[0] as T) : values);

describe.each(golden.cases)('$model, $optimizer', (one) => {
  async function run(threads: number) {
    using runtime = createRuntime({ threads });
    using net = (models[one.model] as (runtime: Runtime) => Functional<Ports>)(runtime);
    net.setWeights(one.start.map(flat));
    const several = one.y.length > 1;
    net.compile({
      optimizer: optimizerFor(one.optimizer as OptimizerName),
      loss: several ? ['mse', 'mae'] : 'mse',
      ...(several && { lossWeights: [0.3, 2] }),
      metrics: several ? [['mae'], ['mse']] : ['mae'],
    });
    const [x, y] = [only(one.x), only(one.y)] as [never, never];
    const { batch_size: batchSize, epochs } = golden;
    const { history } = await net.fit(x, y, {
      batchSize,
      epochs,
      shuffle: false,
      sampleWeight: one.sample_weight,
    });
    const evaluated = await net.evaluate(x, y, { batchSize });
    const all = (await net.predict(x)) as Predictions | readonly Predictions[];
    const predicted = [all].flat().map(({ data }) => data);
    return { history, evaluated, predicted, weights: net.getWeights(), digest: await net.digest() };
  }

  test('history, evaluation, predictions and weights', async () => {
    const got = await run(1);
    expect(Object.keys(got.history).sort()).toEqual(Object.keys(one.history).sort());
    for (const [key, want] of Object.entries(one.history)) expectClose(got.history[key] ?? [], want, 2e-6, key);
    expect(Object.keys(got.evaluated).sort()).toEqual(Object.keys(one.evaluated).sort());
    for (const [key, want] of Object.entries(one.evaluated)) expectClose([got.evaluated[key] ?? 0], [want], 2e-6, key);
    for (const [i, want] of one.predicted.entries()) expectClose(got.predicted[i] ?? [], flat(want), 2e-6);
    for (const [i, want] of one.end.entries()) expectClose(got.weights[i] ?? [], flat(want), 2e-6, one.names[i]);
  });

  test('any number of threads gives the same bits', async () => {
    const digests = new Set<string>();
    for (const threads of [1, 2, 3, 7]) digests.add((await run(threads)).digest);
    expect(digests.size).toBe(1);
  });
});
