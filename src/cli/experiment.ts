/** The network, the optimizers and the training of one run: what `train` and `compare` have in common. */
import type { FashionMnist } from '../datasets/index.ts';
import { type Callback, layers, optimizers, regularizers, type Runtime, type Sequential, sequential } from '../index.ts';
import { oneLine, UsageError } from './errors.ts';
import { nearest } from './nearest.ts';
import { type TrainingOptions, WITH_MOMENTUM } from './options.ts';
import type { RunRecord } from './report/record.ts';

const IMAGE = [28, 28];
const CLASSES = 10;

/** `784-300-100-10`. */
export const networkName = ({ hidden }: TrainingOptions): string => [784, ...hidden, CLASSES].join('-');

export function network(options: TrainingOptions, runtime: Runtime): Sequential {
  const { activation, dropout, hidden, l2, seed } = options;
  const penalty = l2 === undefined ? {} : { kernelRegularizer: regularizers.l2(l2) };
  const blocks = hidden.flatMap((units) => [
    layers.dense({ units, activation: activation as 'relu', ...penalty }), // any other name: the layer checks it
    ...(dropout === undefined ? [] : [layers.dropout({ rate: dropout })]),
  ]);
  return sequential(
    [
      layers.flatten({ inputShape: IMAGE }),
      ...blocks,
      layers.dense({ units: CLASSES, activation: 'softmax', ...penalty }),
    ],
    { seed, runtime },
  );
}

export function compile(model: Sequential, name: string, options: TrainingOptions) {
  const optimizer = optimizerFor(name, options);
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return optimizer;
}

function optimizerFor(name: string, options: TrainingOptions) {
  const known = optimizers.names.find((one) => one === name);
  if (!known) throw new UsageError(`unknown optimizer '${name}'${nearest(name, optimizers.names)}`);
  const { learningRate, momentum, weightDecay, clipnorm } = options;
  return optimizers[known]({
    ...(learningRate !== undefined && { learningRate }),
    ...(momentum !== undefined && WITH_MOMENTUM.includes(name) && { momentum }),
    ...(weightDecay !== undefined && { weightDecay }),
    ...(clipnorm !== undefined && { clipnorm }),
  });
}

/** Builds everything once, so that whatever the library refuses is wrong usage, said before anything is loaded or trained. */
export function check(names: readonly string[], options: TrainingOptions, runtime: Runtime): void {
  if (options.momentum !== undefined && !names.some((name) => WITH_MOMENTUM.includes(name))) {
    throw new UsageError(`--momentum means nothing to ${names.join(', ')}: only to ${WITH_MOMENTUM.join(', ')}`);
  }
  for (const name of names) optimizerChecked(name, options);
  let model: Sequential | undefined;
  try {
    model = network(options, runtime);
  } catch (error) {
    throw new UsageError(oneLine(error));
  } finally {
    model?.dispose();
  }
}

function optimizerChecked(name: string, options: TrainingOptions): void {
  try {
    optimizerFor(name, options);
  } catch (error) {
    throw new UsageError(oneLine(error));
  }
}

/** Trains a compiled model. When the signal is aborted, the epochs that were finished are the result. */
export async function run(
  model: Sequential,
  optimizer: string,
  learningRate: number,
  set: FashionMnist,
  options: TrainingOptions,
  callback: Callback,
  signal: AbortSignal,
): Promise<RunRecord> {
  const { epochs, batchSize, limit } = options;
  const { images, labels } = set.train;
  const rows = Math.min(limit ?? images.shape[0], images.shape[0]);
  const x = { ...images, data: images.data.subarray(0, rows * 784), shape: [rows, ...IMAGE] };
  const y = { data: labels.data.subarray(0, rows), shape: [rows] };
  let finished = true;
  try {
    await model.fit(x, y, {
      epochs,
      batchSize,
      validationData: [set.test.images, set.test.labels],
      callbacks: [callback],
      signal,
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    finished = false;
  }
  const { epoch, history, seconds, trainSeconds } = model.history;
  return {
    optimizer,
    options: { learningRate },
    epoch: [...epoch],
    history: Object.fromEntries(Object.entries(history).map(([key, values]) => [key, [...values]])),
    seconds: [...seconds],
    trainSeconds: [...trainSeconds],
    stepsPerEpoch: Math.ceil(rows / batchSize),
    digest: finished ? await model.digest() : '',
    finished,
  };
}
