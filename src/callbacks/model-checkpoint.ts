import { write } from '../files/index.ts';
import { prepareWrite } from '../files/place.ts';
import type { Model } from '../model/model.ts';
import type { Logs } from '../model/progress.ts';
import { checkBoolean, checkInteger, checkKind, checkNumber, checkOptions } from '../validate.ts';
import { type BuiltInCallback, madeBy } from './callback.ts';
import { checkKey, Monitor, type MonitorOptions } from './monitor.ts';
import { type Field, formatted, parseName } from './python-format.ts';

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
 * `{epoch}` and `{batch}`, counted from 1, and `{loss}` and all other keys of the logs stand for their values in the name, with the formats
 * of Python as in Keras: `{epoch:03d}` is padded with zeros to three digits, `{val_loss:.2f}` has two decimals. A brace that is no field is
 * doubled. Folders that are missing are made. A file is written beside the one of the same name before it takes its place, so that there
 * always is a whole one.
 *
 * With `saveBestOnly` the first value is the best so far, whatever it is. A number is better than NaN, unlike in Keras, where nothing is.
 *
 * @param filepath where `files.write` writes: a path, `opfs:NAME`, `indexeddb:NAME`; or a function that is given the bytes
 * @throws RangeError for a format that is not understood; when `fit` begins, if a validation or a metric is watched or named that it does not make; Error then, if the folder cannot be
 * made or the file not be written; later Errors of writing, which end `fit`; the model keeps its weights.
 * @example
 * ```ts
 * import { callbacks, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: 'adam', loss: 'mse' });
 * let best: Uint8Array | undefined;
 * const keep = (bytes: Uint8Array) => {
 *   best = bytes; // or a name: 'model-{epoch:02d}.safetensors'
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
  const { initialValueThreshold } = options;
  if (initialValueThreshold !== undefined)
    checkNumber('initialValueThreshold', initialValueThreshold, Number.NEGATIVE_INFINITY);

  const parts = typeof filepath === 'string' ? parseName(filepath, COUNTS) : [];
  const watched = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.key]));
  if (monitor !== undefined) watched.push(monitor.key);
  if (saveFreq === 'epoch' && watched.includes('batch'))
    throw new RangeError(`modelCheckpoint: there is no batch for '${String(filepath)}': saveFreq is 'epoch'`);

  let model: Model | undefined;
  let epoch = 0;
  let batches = 0;
  let best = initialValueThreshold;

  async function save(batch: number | undefined, logs: Readonly<Logs>): Promise<void> {
    if (model === undefined) return;
    const current = monitor?.read(logs);
    if (monitor !== undefined && current !== undefined) {
      const real = Number.isNaN(best) && !Number.isNaN(current);
      if (!real && !monitor.improves(current, best)) return;
      best = current;
    }
    const bytes = await model.save({ includeOptimizer: !saveWeightsOnly });
    const { length } = bytes;
    const name = typeof filepath === 'string' ? named(parts, epoch, batch, logs) : '';
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
      const first = parts.findIndex((part) => typeof part !== 'string');
      const known = parts.slice(0, first < 0 ? parts.length : first).join('');
      const field = parts[first];
      if (typeof field === 'object') await prepareWrite(known + filepath.slice(field.at), known.length);
      else await prepareWrite(known);
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

/** What Python would have as an int; all else is a float. */
const COUNTS = ['epoch', 'batch'];

/** The name with the values of its fields. */
function named(
  parts: readonly (string | Field)[],
  epoch: number,
  batch: number | undefined,
  logs: Readonly<Logs>,
): string {
  const values = new Map(Object.entries(logs)).set('epoch', epoch + 1);
  if (batch !== undefined) values.set('batch', batch + 1);
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const { key, text, spec } = part;
      const value = values.get(key);
      if (value === undefined)
        throw new RangeError(`modelCheckpoint: there is no ${key} for ${text}, only ${[...values.keys()].join(', ')}`);
      return formatted(value, COUNTS.includes(key), spec);
    })
    .join('');
}
