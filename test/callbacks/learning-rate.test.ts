/** Callbacks that set the learning rate: reduceLROnPlateau, learningRateScheduler. */
import { describe, expect, test } from 'vitest';
import { type Callback, callbacks, optimizers, type ReduceLROnPlateauOptions, schedules } from '../../src/index.ts';
import { errorOf } from '../helpers.ts';
import { trainWith } from './scripted.ts';

/** The rates that the epochs were trained with, and the one at the end. */
async function rates(values: readonly number[], options: ReduceLROnPlateauOptions): Promise<number[]> {
  const callback = callbacks.reduceLROnPlateau({ monitor: 'score', mode: 'min', factor: 0.5, ...options });
  const { history, rate } = await trainWith(callback, values);
  return [...(history.history.learning_rate ?? []), rate];
}

describe('reduceLROnPlateau', () => {
  test('multiplies the rate by the factor after `patience` epochs without improvement, again and again', async () => {
    expect(await rates([5, 5, 5, 5, 5, 5], { patience: 2 })).toEqual([1, 1, 1, 0.5, 0.5, 0.25, 0.25]);
    expect(await rates([5, 5, 4, 4, 4], { patience: 2 })).toEqual([1, 1, 1, 1, 1, 0.5]);
    expect(await rates([5, 5, 5], { patience: 0 })).toEqual([1, 1, 0.5, 0.25]);
  });

  test('epochs of the cooldown do not count', async () => {
    expect(await rates([5, 5, 5, 5, 5, 5], { patience: 1, cooldown: 2 })).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25, 0.125]);
  });

  test('minDelta is 1e-4 unless said otherwise', async () => {
    expect(await rates([5, 4.99995], { patience: 1 })).toEqual([1, 1, 0.5]);
    expect(await rates([5, 4.9998], { patience: 1 })).toEqual([1, 1, 1]);
    expect(await rates([5, 4.99995], { patience: 1, minDelta: 0 })).toEqual([1, 1, 1]);
  });

  test('goes no lower than minLR', async () => {
    expect(await rates([5, 5, 5, 5], { patience: 1, minLR: 0.3 })).toEqual([1, 1, 0.5, 0.3, 0.3]);
  });

  test("Keras' defaults: factor 0.1, patience 10", async () => {
    const callback = callbacks.reduceLROnPlateau({ monitor: 'score', mode: 'max' });
    const { history, rate } = await trainWith(callback, Array(11).fill(1));
    expect(history.history.learning_rate).toEqual(Array(11).fill(1));
    expect(rate).toBe(0.1);
  });

  test('a rate set between epochs is what the next epoch is trained with', async () => {
    const set: Callback = {
      onEpochEnd(epoch) {
        if (epoch === 0) optimizer.learningRate = 0;
      },
    };
    const optimizer = optimizers.sgd({ learningRate: 1 });
    const { digests } = await trainWith(set, [0, 0, 0], 'score', optimizer);
    expect(digests[1]).toBe(digests[0]);
    const moving = await trainWith({}, [0, 0]);
    expect(moving.digests[1]).not.toBe(moving.digests[0]);
  });

  test.each<[object, string]>([
    [{ factor: 1 }, 'factor must be below 1, got 1'],
    [{ minLR: -1 }, 'minLR must be a finite number at least 0'],
    [{ minLr: 0 }, "did you mean 'minLR'"],
  ])('%o is refused', async (options, message) => {
    expect((await errorOf(() => callbacks.reduceLROnPlateau(options as never))).message).toContain(message);
  });
});

describe('learningRateScheduler', () => {
  test('sets the rate before each epoch from the epoch and the rate as it is, and records it', async () => {
    const seen: (readonly [number, number])[] = [];
    const callback = callbacks.learningRateScheduler((epoch, rate) => {
      seen.push([epoch, rate]);
      return rate / 2;
    });
    const { history } = await trainWith(callback, [0, 0, 0]);
    expect(seen).toEqual([
      [0, 1],
      [1, 0.5],
      [2, 0.25],
    ]);
    expect(history.history.learning_rate).toEqual([0.5, 0.25, 0.125]);
  });

  test('is what setting the rates by hand gives', async () => {
    const byHand: Callback = {
      setModel(model) {
        this.onEpochBegin = (epoch) => {
          if (model.optimizer) model.optimizer.learningRate = 1 / (epoch + 1);
        };
      },
    };
    const scheduled = await trainWith(
      callbacks.learningRateScheduler((epoch) => 1 / (epoch + 1)),
      [0, 0, 0],
    );
    expect(scheduled.last).toBe((await trainWith(byHand, [0, 0, 0])).last);
  });

  test('what is no rate ends fit with an Error', async () => {
    for (const [bad, message] of [
      [Number.NaN, 'learningRate must be a finite number at least 0, got NaN'],
      ['1', "learningRate must be a finite number, got '1'"],
    ] as const) {
      const error = await errorOf(() =>
        trainWith(
          callbacks.learningRateScheduler(() => bad as never),
          [0],
        ),
      );
      expect(error.message).toBe(message);
    }
    expect((await errorOf(() => callbacks.learningRateScheduler(0.1 as never))).message).toBe(
      'schedule must be a function, got 0.1',
    );
  });
});

test('an optimizer that follows a schedule is refused by both before anything is trained', async () => {
  const learningRate = schedules.exponentialDecay({ initialLearningRate: 1, decaySteps: 1, decayRate: 0.5 });
  for (const callback of [callbacks.reduceLROnPlateau({ monitor: 'loss' }), callbacks.learningRateScheduler(() => 1)]) {
    const optimizer = optimizers.sgd({ learningRate });
    const error = await errorOf(() => trainWith(callback, [0], 'score', optimizer));
    expect(error.message).toContain("cannot set the learning rate of sequential's sgd: it follows exponentialDecay");
    expect(optimizer.iterations).toBe(0);
  }
});
