/** A training whose watched value is made up. */
import type { Callback, History, Logs, Optimizer } from '../../src/index.ts';
import { optimizers } from '../../src/index.ts';
import { classifier, floats, labels } from '../helpers.ts';

export const x = floats([8, 4], 1);
export const y = labels(8, 3, 2);

/** Writes `values[epoch]` into the logs, before the callbacks under test see them. */
const script = (key: string, values: readonly number[]): Callback => ({
  onEpochEnd: (epoch, logs: Logs) => {
    logs[key] = values[epoch] ?? Number.NaN;
  },
});

export interface Outcome {
  readonly history: History;
  /** The weights after each epoch, as digests, and at the end. */
  readonly digests: readonly string[];
  readonly last: string;
  readonly rate: number;
}

/** Trains as many epochs as there are values, with sgd of learning rate 1 unless another optimizer is given. */
export async function trainWith(
  callback: Callback,
  values: readonly number[],
  key = 'score',
  optimizer: Optimizer = optimizers.sgd({ learningRate: 1 }),
): Promise<Outcome> {
  using model = classifier();
  const loss = 'sparseCategoricalCrossentropy';
  model.compile({ optimizer, loss, metrics: key.endsWith(loss) ? ['accuracy', loss] : ['accuracy'] });
  const digests: string[] = [];
  const watch: Callback = {
    onEpochEnd: async () => {
      digests.push(await model.digest());
    },
  };
  const callbacks = [script(key, values), callback, watch];
  const validation = key.startsWith('val_') ? { validationData: [x, y] as const } : {};
  const history = await model.fit(x, y, { epochs: values.length, callbacks, ...validation });
  return { history, digests, last: await model.digest(), rate: optimizer.learningRate };
}
