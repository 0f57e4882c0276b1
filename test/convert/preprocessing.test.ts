/** Layers that prepare data: normalization, sizes of images, augmentation, in files of Keras. fixtures/make_preprocessing.py makes them. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromKeras, fromKerasWeights, fromTfjs, toKeras, toTfjs } from '../../src/convert/index.ts';
import { layers, loadModel, sequential } from '../../src/index.ts';

const file = (name: string) => readFileSync(new URL(`./fixtures/preprocessing${name}`, import.meta.url));
const cases: Readonly<Record<string, { readonly x: number[]; readonly shape: number[]; readonly y: number[] }>> =
  JSON.parse(file('.json').toString());

describe.each(Object.entries(cases))('%s', (name, { x, shape, y }) => {
  const close = (data: Float32Array) => {
    for (const [i, value] of y.entries()) expect(data[i]).toBeCloseTo(value, 4);
  };

  test.each(['keras', 'h5'])('.%s predicts what Keras predicts', async (ending) => {
    using model = await loadModel(await fromKeras(file(`-${name}.${ending}`)));
    close((await model.predict({ data: x, shape })).data);
  });

  test('is written again with its statistics, and reads weights alone', async () => {
    using model = await loadModel(await fromKeras(file(`-${name}.keras`)));
    using again = await loadModel(await fromKeras(await toKeras(model)));
    close((await again.predict({ data: x, shape })).data);
    expect(again.layers.map(({ kind }) => kind)).toEqual(model.layers.map(({ kind }) => kind));
    if (name === 'given') return; // its file has no statistics
    for (const weight of model.weights) weight.tensor.data.fill(1);
    using filled = await loadModel(await fromKerasWeights(file(`-${name}.weights.h5`), model));
    close((await filled.predict({ data: x, shape })).data);
  });

  test('is refused for TensorFlow.js', async () => {
    using model = await loadModel(await fromKeras(file(`-${name}.keras`)));
    await expect(toTfjs(model)).rejects.toThrow(/TensorFlow.js has no such layer/);
  });
});

test('a model that was trained with augmentation around it goes to TensorFlow.js without, as the message says', async () => {
  using base = sequential([layers.flatten({ inputShape: [4, 4, 1] }), layers.dense({ units: 2 })], { seed: 1 });
  using model = sequential([layers.randomFlip({ inputShape: [4, 4, 1] }), base], { seed: 1 });
  model.compile({ optimizer: 'adam', loss: 'mse' });
  const x = { data: Float32Array.from({ length: 48 }, (_, i) => i / 48), shape: [3, 4, 4, 1] };
  await model.fit(x, [
    [1, 0],
    [0, 1],
    [1, 1],
  ]);
  await expect(toTfjs(model)).rejects.toThrow(/'randomFlip' .*no such layer: keep it outside, .* convert base/);
  using same = await loadModel(await fromTfjs(await toTfjs(base)));
  expect(await same.predict(x)).toEqual(await model.predict(x));
});
