import { describe, expect, test, vi } from 'vitest';
import { callbacks, type EarlyStoppingOptions } from '../../src/index.ts';
import { classifier, errorOf } from '../helpers.ts';
import { trainWith, x, y } from './scripted.ts';

/** Epochs that were trained, with which weights it ended, and what the callback says. */
async function stopped(values: readonly number[], options: EarlyStoppingOptions) {
  const callback = callbacks.earlyStopping({ monitor: 'score', mode: 'min', ...options });
  const { history, digests, last } = await trainWith(callback, values);
  const { best, bestEpoch, stoppedEpoch } = callback;
  return { epochs: history.epoch.length, kept: digests.indexOf(last), best, bestEpoch, stoppedEpoch };
}

describe('earlyStopping', () => {
  test('ends after the first epoch that is no better, but never after epoch 0', async () => {
    expect(await stopped([3, 2, 2, 1], {})).toEqual({ epochs: 3, kept: 2, best: 2, bestEpoch: 1, stoppedEpoch: 2 });
    expect(await stopped([5, Number.NaN, 4], {})).toMatchObject({ epochs: 2, best: 5, stoppedEpoch: 1 });
  });

  test('waits for as many epochs as its patience, counted from the last improvement', async () => {
    expect(await stopped([3, 4, 4, 2, 5, 5, 5, 1], { patience: 3 })).toMatchObject({
      epochs: 7,
      best: 2,
      bestEpoch: 3,
    });
    expect(await stopped([3, 4, 4, 2], { patience: 3 })).toMatchObject({ epochs: 4, stoppedEpoch: undefined });
  });

  test('an improvement below minDelta is none, whatever the sign minDelta was given with', async () => {
    for (const minDelta of [0.5, -0.5]) {
      expect(await stopped([3, 2.6, 2.5, 2.4], { minDelta, patience: 2 })).toMatchObject({ epochs: 3, best: 3 });
    }
    expect(await stopped([3, 2.4, 1.8], { minDelta: 0.5 })).toMatchObject({ epochs: 3, best: 1.8 });
  });

  test("with mode 'max' more is better", async () => {
    expect(await stopped([1, 2, 3, 2], { mode: 'max' })).toMatchObject({ epochs: 4, best: 3, bestEpoch: 2 });
    expect(await stopped([1, 1.4, 1.6], { mode: 'max', minDelta: 0.5, patience: 2 })).toMatchObject({ best: 1.6 });
  });

  test('restoreBestWeights puts the weights of the best epoch back, also when nothing stopped it', async () => {
    expect(await stopped([3, 1, 2, 2], { patience: 2, restoreBestWeights: true })).toMatchObject({
      epochs: 4,
      kept: 1,
    });
    expect(await stopped([3, 1, 2], { patience: 9, restoreBestWeights: true })).toMatchObject({ epochs: 3, kept: 1 });
    const broken = await stopped([Number.NaN, 2, Number.NaN, 1], { patience: 2, restoreBestWeights: true });
    expect(broken).toMatchObject({ epochs: 3, kept: 0, stoppedEpoch: 2 });
  });

  test('only what beats the baseline resets the patience', async () => {
    const beaten = await stopped([5, 4, 3.9, 6, 6, 6], { baseline: 4, patience: 3 });
    expect(beaten).toMatchObject({ epochs: 6, best: 3.9, stoppedEpoch: 5 });
    // epochs that improve but stay above the baseline wear the patience out, and the next that does not improve ends it
    const never = await stopped([9, 8, 7, 7.5, 6], { baseline: 4, patience: 3, restoreBestWeights: true });
    expect(never).toMatchObject({ epochs: 4, best: 7, kept: 2 });
  });

  test('does not look before startFromEpoch', async () => {
    const late = await stopped([1, 9, 9, 5, 6], { startFromEpoch: 2, restoreBestWeights: true });
    expect(late).toMatchObject({ epochs: 5, best: 5, bestEpoch: 3, kept: 3 });
  });

  test('begins afresh with each fit', async () => {
    const callback = callbacks.earlyStopping({ monitor: 'score', mode: 'min' });
    for (const first of [5, 7]) {
      const { history } = await trainWith(callback, [first, first - 1, first]);
      expect([history.epoch.length, callback.best, callback.stoppedEpoch]).toEqual([3, first - 1, 2]);
    }
  });

  test("mode 'auto' knows accuracies and losses, and asks about anything else", async () => {
    const up = callbacks.earlyStopping({ monitor: 'val_accuracy' });
    await trainWith(up, [0.5, 0.7, 0.6], 'val_accuracy');
    expect([up.best, up.stoppedEpoch]).toEqual([0.7, 2]);
    const down = callbacks.earlyStopping({ monitor: 'val_sparseCategoricalCrossentropy' });
    await trainWith(down, [0.5, 0.3, 0.4], 'val_sparseCategoricalCrossentropy');
    expect([down.best, down.stoppedEpoch]).toEqual([0.3, 2]);
    const ofOutput = callbacks.earlyStopping({ monitor: 'val_head_loss' });
    await trainWith(ofOutput, [0.5, 0.3, 0.4], 'val_head_loss');
    expect([ofOutput.best, ofOutput.stoppedEpoch]).toEqual([0.3, 2]);
    const metricOfOutput = callbacks.earlyStopping({ monitor: 'two_heads_mean_absolute_error' });
    await trainWith(metricOfOutput, [0.5, 0.3, 0.4], 'two_heads_mean_absolute_error');
    expect([metricOfOutput.best, metricOfOutput.stoppedEpoch]).toEqual([0.3, 2]);
    const error = await errorOf(() => callbacks.earlyStopping({ monitor: 'f1' }));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toMatch(/earlyStopping.*'f1'.*mode.*'min'.*'max'/);
  });

  test('a missing validation or metric is found before anything is trained, another missing key after the first epoch', async () => {
    using model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const before = await model.digest();
    const early = await errorOf(() => model.fit(x, y, { epochs: 3, callbacks: [callbacks.earlyStopping()] }));
    expect(early.message).toBe(
      "earlyStopping: 'val_loss' needs validationData or validationSplit, or watch another key",
    );
    const unmeasured = callbacks.earlyStopping({ monitor: 'val_accuracy' });
    const missing = await errorOf(() => model.fit(x, y, { validationSplit: 0.5, callbacks: [unmeasured] }));
    expect(missing.message).toBe("earlyStopping: 'val_accuracy' is not among loss, val_loss: compile with that metric");
    expect([await model.digest(), model.history]).toEqual([before, undefined]);
    const misspelt = callbacks.earlyStopping({ monitor: 'los', mode: 'min' });
    const late = await errorOf(() => model.fit(x, y, { epochs: 3, callbacks: [misspelt] }));
    expect(late.message).toBe("earlyStopping: 'los' is not among loss");
  });

  test('says what it does only if asked to', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await stopped([1, 2], { restoreBestWeights: true });
    expect(log).not.toHaveBeenCalled();
    await stopped([1, 2], { restoreBestWeights: true, verbose: true });
    expect(log.mock.calls.flat()).toEqual([
      expect.stringMatching(/epoch 2.*stop/),
      expect.stringMatching(/weights.*epoch 1/),
    ]);
    log.mockRestore();
  });

  test.each<[object, string]>([
    [{ patience: -1 }, 'patience must be an integer'],
    [{ patince: 1 }, "did you mean 'patience'"],
    [{ mode: 'up' }, "unknown mode 'up'"],
    [{ monitor: 5 }, 'earlyStopping: monitor must be a string, got 5'],
    [{ baseline: '1' }, "baseline must be a finite number, got '1'"],
  ])('%o is refused', async (options, message) => {
    expect((await errorOf(() => callbacks.earlyStopping(options as never))).message).toContain(message);
  });
});
