/** The network, its optimizers and their training: what `train` and `compare` have in common. */
import type { FashionMnist } from '../datasets/index.ts';
import {
  type ActivationName,
  layers,
  type Optimizer,
  optimizers,
  type Runtime,
  regularizers,
  type Sequential,
  sequential,
} from '../index.ts';
import { oneLine, UsageError } from './errors.ts';
import { nearest } from './nearest.ts';
import type { Display } from './progress.ts';
import type { RunRecord } from './report/record.ts';
import { flagOf, hasOption, optimizerOptions, TRAINING_IMAGES, type TrainingOptions } from './settings.ts';

export interface Experiment {
  readonly command: 'train' | 'compare';
  /** The optimizers, in the order they are trained. */
  readonly names: readonly string[];
  readonly options: TrainingOptions;
  /** One model for all, compiled again for each optimizer: it goes on from the weights the one before left. */
  readonly carry: boolean;
}

const IMAGE = [28, 28] as const;
const PIXELS = 784;
const CLASSES = 10;

/** `784-300-100-10`. */
export const networkName = ({ hidden }: TrainingOptions): string => [PIXELS, ...hidden, CLASSES].join('-');

function network({ activation, dropout, hidden, l2, seed }: TrainingOptions, runtime: Runtime): Sequential {
  const penalty = l2 === undefined ? {} : { kernelRegularizer: regularizers.l2(l2) };
  // The layer knows the names, and refuses any other.
  const blocks = hidden.flatMap((units) => [
    layers.dense({ units, activation: activation as ActivationName, ...penalty }),
    ...(dropout === undefined ? [] : [layers.dropout({ rate: dropout })]),
  ]);
  const output = layers.dense({ units: CLASSES, activation: 'softmax', ...penalty });
  return sequential([layers.flatten({ inputShape: IMAGE }), ...blocks, output], { seed, runtime });
}

function optimizerOf(name: string, options: TrainingOptions): Optimizer {
  const known = optimizers.names.find((one) => one === name);
  if (!known) throw new UsageError(`unknown optimizer '${name}'${nearest(name, optimizers.names)}`);
  return optimizers[known](optimizerOptions(name, options));
}

function compile(model: Sequential, optimizer: Optimizer): void {
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
}

/** Builds everything once: whatever the library refuses is wrong usage, found before anything is loaded or trained. */
export function check({ names, options }: Experiment, runtime: Runtime): void {
  let model: Sequential | undefined;
  try {
    for (const name of names) optimizerOf(name, options);
    model = network(options, runtime);
  } catch (error) {
    // What is out of range or unknown; memory that does not suffice is another matter.
    if (error instanceof RangeError || error instanceof TypeError)
      throw new UsageError(oneLine(error), { cause: error });
    throw error;
  } finally {
    model?.dispose();
  }
  for (const [option, having] of Object.entries(hasOption)) {
    const given = options[option as keyof typeof hasOption] !== undefined;
    if (given && !names.some((name) => having.some((one) => one === name)))
      throw new UsageError(`${flagOf(option)} means nothing to ${names.join(', ')}, only to ${having.join(', ')}`);
  }
}

/** Trains one optimizer after another. An aborted signal ends it with the record of the run it met. */
export async function* trainAll(
  { names, options, carry }: Experiment,
  runtime: Runtime,
  set: FashionMnist,
  shown: Display,
  signal: AbortSignal,
): AsyncGenerator<RunRecord> {
  let model: Sequential | undefined;
  try {
    for (const name of names) {
      if (signal.aborted) return;
      if (!carry) model?.dispose();
      model = model && carry ? model : network(options, runtime);
      const optimizer = optimizerOf(name, options);
      compile(model, optimizer);
      const finished = await fit(model, name, set, options, shown, signal);
      yield await recordOf(model, optimizer, options, finished);
    }
  } finally {
    model?.dispose();
  }
}

/** False when the signal was aborted on the way. */
async function fit(
  model: Sequential,
  name: string,
  { train, test }: FashionMnist,
  { epochs, batchSize, limit }: TrainingOptions,
  shown: Display,
  signal: AbortSignal,
): Promise<boolean> {
  const { images, labels } = train;
  const rows = limit ?? images.shape[0];
  const x = { ...images, data: images.data.subarray(0, rows * PIXELS), shape: [rows, ...IMAGE] };
  const y = { data: labels.data.subarray(0, rows), shape: [rows] };
  const validationData = [test.images, test.labels] as const;
  const callbacks = [shown.training(name, epochs)];
  try {
    await model.fit(x, y, { epochs, batchSize, validationData, callbacks, signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

async function recordOf(
  model: Sequential,
  optimizer: Optimizer,
  options: TrainingOptions,
  finished: boolean,
): Promise<RunRecord> {
  // No history: the signal came before the first epoch.
  const { epoch = [], history = {}, seconds = [], trainSeconds = [] } = model.history ?? {};
  const { batchSize, limit } = options;
  return {
    optimizer: optimizer.name,
    options: { ...optimizerOptions(optimizer.name, options), learningRate: optimizer.learningRate },
    epoch: [...epoch],
    history: Object.fromEntries(Object.entries(history).map(([key, values]) => [key, [...values]])),
    seconds: [...seconds],
    trainSeconds: [...trainSeconds],
    stepsPerEpoch: Math.ceil((limit ?? TRAINING_IMAGES) / batchSize),
    digest: finished ? await model.digest() : '',
    finished,
  };
}
