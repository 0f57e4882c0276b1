/**
 * Progress on a terminal: a bar for the running epoch and a line for each finished one; elsewhere only the lines. A terminal that
 * cannot move its cursor (`TERM=dumb`, or an empty TERM) counts as elsewhere.
 */
import { WriteStream } from 'node:tty';
import { SingleBar } from 'cli-progress';
import type { DatasetProgress } from '../datasets/index.ts';
import type { Callback, Logs, Progress } from '../index.ts';
import { printable } from '../validate.ts';
import { type Course, Estimate } from './estimate.ts';
import { decimals, duration } from './report/text.ts';

export interface Display {
  /** Characters of a line: endless where it is no terminal. */
  readonly columns: number;
  /** A line of its own, above any bar. */
  line(text: string): void;
  /** A message for the user, on stderr. */
  readonly note: (text: string) => void;
  /** The same, for what the library says of the training under way. */
  readonly warn: (text: string) => void;
  /** The callback that shows the training of one optimizer. */
  training(optimizer: string, course: Course): Callback;
  readonly data: (progress: DatasetProgress) => void;
  /** Shows how much is done, on a terminal only: the first of the texts that fits. */
  bar(total: number, done: number, texts: readonly string[]): void;
  /** Takes the bar away and gives the cursor back. */
  stop(): void;
}

const SHOWN = ['loss', 'accuracy', 'val_loss', 'val_accuracy'];
/** Values that are left out where a line is too narrow for all, one after the other. */
const SPARED = ['accuracy', 'loss', 'val_loss'];
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

const values = (logs: Logs, spared: readonly string[] = []) =>
  SHOWN.filter((key) => key in logs && !spared.includes(key))
    .map((key) => `  ${key} ${decimals(logs[key] ?? Number.NaN, 4)}`)
    .join('');

/** The first text that fits, or the last. */
const fitting = (columns: number, texts: readonly string[]) =>
  texts.find((text) => text.length <= columns) ?? texts.at(-1) ?? '';

/** Whether to colour: NO_COLOR and FORCE_COLOR decide (https://no-color.org, https://force-color.org), else the terminal. */
function colours(terminal: boolean, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: none } = env;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if (!terminal || none) return false;
  // set but empty means not set
  return WriteStream.prototype.getColorDepth({ ...env, FORCE_COLOR: undefined, NO_COLOR: undefined }) > 1;
}

export function display(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Display {
  const terminal = stream.isTTY === true && env.TERM !== 'dumb' && env.TERM !== '';
  const colour = colours(terminal, env);
  const columns = () => (terminal ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY);
  const paint = (code: number, text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  const estimate = new Estimate();
  let bar: SingleBar | undefined;
  let announced = '';
  let trained = '';

  const stop = () => {
    process.off('exit', stop);
    bar?.stop();
    bar = undefined;
  };

  const barSize = () => (columns() >= 110 ? 24 : columns() >= 60 ? 10 : 4);
  const show = (total: number, value: number, texts: readonly string[], title = '') => {
    const size = barSize();
    const fits = fitting(columns() - size - 1, texts);
    const text = paint(1, title) + fits.slice(title.length, columns() - size - 1);
    if (!bar) {
      bar = new SingleBar({
        stream,
        format: (_options, params, payload: { text: string }) => {
          const full = Math.round(params.progress * barSize());
          return `${paint(32, '█'.repeat(full))}${'░'.repeat(barSize() - full)} ${payload.text}`;
        },
        hideCursor: true,
        clearOnComplete: true,
        linewrap: false,
        // Signals are ours to handle: its listener would only take away the default without leaving.
        gracefulExit: false,
      });
      // the cursor is hidden while there is a bar; it must come back however the process ends
      process.once('exit', stop);
      bar.start(total, value, { text });
    }
    bar.setTotal(total);
    bar.update(value, { text });
  };

  const line = (text: string) => {
    stop();
    stream.write(`${text}\n`);
  };

  const note = (text: string) => {
    stop();
    process.stderr.write(`simdescent: ${printable(text)}\n`);
  };

  return {
    get columns() {
      return columns();
    },
    line,
    stop,
    note,
    warn: (text) => note(trained === '' ? text : `${trained}: ${text}`),
    bar(total, done, texts) {
      if (terminal) show(total, done, texts);
    },
    training(optimizer, course) {
      trained = optimizer;
      const { number, of, epochs } = course;
      const title = of > 1 ? `[${number}/${of}] ${optimizer}` : optimizer;
      const count = (epoch: number) => `${String(epoch + 1).padStart(String(epochs).length)}/${epochs}`;
      return {
        onEpochBegin() {
          estimate.begin();
        },
        onProgress({ phase, epoch, step, steps = step, rows, seconds, logs }: Progress) {
          if (!terminal) return;
          const left = estimate.left(course, epoch, phase === 'train' ? step / steps : 1);
          const eta = `ETA ${left === undefined ? '?' : duration(left)}`;
          const rate = seconds > 0 ? Math.round(rows / seconds).toLocaleString('en') : '?';
          const whole = `${title} epoch ${count(epoch)}  ${eta}`;
          const small = [`${title} ${count(epoch)}  ${eta}`, `${title} ${count(epoch)}`];
          const doing =
            phase === 'validate'
              ? [`${whole}  validating`]
              : [
                  `${whole}${values(logs)}  ${rate} samples/s`,
                  `${whole}${values(logs)}`,
                  `${whole}${values(logs, SPARED.slice(0, 1))}`,
                ];
          show(steps, step, [...doing, whole, ...small], title);
        },
        onEpochEnd(epoch, logs) {
          const seconds = `${estimate.end().toFixed(1)} s`;
          const few = values(logs, SPARED);
          const ends = SPARED.map((_, i) => `${count(epoch)}${values(logs, SPARED.slice(0, i))}  ${seconds}`);
          const text = fitting(columns(), [
            ...[...ends, `${count(epoch)}${few}  ${seconds}`].flatMap((end) => [
              `${title} epoch ${end}`,
              `${title} ${end}`,
            ]),
            `${title} ${count(epoch)}${few}`,
          ]);
          line(paint(1, title) + text.slice(title.length));
        },
      };
    },
    data({ file, source: place, received, total }) {
      const source = printable(place);
      if (terminal) {
        const size = total === undefined ? '' : ` of ${megabytes(total)}`;
        const text = `: ${megabytes(received)}${size} MB`;
        show(total ?? 1, total === undefined ? 0 : received, [`${file} from ${source}${text}`, `${file}${text}`]);
      } else if (announced !== file + source) {
        announced = file + source;
        line(`getting ${file} from ${source}`);
      }
    },
  };
}
