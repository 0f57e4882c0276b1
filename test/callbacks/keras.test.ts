/** The callbacks that watch a value, beside those of Keras: infinite values and NaN among what they see. */
import { describe, expect, test } from 'vitest';
import { callbacks, layers, optimizers, sequential } from '../../src/index.ts';
import golden from '../reference/callbacks.json' with { type: 'json' };
import { trainWith } from './scripted.ts';

type Options = { mode: 'min' | 'max' };
const numberOf = (text: string | null): number =>
  text === 'nan' || text === null ? Number.NaN : Number(text.replace('inf', 'Infinity'));
const watched = (options: object): Options & { monitor: string } => ({ ...(options as Options), monitor: 'score' });

describe.each(golden.cases)('$values', ({ values: texts, earlyStopping, reduceLROnPlateau, modelCheckpoint }) => {
  const values = texts.map(numberOf);

  test(`earlyStopping ${JSON.stringify(earlyStopping[0])}`, async () => {
    const [options, want] = earlyStopping as [
      object,
      { epochs: number; best: string; bestEpoch: number; kept: number },
    ];
    const stop = callbacks.earlyStopping(watched(options));
    const { history, digests, last } = await trainWith(stop, values);
    expect([history.epoch.length, stop.bestEpoch, digests.indexOf(last)]).toEqual([
      want.epochs,
      want.bestEpoch,
      want.kept,
    ]);
    expect(stop.best ?? Number.NaN).toBe(numberOf(want.best));
  });

  test(`reduceLROnPlateau ${JSON.stringify(reduceLROnPlateau[0])}`, async () => {
    const [options, rates] = reduceLROnPlateau as [object, number[]];
    const { history, rate } = await trainWith(callbacks.reduceLROnPlateau(watched(options)), values);
    // the history has the rate that each epoch was trained with, Keras' list the one after it
    expect([...(history.history.learning_rate ?? []).slice(1), rate]).toEqual(rates);
  });

  test(`modelCheckpoint ${JSON.stringify(modelCheckpoint[0])}, without NaN`, async () => {
    const [options, epochs] = modelCheckpoint as [object, number[]];
    const saved: number[] = [];
    const keep = (_bytes: Uint8Array, { epoch }: { epoch: number }) => void saved.push(epoch);
    const callback = callbacks.modelCheckpoint(keep, { ...watched(options), saveBestOnly: true });
    await trainWith(
      callback,
      values.filter((value) => !Number.isNaN(value)),
    );
    expect(saved).toEqual(epochs);
  });
});

test('losses that are NaN from the first epoch end the training when the patience does', async () => {
  using model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
  model.compile({ optimizer: optimizers.sgd({ learningRate: 1e20 }), loss: 'mse' });
  const stop = callbacks.earlyStopping({ monitor: 'loss', patience: 3 });
  const x = [1, 2, 3, 4, 5, 6].map((value) => [value]);
  const { epoch } = await model.fit(x, x, { epochs: 9, batchSize: 1, callbacks: [stop] });
  expect([epoch.length, stop.best, stop.bestEpoch]).toEqual([4, Number.NaN, 0]);
});
