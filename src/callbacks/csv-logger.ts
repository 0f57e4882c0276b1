import { because, nodeFiles } from '../files/modules.ts';
import { checkBoolean, checkKind, checkOptions } from '../validate.ts';
import { type BuiltInCallback, madeBy } from './callback.ts';

/** Options of {@link csvLogger}; defaults are Keras'. */
export interface CsvLoggerOptions {
  /** What stands between two values. Default a comma. */
  readonly separator?: string;
  /** Goes on in a file that exists, which has its line of names already. Default false: begins it anew. */
  readonly append?: boolean;
}

/**
 * Writes a line for each epoch: its number, counted from 0, and the values of the history in alphabetical order, under a line with their
 * names. A key that the first epoch had and a later one has not is `NA`. Keras' `CSVLogger`.
 *
 * @param filename a path in Node; or, anywhere, a function that is given each line
 * @throws Error when `fit` begins, or later, if the file cannot be written; the model keeps its weights.
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
  checkKind(typeof separator === 'string', 'separator', 'a string', separator);
  checkBoolean('append', append);
  const write = typeof filename === 'function' ? filename : (line: string) => appendTo(filename, line);
  let keys: readonly string[] | undefined;
  let named = false;
  return Object.freeze<BuiltInCallback>({
    made: madeBy('csvLogger', filename, options),
    async onTrainBegin() {
      keys = undefined;
      named = append && (typeof filename === 'function' || (await isFilled(filename)));
      if (typeof filename === 'string' && !append) await empty(filename);
    },
    async onEpochEnd(epoch, logs) {
      keys ??= Object.keys(logs).sort();
      const row = (values: readonly (string | number)[]) =>
        `${values.map((value) => quoted(value, separator)).join(separator)}\n`;
      const names = named ? '' : row(['epoch', ...keys]);
      named = true;
      await write(names + row([epoch, ...keys.map((key) => logs[key] ?? 'NA')]));
    },
  });
}

function quoted(value: string | number, separator: string): string {
  const text = String(value);
  return text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function isFilled(filename: string): Promise<boolean> {
  const found = await nodeFiles('csvLogger with a path')
    .fs.stat(filename)
    .catch(() => undefined);
  return found !== undefined && found.size > 0;
}

async function attempt(filename: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw new Error(`csvLogger: ${filename} cannot be written (${because(error)})`, { cause: error });
  }
}

function empty(filename: string): Promise<void> {
  const { fs } = nodeFiles('csvLogger with a path');
  return attempt(filename, () => fs.writeFile(filename, ''));
}

function appendTo(filename: string, line: string): Promise<void> {
  return attempt(filename, () => nodeFiles('csvLogger with a path').fs.appendFile(filename, line));
}
