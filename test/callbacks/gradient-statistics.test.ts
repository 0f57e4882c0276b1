/** gradientStatistics: what it says of the gradients is what they are. */
import { describe, expect, test } from 'vitest';
import { callbacks, createRuntime, layers, optimizers, sequential } from '../../src/index.ts';
import { classifier, errorOf, floats, labels } from '../helpers.ts';

const x = floats([20, 4], 1);
const y = labels(20, 3, 2);

/** In float64, element by element. */
function plain(gradient: Float32Array) {
  const values = Array.from(gradient);
  return {
    norm: Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    maxAbs: Math.max(...values.map(Math.abs)),
    zeros: values.filter((value) => value === 0).length / values.length,
  };
}

describe('gradientStatistics', () => {
  test('tells of each weight at the end of each epoch', async () => {
    using model = classifier();
    model.compile({ optimizer: optimizers.adam({ clipvalue: 0.05 }), loss: 'sparseCategoricalCrossentropy' });
    const statistics = callbacks.gradientStatistics();
    const seen: object[] = [];
    const onEpochEnd = (epoch: number) => {
      for (const { name, tensor } of model.gradients)
        seen.push({ weight: name, epoch, iterations: 5 * (epoch + 1), ...plain(tensor.data) });
    };
    await model.fit(x, y, { batchSize: 4, epochs: 3, callbacks: [statistics, { onEpochEnd }] });
    expect(statistics.summaries).toEqual(seen);
    expect(statistics.summaries.map(({ weight }) => weight).slice(0, 4)).toEqual(model.weights.map(({ name }) => name));
    expect(Math.max(...statistics.summaries.map(({ maxAbs }) => maxAbs))).toBe(Math.fround(0.05));
    // clipped ones may be equal
    expect(new Set(statistics.summaries.map(({ norm }) => norm)).size).toBeGreaterThan(8);

    // a new training begins a new list
    await model.fit(x, y, { batchSize: 4, callbacks: [statistics] });
    expect(statistics.summaries.map(({ epoch, iterations }) => [epoch, iterations])).toEqual(Array(4).fill([0, 20]));
  });

  test('tells of every nth batch, counted through the epochs', async () => {
    using model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const statistics = callbacks.gradientStatistics({ every: 3 });
    await model.fit(x, y, { batchSize: 4, epochs: 2, callbacks: [statistics] });
    const places = statistics.summaries.filter(({ weight }) => weight === 'dense/kernel');
    expect(places.map(({ epoch, iterations }) => [epoch, iterations])).toEqual([
      [0, 3],
      [1, 6],
      [1, 9],
    ]);
  });

  test('counts zeros of dead units, and knows no gradient of frozen layers', async () => {
    const first = layers.dense({ units: 5, activation: 'relu', inputShape: [4], name: 'first' });
    const dead = layers.dense({ units: 8, activation: 'relu', name: 'dead' });
    using model = sequential([first, dead, layers.dense({ units: 3, activation: 'softmax', name: 'out' })]);
    first.trainable = false;
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    // three units whose bias keeps them at zero
    model.weights.find(({ name }) => name === 'dead/bias')?.tensor.data.fill(-1e6, 0, 3);
    const statistics = callbacks.gradientStatistics();
    await model.fit(x, y, { callbacks: [statistics] });
    const bias = statistics.summaries.find(({ weight }) => weight === 'dead/bias');
    expect((bias?.zeros ?? 0) * 8).toBeGreaterThanOrEqual(3);
    expect(statistics.summaries.some(({ weight }) => weight.startsWith('first/'))).toBe(false);
    expect(statistics.summaries).toHaveLength(4);
  });

  test('changes no bit of the training, and is the same with any number of threads', async () => {
    const run = async (threads: number, look: boolean) => {
      using runtime = createRuntime({ threads });
      using model = classifier({ runtime, seed: 5 });
      model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
      const statistics = callbacks.gradientStatistics({ every: 2 });
      await model.fit(x, y, { batchSize: 4, epochs: 2, callbacks: look ? [statistics] : [] });
      return [await model.digest(), statistics.summaries] as const;
    };
    const [one, two] = [await run(1, true), await run(2, true)];
    expect(two).toEqual(one);
    expect((await run(1, false))[0]).toBe(one[0]);
    expect(one[1]).toHaveLength(20);
  });

  test('refuses what is no number of batches', async () => {
    expect((await errorOf(() => callbacks.gradientStatistics({ every: 0 }))).message).toContain('every must be');
    expect((await errorOf(() => callbacks.gradientStatistics({ each: 1 } as never))).message).toContain('every');
  });
});
