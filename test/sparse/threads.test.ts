/** Threads share the operations on sparse rows, and change no bit. */
import { afterAll, expect, test } from 'vitest';
import { layers, optimizers, sequential } from '../../src/index.ts';
import { labels } from '../helpers.ts';
import { left, threaded, until, workers } from '../threads.ts';
import { randomRows } from './rows.ts';

const { sparse: x } = randomRows(40, 90, 0.2, 1);
const y = labels(40, 5, 2);

afterAll(() => until(() => left.size === workers.length));

async function bits(threads: number): Promise<unknown[]> {
  using runtime = await threaded(threads);
  const found: unknown[] = [];
  for (const optimizer of [() => optimizers.sgd({ learningRate: 0.1 }), () => optimizers.adam(), optimizers.adagrad]) {
    const stack = [layers.dense({ units: 45, activation: 'relu' }), layers.dense({ units: 5, activation: 'softmax' })];
    using model = sequential(stack, { seed: 3, runtime });
    model.compile({ optimizer: optimizer(), loss: 'sparseCategoricalCrossentropy' });
    const { history } = await model.fit(x, y, { epochs: 2, batchSize: 16, validationSplit: 0.2 });
    found.push(history, await model.digest(), await model.predict(x));
  }
  return found;
}

test('two, three and seven threads give the bits of one', async () => {
  const wanted = await bits(1);
  for (const threads of [2, 3, 7]) expect(await bits(threads)).toEqual(wanted);
});
