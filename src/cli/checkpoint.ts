/**
 * Checkpoints of `train`: the model after each epoch, as `checkpoint-03.safetensors`. Its metadata holds the flags that decide the numbers
 * and the history so far, so that resuming from it gives the same files as never stopping.
 */
import { readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Callback, files, type Sequential } from '../index.ts';
import { jsonNumber, numberFrom } from '../json-numbers.ts';
import { parseJson } from '../model/json.ts';
import { readSafetensors } from '../model/safetensors.ts';
import { show } from '../validate.ts';
import { oneLine, UsageError } from './errors.ts';
import type { FolderLock } from './lock.ts';
import type { RunRecord } from './report/record.ts';

/** The epochs of a run that are finished. */
export type Finished = Pick<RunRecord, 'epoch' | 'history' | 'seconds' | 'trainSeconds'>;

export interface Checkpoint {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The flags that the training was started with. */
  readonly args: readonly string[];
  readonly finished: Finished;
}

/** Our key in the metadata. */
const KEY = 'train';
/** The keys of the history, in its order. */
const KEYS = ['accuracy', 'loss', 'val_accuracy', 'val_loss'];
const OURS = /^checkpoint-\d+\.safetensors$/;
/** Of this command's files, see src/files/atomic.ts. */
const TEMPORARY =
  /^\.(checkpoint-\d+\.safetensors|history\.(json|csv)|report\.html|(val_)?loss\.svg)\.\d+\.[0-9a-f]+\.tmp$/;

/** Reads a checkpoint except for the model in it. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const bytes = await files.read(path);
  try {
    const text = metadataOf(bytes).get(KEY);
    if (text === undefined)
      throw new Error('no checkpoint of simdescent train; the library reads models, with loadModel');
    return { path, bytes, ...storedIn(parseJson(text, 'what it says of its training')) };
  } catch (error) {
    throw new Error(`${path}: ${oneLine(error)}`, { cause: error });
  }
}

function metadataOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  try {
    return readSafetensors(bytes, 'the file').metadata;
  } catch (error) {
    throw new Error(`not a safetensors file (${oneLine(error)})`, { cause: error });
  }
}

function storedIn(value: unknown): Pick<Checkpoint, 'args' | 'finished'> {
  const { args, epoch, history, seconds, trainSeconds } = { ...(value as Finished & { args: unknown }) };
  if (!Array.isArray(args) || args.some((arg) => typeof arg !== 'string')) throw new Error('its flags are not there');
  const count = Array.isArray(epoch) ? epoch.length : 0;
  const numbers = (what: string, list: unknown, fits: (number: number, index: number) => boolean): number[] => {
    if (!Array.isArray(list) || list.length !== count)
      throw new Error(`its history is not whole: expected ${what} of ${count} epochs`);
    const read = list.map(numberFrom);
    const wrong = read.findIndex((number, index) => number === undefined || !fits(number, index));
    if (wrong >= 0)
      throw new Error(`its history is wrong: ${what} of epoch ${wrong + 1} cannot be ${show(list[wrong])}`);
    return read as number[];
  };
  const isTime = (number: number): boolean => Number.isFinite(number) && number >= 0;
  const keys = Object.keys({ ...history }).sort();
  if (count > 0 && keys.join() !== KEYS.join())
    throw new Error(`its history is not whole: expected ${KEYS.join(', ')}, got ${show(keys)}`);
  return {
    args: args as string[],
    finished: {
      epoch: numbers('the number', epoch, (number, index) => number === index),
      history: Object.fromEntries(keys.map((key) => [key, numbers(key, history[key], () => true)])),
      seconds: numbers('the seconds', seconds, isTime),
      trainSeconds: numbers('the seconds of training', trainSeconds, isTime),
    },
  };
}

/** A resumed run: the epochs finished before and those that `model` has recorded since. */
export function joined(before: Finished | undefined, { history: now }: Sequential): Finished {
  // no history if the signal came before the first epoch
  const { epoch = [], history, seconds = [], trainSeconds = [] } = now ?? {};
  const keys = new Set([...Object.keys(before?.history ?? {}), ...Object.keys(history ?? {})]);
  return {
    epoch: [...(before?.epoch ?? []), ...epoch],
    history: Object.fromEntries(
      [...keys].map((key) => [key, [...(before?.history[key] ?? []), ...(history?.[key] ?? [])]]),
    ),
    seconds: [...(before?.seconds ?? []), ...seconds],
    trainSeconds: [...(before?.trainSeconds ?? []), ...trainSeconds],
  };
}

export interface Keeper {
  readonly callback: Callback;
  /** The newest checkpoint, if any, and how many could not be written. */
  readonly last: string | undefined;
  readonly failures: number;
}

/** Writes a checkpoint of `model` into the folder of `lock` after each epoch. If one cannot be written, notes why and lets the training go on. */
export function keepCheckpoints(
  lock: FolderLock,
  model: Sequential,
  {
    args,
    epochs,
    before,
  }: { readonly args: readonly string[]; readonly epochs: number; readonly before: Finished | undefined },
  note: (text: string) => void,
): Keeper {
  const width = Math.max(2, String(epochs).length);
  const done: { [K in keyof Finished]: K extends 'history' ? Record<string, number[]> : number[] } = {
    ...{ epoch: [...(before?.epoch ?? [])], history: {} },
    ...{ seconds: [...(before?.seconds ?? [])], trainSeconds: [...(before?.trainSeconds ?? [])] },
  };
  for (const [key, values] of Object.entries(before?.history ?? {})) done.history[key] = [...values];
  let [last, failures, started, trained]: [string | undefined, number, number, number] = [undefined, 0, 0, 0];
  const callback: Callback = {
    onEpochBegin() {
      started = performance.now();
    },
    onProgress({ phase, seconds }) {
      if (phase === 'train') trained = seconds;
    },
    async onEpochEnd(epoch, logs) {
      done.epoch.push(epoch);
      for (const [key, value] of Object.entries(logs)) {
        done.history[key] ??= [];
        done.history[key].push(value);
      }
      done.seconds.push((performance.now() - started) / 1000);
      done.trainSeconds.push(trained);
      const path = join(lock.folder, `checkpoint-${String(epoch + 1).padStart(width, '0')}.safetensors`);
      const { history, ...rest } = done;
      const values = Object.entries(history).map(([key, list]) => [key, list.map(jsonNumber)] as const);
      model.metadata.set(KEY, JSON.stringify({ args, ...rest, history: Object.fromEntries(values) }));
      try {
        await lock.check();
        await files.write(path, await model.save());
        last = path;
      } catch (error) {
        failures++;
        note(`${oneLine(error)}; the training continues`);
      }
    },
  };
  return {
    callback,
    get last() {
      return last;
    },
    get failures() {
      return failures;
    },
  };
}

/**
 * Refuses a folder with checkpoints of another training: those beyond the end of this one would stay and seem to belong to it.
 * `resumed` is the checkpoint to go on from, if any: its own folder is fine.
 */
export async function refuseOthers(folder: string, resumed: string | undefined): Promise<void> {
  const names = (await readdir(folder)).filter((name) => OURS.test(name));
  const last = names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).at(-1);
  if (last === undefined) return;
  if (resumed !== undefined && dirname(await realpath(resumed)) === (await realpath(folder))) return;
  throw new UsageError(
    `${folder} has checkpoints of another training: give another --out, remove them, or go on with --resume ${join(folder, last)}`,
  );
}

/** Removes the temporary files of commands that were killed during a write. The caller must hold the folder's lock. */
export async function tidy(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (TEMPORARY.test(name)) await rm(join(folder, name), { force: true }).catch(() => undefined);
}
