/** The warning of fit when its loss is NaN or infinite. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ArrayData, callbacks, layers, optimizers, sequential, type TensorLike } from '../../src/index.ts';
import { floats } from '../helpers.ts';

let warned: string[] = [];
beforeEach(() => {
  warned = [];
  vi.spyOn(console, 'warn').mockImplementation((text: string) => void warned.push(text));
});
afterEach(() => vi.restoreAllMocks());

async function train(x: TensorLike, y: TensorLike, learningRate: number, epochs = 3) {
  using model = sequential([layers.dense({ units: 1, inputShape: [2] })], { seed: 1 });
  model.compile({ optimizer: optimizers.sgd({ learningRate }), loss: 'mse' });
  return (await model.fit(x, y, { epochs, batchSize: 2 })).history.loss ?? [];
}
const y = floats([8, 1], 2);

describe('one warning', () => {
  test('names the scale of the inputs and the learning rate, once in a fit', async () => {
    const loss = await train(floats([8, 2], 1, 250), y, 1e3, 30);
    expect(loss.at(-1)).toBeNaN();
    expect(warned).toHaveLength(1);
    expect(warned[0]).toMatch(
      /loss is (NaN|Infinity) in epoch \d+.*x ranges from -2\d\d to 2\d\d\b.*learning rate is 1000\b/,
    );
    await train(floats([8, 2], 1, 250), y, 1e3, 30);
    expect(warned).toHaveLength(2);
  });

  test('knows that bytes are divided', async () => {
    const x: ArrayData = { data: Uint8Array.from({ length: 16 }, (_, i) => 17 * i), shape: [8, 2], divisor: 255 };
    await train(x, y, 1e30);
    expect(warned[0]).toMatch(/x ranges from 0 to 1:.*learning rate is 1e\+30/);
  });

  test('says where the data has the numbers that are none', async () => {
    const x = floats([8, 2], 1);
    x.data[5] = Number.NaN;
    expect((await train(x, y, 0.01, 1))[0]).toBeNaN();
    const targets = floats([8, 1], 2);
    targets.data[3] = Number.NEGATIVE_INFINITY;
    await train(floats([8, 2], 1), targets, 0.01, 1);
    expect(warned).toHaveLength(2);
    expect(warned[0]).toMatch(/x holds NaN.*\b5\b.*learning rate is 0\.01/);
    expect(warned[1]).toMatch(/y holds -Infinity.*\b3\b/);
  });

  test('comes at once, not at the end of the epoch, and before callbacks are told', async () => {
    using model = sequential([layers.dense({ units: 1, inputShape: [2] })], { seed: 1 });
    model.compile({ optimizer: optimizers.sgd({ learningRate: 1e30 }), loss: 'mse' });
    const then: number[] = [];
    await model.fit(floats([8, 2], 1), y, {
      batchSize: 2,
      callbacks: [callbacks.terminateOnNaN(), { onEpochEnd: () => void then.push(warned.length) }],
    });
    expect([warned.length, then]).toEqual([1, [1]]);
  });
});

test('a healthy training, and NaN in what is only predicted or evaluated, say nothing', async () => {
  await train(floats([8, 2], 1), y, 0.01);
  using model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
  model.compile({ loss: 'mse' });
  expect((await model.predict([[Number.NaN]])).data[0]).toBeNaN();
  expect((await model.evaluate([[Number.NaN]], [[1]])).loss).toBeNaN();
  expect(warned).toEqual([]);
});
