/** Programs of chains of layers: the same operations, word for word, as before there was a graph under them. */
import { expect, test } from 'vitest';
import { Engine } from '../../src/engine/runtime.ts';
import * as simdescent from '../../src/index.ts';
import { type LayerOptions, layers, losses, optimizers, sequential } from '../../src/index.ts';
import { floats, labels } from '../helpers.ts';
import { modelOf, runs } from '../reference-runs/runs.js';
import { recorded } from './recordings.ts';

const images = { data: new Uint8Array(40 * 784), shape: [40, 28, 28], divisor: 255 };

test.each(runs.filter(({ network }) => network === undefined))('$name', async (run) => {
  const engine = new Engine(2 ** 28, 1);
  const model = modelOf(simdescent, run, engine);
  const y = run.binary ? { data: new Float32Array(400), shape: [40, 10] } : { data: new Int32Array(40), shape: [40] };
  const texts = await recorded(engine, async () => {
    await model.fit(images, y, {
      validationData: [images, y],
      sampleWeight: { data: new Float32Array(40).fill(1), shape: [40] },
      batchSize: 32,
    });
    await model.predict(images);
  });
  expect(texts).toHaveLength(3);
  await expect(texts.join('\n\n')).toMatchFileSnapshot(`recordings/${run.name}.txt`);
  engine.dispose();
});

const cases = {
  'activations as layers': () => [
    layers.dense({ units: 5, inputShape: [4], activityRegularizer: 'l2' }),
    layers.activation({ activation: 'relu' }),
    layers.dropout({ rate: 0.1 }),
    layers.dense({ units: 4, activation: 'silu', activityRegularizer: 'l1', biasRegularizer: 'l1' }),
    layers.activation({ activation: 'softmax', activityRegularizer: 'l2' }),
    layers.dense({ units: 3, useBias: false }),
    layers.activation({ activation: 'softmax' }),
  ],
  'views, several vectors': () => [
    layers.reshape({ inputShape: [4], targetShape: [2, 2] }),
    layers.dense({ units: 6, activation: 'relu' }),
    layers.activation({ activation: 'gelu' }),
    layers.flatten(),
    layers.dropout({ rate: 0.5 }),
    layers.dense({ units: 6, activation: 'relu' }),
    layers.reshape({ targetShape: [3, 2] }),
    layers.dense({ units: 3, activation: 'softmax', activityRegularizer: 'l1' }),
  ],
  'nothing to train below': () => [
    layers.activation({ inputShape: [4], activation: 'relu' }),
    layers.dropout({ rate: 0.5 }),
    layers.dense({ units: 3, activation: 'leakyRelu' }),
    layers.activation({ activation: 'linear' }),
  ],
} satisfies Record<string, (options?: LayerOptions) => readonly simdescent.Layer[]>;

test.each(Object.entries(cases))('%s', async (name, stack) => {
  const engine = new Engine(2 ** 26, 1);
  const model = sequential(stack(), { runtime: engine, seed: 3 });
  const x = floats([10, 4], 1);
  const times = name.startsWith('views') ? 3 : 1;
  const linear = name.startsWith('nothing');
  model.compile({
    loss: linear ? losses.huber({ delta: 2 }) : losses.sparseCategoricalCrossentropy(),
    metrics: linear ? ['mse', 'categoricalAccuracy'] : ['accuracy'],
    optimizer: optimizers.sgd({ clipnorm: 1 }),
  });
  const y = linear ? floats([10, 3], 2) : labels(10 * times, 3, 2);
  const targets = times > 1 ? { data: y.data, shape: [10, 3] } : y;
  const texts = await recorded(engine, async () => {
    await model.fit(x, targets, { batchSize: 4 });
    await model.evaluate(x, targets);
    await model.predict(x);
  });
  await expect(texts.join('\n\n')).toMatchFileSnapshot(`recordings/${name.replaceAll(/\W+/g, '-')}.txt`);
  engine.dispose();
});
