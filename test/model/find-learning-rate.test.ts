/** findLearningRate: its curve is that of a training with growing rates, and the model never notices. */
import { describe, expect, test } from 'vitest';
import { findLearningRate, layers, optimizers, schedules, sequential } from '../../src/index.ts';
import { errorOf, floats } from '../helpers.ts';

const x = floats([40, 3], 1);
const y = { data: Float32Array.from({ length: 40 }, (_, i) => 2 * (x.data[3 * i] ?? 0) - 1), shape: [40, 1] };

const made = () =>
  sequential(
    [
      layers.dense({ units: 8, activation: 'relu', inputShape: [3] }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: 1 }),
    ],
    { seed: 3 },
  );
const linear = () => sequential([layers.dense({ units: 1, inputShape: [3] })], { seed: 3 });

describe('the curve', () => {
  test('has the losses of batches that are trained one by one with these rates, a shorter last one too', async () => {
    using model = linear();
    model.compile({ optimizer: 'momentum', loss: 'mse' });
    const options = {
      minLearningRate: 1e-4,
      maxLearningRate: 1e-2,
      steps: 7,
      batchSize: 15,
      shuffle: false,
      smoothing: 0.5,
    };
    const { learningRates, losses, smoothed, diverged } = await findLearningRate(model, x, y, options);
    const optimizer = optimizers.momentum();
    using twin = linear();
    twin.compile({ optimizer, loss: 'mse' });
    let [mean, weight] = [0, 0];
    for (let step = 0; step < 7; step++) {
      const rate = 1e-4 * 100 ** (step / 6);
      expect(learningRates[step]).toBeCloseTo(rate, 15);
      optimizer.learningRate = learningRates[step] ?? 0;
      const [from, to] = [
        [0, 15],
        [15, 30],
        [30, 40],
      ][step % 3] ?? [0, 0];
      const batch = (array: Float32Array, width: number) => ({
        data: array.slice(width * (from ?? 0), width * (to ?? 0)),
        shape: [(to ?? 0) - (from ?? 0), width],
      });
      const { loss = 0 } = twin.trainOnBatch(batch(x.data, 3), batch(y.data, 1));
      expect(Math.abs((losses[step] ?? 0) - loss)).toBeLessThan(1e-6 * loss);
      // a weighted mean in which each loss counts half as much as the next
      [mean, weight] = [0.5 * mean + loss, 0.5 * weight + 1];
      expect(Math.abs((smoothed[step] ?? 0) - mean / weight)).toBeLessThan(1e-6 * loss);
    }
    expect([learningRates.length, losses.length, smoothed.length, diverged]).toEqual([7, 7, 7, false]);
  });

  test('ends where the loss diverges, and suggests a tenth of the rate where it is smallest', async () => {
    using model = linear();
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const { learningRates, smoothed, diverged, suggestion } = await findLearningRate(model, x, y, {
      maxLearningRate: 1e6,
    });
    expect(diverged).toBe(true);
    expect(learningRates.length).toBeLessThan(200);
    const least = Math.min(...smoothed);
    expect(suggestion).toBe((learningRates[smoothed.indexOf(least)] ?? 0) / 10);
    expect(smoothed.at(-1)).toBeGreaterThan(4 * least);
    expect(smoothed.slice(0, -1).every((loss, i) => loss <= 4 * Math.min(...smoothed.slice(0, i + 1)))).toBe(true);
    // it is a rate that trains
    const { loss: before = 0 } = await model.evaluate(x, y);
    model.setLearningRate(suggestion ?? 0);
    await model.fit(x, y, { epochs: 20 });
    expect((await model.evaluate(x, y)).loss).toBeLessThan(before / 4);
  });

  test('suggests nothing where no rate lowers the loss, and does not warn of what it expects', async () => {
    using model = linear();
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const warned: unknown[] = [];
    const { warn } = console;
    console.warn = (...args) => warned.push(args);
    try {
      const found = await findLearningRate(model, x, y, { minLearningRate: 1e25, maxLearningRate: 1e35 });
      expect(found).toMatchObject({ diverged: true, suggestion: undefined });
    } finally {
      console.warn = warn;
    }
    expect(warned).toEqual([]);
  });

  test('is that of the weights as they are, and of a model that has none yet', async () => {
    using built = linear();
    built.compile({ optimizer: 'adam', loss: 'mse' });
    using unbuilt = sequential([layers.dense({ units: 1 })], { seed: 3 });
    unbuilt.compile({ optimizer: 'adam', loss: 'mse' });
    const first = await findLearningRate(built, x, y);
    expect(await findLearningRate(unbuilt, x, y)).toEqual(first);
    expect(unbuilt.built).toBe(false);
    built.setWeights(built.getWeights().map((weight) => weight.map((value) => value + 1)));
    expect((await findLearningRate(built, x, y)).losses[0]).not.toBe(first.losses[0]);
  });
});

test.each([0.01, schedules.exponentialDecay({ initialLearningRate: 0.02, decaySteps: 5, decayRate: 0.8 })])(
  'a model in training with rate %s goes on as if nothing had happened',
  async (learningRate) => {
    const train = async (look: boolean) => {
      using model = made();
      model.compile({ optimizer: optimizers.adam({ learningRate, clipnorm: 1 }), loss: 'mse', metrics: ['mae'] });
      await model.fit(x, y, { epochs: 2, batchSize: 8 });
      const known = () => ({
        ...{
          weights: model.getWeights(),
          slots: model.slots.map(({ tensor }) => tensor.data.slice()),
          epoch: model.epoch,
        },
        ...{ seed: model.seed, iterations: model.optimizer?.iterations, rate: model.optimizer?.learningRate },
        ...{ history: model.history, gradients: model.gradients.map(({ tensor }) => tensor.data.slice()) },
        config: JSON.stringify(model.toConfig()),
      });
      const before = known();
      if (look) {
        const curve = await findLearningRate(model, x, y, { batchSize: 8 });
        expect(curve.losses.length).toBeGreaterThan(50);
        expect(await findLearningRate(model, x, y, { batchSize: 8 })).toEqual(curve);
      }
      expect(known()).toEqual(before);
      await model.fit(x, y, { initialEpoch: 2, epochs: 4, batchSize: 8 });
      return model.digest();
    };
    expect(await train(true)).toBe(await train(false));
  },
);

test('a signal ends the test', async () => {
  using model = linear();
  model.compile({ optimizer: 'adam', loss: 'mse' });
  const signal = AbortSignal.abort(new Error('enough'));
  expect((await errorOf(() => findLearningRate(model, x, y, { signal }))).message).toBe('enough');
});

test.each<[string, object, string]>([
  ['a misspelt option', { minlearningrate: 1 }, "did you mean 'minLearningRate'"],
  ['no first rate', { minLearningRate: 0 }, '0 < minLearningRate < maxLearningRate'],
  ['falling rates', { minLearningRate: 1, maxLearningRate: 0.1 }, 'got 1 and 0.1'],
  ['one step', { steps: 1 }, 'steps must be an integer'],
  ['a loss that never moves', { smoothing: 1 }, 'smoothing must be below 1'],
  ['a negative smoothing', { smoothing: -0.1 }, 'smoothing must be'],
  ['a divergence below the smallest loss', { divergence: 0.5 }, 'divergence must be'],
  ['an impossible batch', { batchSize: 0 }, 'batchSize must be'],
])('%s is refused', async (_title, options, message) => {
  using model = linear();
  model.compile({ optimizer: 'adam', loss: 'mse' });
  expect((await errorOf(() => findLearningRate(model, x, y, options))).message).toContain(message);
});

test('a model that has not been compiled is refused', async () => {
  using model = linear();
  expect((await errorOf(() => findLearningRate(model, x, y))).message).toContain('must be compiled first');
});
