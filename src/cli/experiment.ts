/** The network, its optimizers and their training: what `train` and `compare` have in common. */
import type { FashionMnist } from '../datasets/index.ts';
import {
  type ActivationName,
  configs,
  layers,
  loadModel,
  type Optimizer,
  type OptimizerName,
  type Runtime,
  type Sequential,
} from '../index.ts';
import { having, OPTION_NAMES, pickOptions } from '../optimizers/facts/words.ts';
import { type Checkpoint, joined, type Keeper, keepCheckpoints } from './checkpoint.ts';
import { oneLine, UsageError } from './errors.ts';
import type { FolderLock } from './lock.ts';
import { network } from './network.ts';
import type { Display } from './progress.ts';
import type { RunRecord } from './report/record.ts';
import {
  commandLine,
  flagOf,
  IMAGE,
  networkName,
  PIXELS,
  parametersOf,
  TRAINING_IMAGES,
  type TrainingOptions,
} from './settings.ts';

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

/** The surroundings of a training: display, signal, folder. */
export interface Surroundings {
  readonly shown: Display;
  readonly signal: AbortSignal;
  /** The folder that `train` keeps checkpoints in. */
  readonly lock: FolderLock | undefined;
  /** Called with the keeper of checkpoints, once there is one. */
  readonly onKeeper: (keeper: Keeper) => void;
}

const optimizerOf = (name: OptimizerName, options: TrainingOptions): Optimizer =>
  configs.optimizerFrom({ className: name, config: pickOptions(name, options) });

function compile(model: Sequential, optimizer: Optimizer): void {
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
function asTyped(error: unknown, options: TrainingOptions): unknown {
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

/** Trains one optimizer after another. An aborted signal ends it with the record of the run it met. */
export async function* trainAll(
  experiment: Experiment,
  runtime: Runtime,
  set: FashionMnist,
  surroundings: Surroundings,
): AsyncGenerator<RunRecord> {
  const { names, options, carry, checkpoint } = experiment;
  const { signal } = surroundings;
  let model: Sequential | undefined;
  try {
    for (const name of names) {
      if (signal.aborted) return;
      if (!carry) model?.dispose();
      if (checkpoint) model = await loaded(checkpoint, experiment, runtime);
      else {
        model = model && carry ? model : network(options, runtime);
        compile(model, optimizerOf(name, options));
      }
      const finished = await fit(model, name, set, experiment, surroundings);
      yield await recordOf(model, name, experiment, finished);
    }
  } catch (error) {
    throw String(error).includes('out of memory') ? asTyped(error, options) : error;
  } finally {
    model?.dispose();
  }
}

/** The description of the model that some options make. */
function describe(name: OptimizerName, options: TrainingOptions, runtime: Runtime): string {
  using model = compiledModel(name, options, runtime);
  return JSON.stringify(model.toConfig());
}

/** The model of a checkpoint, to be trained up to `epochs`. Its parts must agree with each other. */
async function loaded(
  { path, bytes, finished }: Checkpoint,
  { names: [name = 'sgd'], options }: Experiment,
  runtime: Runtime,
) {
  const { epochs, batchSize, limit = TRAINING_IMAGES } = options;
  // before the other one is made: there may not be memory for both
  const described = describe(name, options, runtime);
  let model: Sequential | undefined;
  try {
    model = await loadModel(bytes, { runtime });
    if (!model.optimizer) throw new Error('it has been saved without its optimizer');
    if (model.epoch !== finished.epoch.length)
      throw new Error(`it has ${model.epoch} epochs, and a history of ${finished.epoch.length}`);
    const { gradientAccumulationSteps = 1 } = options;
    const steps = model.epoch * Math.ceil(limit / batchSize);
    if (model.optimizer.iterations !== Math.floor(steps / Number(gradientAccumulationSteps)))
      throw new Error(
        `its flags make ${steps} steps of ${model.epoch} epochs, its optimizer has done ${model.optimizer.iterations}`,
      );
    if (JSON.stringify(model.toConfig()) !== described)
      throw new Error('its flags describe another model than it holds');
  } catch (error) {
    model?.dispose();
    throw new Error(`${path}: ${oneLine(error)}`, { cause: error });
  }
  if (model.epoch <= epochs) return model;
  model.dispose();
  throw new UsageError(`--epochs ${epochs}: ${path} has ${model.epoch} already`);
}

/** False when the signal was aborted on the way. */
async function fit(
  model: Sequential,
  name: OptimizerName,
  set: FashionMnist,
  { command, names, options, carry, checkpoint }: Experiment,
  { shown, signal, lock, onKeeper }: Surroundings,
): Promise<boolean> {
  const { epochs, batchSize, limit } = options;
  const { x, y, validationData } = samplesOf(set, limit);
  const initialEpoch = checkpoint ? model.epoch : 0;
  const course = { number: names.indexOf(name) + 1, of: names.length, first: initialEpoch, epochs };
  const callbacks = [shown.training(name, course)];
  if (lock !== undefined && command === 'train') {
    const args = commandLine(command, names, options, carry).split(' ').slice(2);
    const keeper = keepCheckpoints(lock, model, { args, epochs, before: checkpoint?.finished }, shown.note);
    callbacks.push(keeper.callback);
    onKeeper(keeper);
  }
  try {
    await model.fit(x, y, { initialEpoch, epochs, batchSize, validationData, callbacks, signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

async function recordOf(
  model: Sequential,
  name: OptimizerName,
  { options, checkpoint }: Experiment,
  finished: boolean,
): Promise<RunRecord> {
  const { batchSize, limit } = options;
  const learningRate = model.optimizer?.learningRate;
  return {
    optimizer: name,
    options: { ...pickOptions(name, options), ...(learningRate !== undefined && { learningRate }) },
    ...joined(checkpoint?.finished, model),
    stepsPerEpoch: Math.ceil((limit ?? TRAINING_IMAGES) / batchSize),
    digest: finished ? await model.digest() : '',
    finished,
  };
}
