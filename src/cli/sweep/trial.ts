/** Computes trials of the built-in models in a process of a pool, in a tab, or in this program: the same training as `simdescent train`. */
import { type FashionMnist, loadFashionMnist } from '../../datasets/index.ts';
import { createRuntime, loadModel, type Runtime } from '../../index.ts';
import type { RunResult, Task } from '../../sweep/index.ts';
import { compiledModel, samplesOf } from '../compiled.ts';
import { optionsFrom } from './spec.ts';

/** What all trials share. */
export interface Context {
  /** Folder of the data set; undefined: wherever it is found. */
  readonly data?: string | undefined;
  /** The data set, if it is here already. */
  readonly set?: FashionMnist;
  /** Threads of a trial. Default 1. */
  readonly threads?: number | 'auto';
}

let loaded: Promise<FashionMnist> | undefined;
let runtime: Runtime | undefined;

/** Finds the data: that they are not there is no fault of a trial. */
export async function setup({ data }: Context): Promise<void> {
  loaded ??= loadFashionMnist({ data });
  await loaded;
}

export async function run(task: Task, { data, set, threads = 1 }: Context): Promise<RunResult> {
  const { settings, epochs, checkpoint, keep, fit } = task;
  loaded ??= set === undefined ? loadFashionMnist({ data }) : Promise.resolve(set);
  runtime ??= createRuntime({ threads });
  const options = optionsFrom(settings, epochs);
  const { x, y, validationData } = samplesOf(await loaded, options.limit);
  using model = checkpoint
    ? await loadModel(checkpoint, { runtime })
    : compiledModel(String(settings.optimizer), options, runtime);
  await model.fit(x, y, { ...fit, batchSize: options.batchSize, validationData });
  return { checkpoint: keep ? await model.save() : undefined };
}
