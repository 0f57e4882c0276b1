import { write } from '../files/index.ts';
import { prepareWrite } from '../files/place.ts';
import type { Model } from '../model/model.ts';
import type { Logs } from '../model/progress.ts';
import { checkBoolean, checkInteger, checkKind, checkNumber, checkOptions } from '../validate.ts';
import { type BuiltInCallback, madeBy } from './callback.ts';
import { checkKey, Monitor, type MonitorOptions } from './monitor.ts';

/** Options of {@link modelCheckpoint}; defaults are Keras'. */
export interface ModelCheckpointOptions extends MonitorOptions {
  /** Save only when the watched value is the best so far. Default false. */
  readonly saveBestOnly?: boolean;
  /** Leave the optimizer out: a smaller file, which cannot be trained on as if nothing had happened. Default false. */
  readonly saveWeightsOnly?: boolean;
  /** Save at the end of every epoch, or whenever this many batches are done. Default `'epoch'`. */
  readonly saveFreq?: 'epoch' | number;
  /** What the first value has to be better than, with `saveBestOnly`. Default none. */
  readonly initialValueThreshold?: number;
  /** Says on the console what it does. Default false. */
  readonly verbose?: boolean;
}

/** What a model is saved at. */
export interface CheckpointPlace {
  /** Counted from 0. */
  readonly epoch: number;
  /** Batch of the epoch, counted from 0; undefined at its end. */
  readonly batch: number | undefined;
  /** What the epoch gave: `{ loss, val_loss, ... }`. */
  readonly logs: Readonly<Logs>;
}

/**
 * Saves the model while it is trained: every epoch, every so many batches, or whenever it is the best so far. Keras' `ModelCheckpoint`.
 *
 * `{epoch}` and `{batch}`, counted from 1, and `{loss}` and all other keys of the logs stand for their values in the name; `{epoch:3}`
 * is padded with zeros to three digits, `{val_loss:.2}` has two decimals. Folders that are missing are made. A file is written beside the
 * one of the same name before it takes its place, so that there always is a whole one.
 *
 * @param filepath where `files.write` writes: a path, `opfs:NAME`, `indexeddb:NAME`; or a function that is given the bytes
 * @throws RangeError when `fit` begins, if a validation or a metric is watched or named that it does not make; Error then, if the folder cannot be
 * made or the file not be written; later Errors of writing, which end `fit`; the model keeps its weights.
 * @example
 * ```ts
 * import { callbacks, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: 'adam', loss: 'mse' });
 * let best: Uint8Array | undefined;
 * const keep = (bytes: Uint8Array) => {
 *   best = bytes; // or a name: 'model-{epoch:2}.safetensors'
 * };
 * const checkpoint = callbacks.modelCheckpoint(keep, { monitor: 'loss', saveBestOnly: true });
 * await model.fit([[0], [1]], [[1], [3]], { epochs: 5, callbacks: [checkpoint] });
 * ```
 */
export function modelCheckpoint(
  filepath: string | ((bytes: Uint8Array, place: CheckpointPlace) => void | Promise<void>),
  options: ModelCheckpointOptions = {},
): BuiltInCallback {
  checkKind(/string|function/.test(typeof filepath), 'filepath', 'a path or a function', filepath);
  checkOptions('callbacks.modelCheckpoint', options, [
    'monitor',
    'mode',
    'saveBestOnly',
    'saveWeightsOnly',
    'saveFreq',
    'initialValueThreshold',
    'verbose',
  ]);
  const { saveBestOnly = false, saveWeightsOnly = false, saveFreq = 'epoch', verbose = false } = options;
  checkBoolean('saveBestOnly', saveBestOnly);
  checkBoolean('saveWeightsOnly', saveWeightsOnly);
  checkBoolean('verbose', verbose);
  if (saveFreq !== 'epoch') checkInteger("saveFreq, if it is not 'epoch',", saveFreq, 1);
  const monitor = saveBestOnly ? new Monitor('modelCheckpoint', options) : undefined;
  const { initialValueThreshold = monitor?.worst } = options;
  if (options.initialValueThreshold !== undefined)
    checkNumber('initialValueThreshold', options.initialValueThreshold, Number.NEGATIVE_INFINITY);

  const watched = typeof filepath === 'string' ? Array.from(filepath.matchAll(FIELD), ([, key = '']) => key) : [];
  if (monitor !== undefined) watched.push(monitor.key);
  if (saveFreq === 'epoch' && watched.includes('batch'))
    throw new RangeError(`modelCheckpoint: there is no batch for '${String(filepath)}': saveFreq is 'epoch'`);

  let model: Model | undefined;
  let epoch = 0;
  let batches = 0;
  let best = initialValueThreshold ?? 0;

  async function save(batch: number | undefined, logs: Readonly<Logs>): Promise<void> {
    if (model === undefined) return;
    const current = monitor?.read(logs);
    if (monitor !== undefined && current !== undefined) {
      if (!monitor.improves(current, best)) return;
      best = current;
    }
    const bytes = await model.save({ includeOptimizer: !saveWeightsOnly });
    const { length } = bytes;
    const name = typeof filepath === 'string' ? named(filepath, epoch, batch, logs) : '';
    if (typeof filepath === 'string') {
      await prepareWrite(name);
      await write(name, bytes);
    } else await filepath(bytes, { epoch, batch, logs });
    if (!verbose) return;
    const why = monitor === undefined ? '' : `${monitor.key} is the best so far, ${best}: `;
    console.log(`epoch ${epoch + 1}: ${why}saved ${name || `${length} bytes`}`);
  }

  const common: BuiltInCallback = {
    made: madeBy('modelCheckpoint', filepath, options),
    setModel(owner) {
      model = owner;
    },
    setParams(params) {
      for (const key of watched) checkKey('modelCheckpoint', key, params, saveFreq !== 'epoch');
    },
    async onTrainBegin() {
      if (typeof filepath !== 'string') return;
      const [first] = filepath.matchAll(FIELD);
      await prepareWrite(filepath, first?.index);
    },
    onEpochBegin(index) {
      epoch = index;
    },
  };
  if (saveFreq === 'epoch')
    return Object.freeze<BuiltInCallback>({ ...common, onEpochEnd: (_epoch, logs) => save(undefined, logs) });
  return Object.freeze<BuiltInCallback>({
    ...common,
    async onTrainBatchEnd(batch, logs) {
      if (++batches % saveFreq === 0) await save(batch, logs);
    },
  });
}

/** A key of the logs in a name, perhaps with a width and decimals. */
const FIELD = /\{(\w+)(?::0?(\d*)d?(?:\.(\d+)f?)?)?\}/g;

/** The name with what stands in braces replaced. */
function named(template: string, epoch: number, batch: number | undefined, logs: Readonly<Logs>): string {
  const values: Readonly<Record<string, number>> = {
    ...logs,
    epoch: epoch + 1,
    ...(batch !== undefined && { batch: batch + 1 }),
  };
  return template.replace(FIELD, (whole, key: string, width = '', decimals = '') => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value === undefined)
      throw new RangeError(
        `modelCheckpoint: there is no ${key} for ${whole} in '${template}', only ${Object.keys(values).join(', ')}`,
      );
    const text = decimals === '' ? String(value) : value.toFixed(Number(decimals));
    return text.padStart(Number(width), '0');
  });
}
