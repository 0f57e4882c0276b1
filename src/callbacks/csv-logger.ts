import { attempt } from '../files/atomic.ts';
import { nodeFiles } from '../files/modules.ts';
import { checkBoolean, checkKind, checkOptions } from '../validate.ts';
import { type BuiltInCallback, madeBy } from './callback.ts';
import { csvRow, firstRow } from './csv.ts';

/** Options of {@link csvLogger}; defaults are Keras'. */
export interface CsvLoggerOptions {
  /** Separates two values. Default a comma. */
  readonly separator?: string;
  /** Appends to an existing file, under its header. Default false: replaces the file's content. */
  readonly append?: boolean;
}

/**
 * Writes a line for each epoch: its number, counted from 0, and the values of the history in alphabetical order, under a header with their
 * names. A key that the first epoch has and a later one lacks is `NA`. Keras' `CSVLogger`.
 *
 * With `append` the values follow the columns of the file, and a last line without a newline gets one first.
 *
 * @param filename a path in Node; or, anywhere, a function that takes each line
 * @throws Error when `fit` begins, or later, if the file cannot be written; RangeError if `append` finds a file without a column for a
 * value. The model keeps its weights.
 * @example
 * ```ts
 * import { callbacks, layers, sequential } from 'simdescent';
 * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * let csv = '';
 * const log = callbacks.csvLogger((line) => {
 *   csv += line;
 * });
 * await model.fit([[0], [1]], [[1], [3]], { epochs: 2, callbacks: [log] });
 * csv; // epoch,loss\n0,...
 * ```
 */
export function csvLogger(
  filename: string | ((line: string) => void | Promise<void>),
  options: CsvLoggerOptions = {},
): BuiltInCallback {
  checkKind(/string|function/.test(typeof filename), 'filename', 'a path or a function', filename);
  checkOptions('callbacks.csvLogger', options, ['separator', 'append']);
  const { separator = ',', append = false } = options;
  checkKind(typeof separator === 'string' && separator !== '', 'separator', 'a non-empty string', separator);
  checkBoolean('append', append);
  const write = typeof filename === 'function' ? filename : (text: string) => appendTo(filename, text);
  /** Keys of the logs, before callbacks add others. */
  let promised: readonly string[] = [];
  /** Names of the columns after the epoch: those of an existing file with `append`, else the keys of the first epoch. */
  let columns: readonly string[] | undefined;
  /** Makes the text before the row of the first epoch; undefined once it is written. */
  let before: ((keys: readonly string[]) => string) | undefined;

  return Object.freeze<BuiltInCallback>({
    made: madeBy('csvLogger', filename, options),
    setParams({ keys }) {
      promised = keys;
    },
    async onTrainBegin() {
      columns = undefined;
      before = (keys) => csvRow(['epoch', ...keys], separator);
      if (typeof filename === 'function') {
        if (append) before = () => '';
        return;
      }
      const text = append ? await textOf(filename) : '';
      if (append) await appendTo(filename, '');
      else await attempt(filename, () => nodeFiles('csvLogger with a path').fs.writeFile(filename, ''));
      if (text === '') return;
      const [first, ...names] = firstRow(text, separator);
      if (first !== 'epoch')
        throw new RangeError(
          `csvLogger: cannot append to '${filename}': expected a header that begins with 'epoch', got '${first}'`,
        );
      checkColumns(filename, names, promised);
      columns = names;
      before = (keys) => {
        // callbacks may have added some
        checkColumns(filename, names, keys);
        return text.endsWith('\n') ? '' : '\n';
      };
    },
    async onEpochEnd(epoch, logs) {
      const keys = Object.keys(logs).sort();
      const start = before?.(keys) ?? '';
      before = undefined;
      columns ??= keys;
      await write(start + csvRow([epoch, ...columns.map((key) => logs[key] ?? 'NA')], separator));
    },
  });
}

function checkColumns(filename: string, names: readonly string[], keys: readonly string[]): void {
  const missing = keys.find((key) => !names.includes(key));
  if (missing === undefined) return;
  throw new RangeError(
    `csvLogger: '${filename}' has no column for '${missing}', only epoch, ${names.join(', ')}; log to another file, or without append`,
  );
}

/** The text of a file to append to: empty if there is none, or if it is a pipe. */
function textOf(filename: string): Promise<string> {
  const { fs } = nodeFiles('csvLogger with a path');
  return attempt(filename, async () => {
    const stats = await fs.stat(filename).catch(() => undefined);
    return stats?.isFile() ? fs.readFile(filename, 'utf8') : '';
  });
}

function appendTo(filename: string, text: string): Promise<void> {
  return attempt(filename, () => nodeFiles('csvLogger with a path').fs.appendFile(filename, text));
}
