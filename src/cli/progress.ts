/**
 * What is seen while it works: on a terminal a bar for the running epoch and a line for each finished one; elsewhere
 * only the lines. A terminal that cannot move its cursor (`TERM=dumb`) counts as elsewhere.
 *
 * The bars' own estimate of the time left jumps about (it averages its last ten redraws), so it is computed here.
 */
import { SingleBar } from 'cli-progress';
import type { DatasetProgress } from '../datasets/index.ts';
import type { Callback, Logs, Progress } from '../index.ts';
import { decimals, duration } from './report/text.ts';

export interface Display {
  /** A line of its own, above any bar. */
  line(text: string): void;
  /** A message for the user, on stderr. */
  readonly note: (text: string) => void;
  /** What to give to `fit`. */
  training(optimizer: string, epochs: number): Callback;
  readonly data: (progress: DatasetProgress) => void;
  /** Takes the bar away and gives the cursor back. */
  stop(): void;
}

const SHOWN = ['loss', 'accuracy', 'val_loss', 'val_accuracy'];
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

const values = (logs: Logs) =>
  SHOWN.filter((key) => key in logs)
    .map((key) => `${key} ${decimals(logs[key] ?? Number.NaN, 4)}`)
    .join('  ');

export function display(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Display {
  const terminal = stream.isTTY === true && env.TERM !== 'dumb';
  const colour = terminal && !env.NO_COLOR;
  const paint = (code: number, text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  let bar: SingleBar | undefined;
  let announced = '';

  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  // The cursor is hidden while there is a bar; it must come back however the process ends.
  if (terminal) process.once('exit', stop);

  const show = (total: number, value: number, text: string) => {
    if (!bar) {
      bar = new SingleBar({
        stream,
        format: (_options, params, payload: { text: string }) => {
          const size = (stream.columns ?? 80) >= 110 ? 24 : 10;
          const full = Math.round(params.progress * size);
          return `${paint(32, '█'.repeat(full))}${'░'.repeat(size - full)} ${payload.text}`;
        },
        hideCursor: true,
        clearOnComplete: true,
        linewrap: false,
        // Signals are ours to handle: its listener would only take away the default without leaving.
        gracefulExit: false,
      });
      bar.start(total, value, { text });
    }
    bar.setTotal(total);
    bar.update(value, { text });
  };

  const line = (text: string) => {
    stop();
    stream.write(`${text}\n`);
  };

  return {
    line,
    stop,
    note(text) {
      stop();
      process.stderr.write(`simdescent: ${text}\n`);
    },
    training(optimizer, epochs) {
      const width = String(epochs).length;
      const name = (epoch: number) => `${paint(1, optimizer)} epoch ${String(epoch + 1).padStart(width)}/${epochs}`;
      let started = 0;
      return {
        onEpochBegin() {
          started = performance.now();
        },
        onProgress({ phase, epoch, step, steps, rows, seconds, logs }: Progress) {
          if (!terminal) return;
          const left = step > 0 ? duration((seconds / step) * (steps - step)) : '?';
          const rate = seconds > 0 ? Math.round(rows / seconds).toLocaleString('en') : '?';
          const doing = phase === 'validate' ? 'validating' : `ETA ${left}  ${rate} samples/s  ${values(logs)}`;
          show(steps, step, `${name(epoch)}  ${doing}`);
        },
        onEpochEnd(epoch, logs) {
          const seconds = ((performance.now() - started) / 1000).toFixed(1);
          line(`${name(epoch)}  ${values(logs)}  ${seconds} s`);
        },
      };
    },
    data({ file, source, received, total }) {
      if (terminal) {
        const size = total === undefined ? '' : ` of ${megabytes(total)}`;
        show(
          total ?? 1,
          total === undefined ? 0 : received,
          `${file} from ${source}: ${megabytes(received)}${size} MB`,
        );
      } else if (announced !== file + source) {
        announced = file + source;
        line(`getting ${file} from ${source}`);
      }
    },
  };
}
