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
  /** Save only if the monitored value is the best so far. Default false. */
  readonly saveBestOnly?: boolean;
  /** Leave out the optimizer: a smaller file, which cannot resume the training. Default false. */
  readonly saveWeightsOnly?: boolean;
  /** Save at the end of every epoch, or after every so many batches. Default `'epoch'`. */
  readonly saveFreq?: 'epoch' | number;
  /** With `saveBestOnly`, the first value must be better than this. Default none. */
  readonly initialValueThreshold?: number;
  /** Log to the console. Default false. */
  readonly verbose?: boolean;
}

/** Where in the training a model is saved. */
export interface CheckpointPlace {
  /** Counted from 0. */
  readonly epoch: number;
  /** Batch of the epoch, counted from 0; undefined at its end. */
  readonly batch: number | undefined;
  /** Results of the epoch: `{ loss, val_loss, ... }`. */
  readonly logs: Readonly<Logs>;
}

/**
 * Saves the model during training: every epoch, every so many batches, or whenever it is the best so far. Keras' `ModelCheckpoint`.
 *
 * In the name, `{epoch}` and `{batch}`, counted from 1, and `{loss}` and all other keys of the logs stand for their values, with Python's
 * formats as in Keras: `{epoch:03d}` is padded with zeros to three digits, `{val_loss:.2f}` has two decimals. Double a brace that is not a
 * field. Missing folders are created. A new file is complete before it replaces one of the same name, so the file is always whole.
 *
 * With `saveBestOnly` the first value always counts as the best. A number is better than NaN, unlike in Keras, where nothing is.
 *
 * @param filepath a place for `files.write`: a path, `opfs:NAME`, `indexeddb:NAME`; or a function that takes the bytes
 * @throws RangeError for an unknown format; when `fit` begins, if it has no validation or metric of a name used here, and Error if the folder
 * cannot be created or the file not written; Errors of later writes end `fit`, and the model keeps its weights.
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
    throw new RangeError(
      `modelCheckpoint: '${String(filepath)}' uses batch, which needs saveFreq: a number of batches; got 'epoch'`,
    );

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
    const why = monitor === undefined ? '' : `best ${monitor.key} so far, ${best}: `;
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

/** These are ints in Python; all other values are floats. */
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
        throw new RangeError(`modelCheckpoint: no value for ${text}; available: ${[...values.keys()].join(', ')}`);
      return formatted(value, COUNTS.includes(key), spec);
    })
    .join('');
}
