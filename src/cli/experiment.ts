/** The network, its optimizers and their training: what `train` and `compare` have in common. */
import type { FashionMnist } from '../datasets/index.ts';
import { loadModel, type OptimizerName, type Runtime, type Sequential } from '../index.ts';
import { pickOptions } from '../optimizers/facts/words.ts';
import { type Checkpoint, joined, type Keeper, keepCheckpoints } from './checkpoint.ts';
import { asTyped, compile, compiledModel, type Experiment, optimizerOf, samplesOf } from './compiled.ts';
import { oneLine, UsageError } from './errors.ts';
import type { FolderLock } from './lock.ts';
import { network } from './network.ts';
import type { Display } from './progress.ts';
import type { RunRecord } from './report/record.ts';
import { commandLine, TRAINING_IMAGES, type TrainingOptions } from './settings.ts';

/** The surroundings of a training: display, signal, folder. */
export interface Surroundings {
  readonly shown: Display;
  readonly signal: AbortSignal;
  /** The folder that `train` keeps checkpoints in. */
  readonly lock: FolderLock | undefined;
  /** Called with the keeper of checkpoints, once there is one. */
  readonly onKeeper: (keeper: Keeper) => void;
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
