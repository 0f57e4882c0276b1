/** What the flags of a training make: the network with its optimizer, and the images it sees. Pages use it too, so it needs no files. */
import type { FashionMnist } from '../datasets/index.ts';
import {
  type ActivationName,
  configs,
  layers,
  type Optimizer,
  type OptimizerName,
  type Runtime,
  type Sequential,
} from '../index.ts';
import { having, OPTION_NAMES, pickOptions } from '../optimizers/facts/words.ts';
import type { Checkpoint } from './checkpoint.ts';
import { oneLine, UsageError } from './errors.ts';
import { network } from './network.ts';
import { flagOf, IMAGE, networkName, PIXELS, parametersOf, type TrainingOptions } from './settings.ts';

/** The request as it was typed. */
export interface Request {
  readonly command: 'train' | 'compare';
  /** The optimizers, in the order they are trained. */
  readonly names: readonly string[];
  readonly options: TrainingOptions;
  /** One model for all, compiled again for each optimizer: each continues from the weights that the one before left. */
  readonly carry: boolean;
  /** The checkpoint that `train` continues from. */
  readonly checkpoint?: Checkpoint;
}

/** The same with names as the library writes them, so that equal settings give equal command lines and reports. */
export interface Experiment extends Request {
  readonly names: readonly OptimizerName[];
}

/** Spellings are understood as the library understands them: `Nadam`, `GELU`. */
export function resolved(request: Request): Experiment {
  const { options } = request;
  try {
    const names = request.names.map((name) => configs.optimizerFrom(name).name as OptimizerName);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new RangeError(`--optimizers names ${twice} twice`);
    const { activation } = layers
      .dense({ units: 1, activation: options.activation as ActivationName })
      .toConfig().config;
    // those with a parameter describe it too
    const name = String(typeof activation === 'object' ? Object(activation).name : activation);
    return { ...request, names, options: { ...options, activation: name } };
  } catch (error) {
    throw asTyped(error, options);
  }
}

export const optimizerOf = (name: OptimizerName, options: TrainingOptions): Optimizer =>
  configs.optimizerFrom({ className: name, config: pickOptions(name, options) });

export function compile(model: Sequential, optimizer: Optimizer): void {
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
}

/** The model of some options, compiled with an optimizer. */
export function compiledModel(name: string, options: TrainingOptions, runtime: Runtime): Sequential {
  const model = network(options, runtime);
  compile(model, optimizerOf(name as OptimizerName, options)); // the library refuses any other
  return model;
}

/** The first `limit` training images, and all test images. */
export function samplesOf({ train, test }: FashionMnist, limit: number | undefined) {
  const { images, labels } = train;
  const rows = limit ?? images.shape[0];
  return {
    x: { ...images, data: images.data.subarray(0, rows * PIXELS), shape: [rows, ...IMAGE] },
    y: { data: labels.data.subarray(0, rows), shape: [rows] },
    validationData: [test.images, test.labels] as const,
  };
}

/** Flags whose option has another name in the library. */
const LIBRARY: Readonly<Record<string, string>> = { rate: '--dropout', units: '--hidden' };

/** An error of the library with the flag as it was typed, and memory as what the network asks for. */
export function asTyped(error: unknown, options: TrainingOptions): unknown {
  if (!(error instanceof RangeError || error instanceof TypeError)) return error;
  const text = oneLine(error);
  const says = text.startsWith('out of memory')
    ? needs(options)
    : text.replace(/^\w+(?= must)/, (name) => LIBRARY[name] ?? flagOf(name));
  return new UsageError(says, { cause: error });
}

function needs(options: TrainingOptions): string {
  return (
    `${networkName(options)} has ${parametersOf(options).toLocaleString('en')} parameters, which takes more memory than there is ` +
    '(4 GB at most; training keeps two numbers for each, and the optimizer its own): use a smaller --hidden, or a smaller --batch-size'
  );
}

/** Builds everything once, so that wrong usage is found before anything is loaded or trained. */
export function check({ names, options }: Experiment, runtime: Runtime): void {
  let model: Sequential | undefined;
  try {
    for (const name of names) optimizerOf(name, options);
    model = network(options, runtime);
  } catch (error) {
    throw asTyped(error, options);
  } finally {
    model?.dispose();
  }
  for (const option of OPTION_NAMES) {
    const owners = having(option);
    if (options[option] !== undefined && !names.some((name) => owners.includes(name)))
      throw new UsageError(`${flagOf(option)} means nothing to ${names.join(', ')}, only to ${owners.join(', ')}`);
  }
}
