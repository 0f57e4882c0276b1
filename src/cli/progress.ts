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
  /** Characters of a line: endless where it is no terminal. */
  readonly columns: number;
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
/** What of them goes where a line is too narrow for all, one after the other. */
const SPARED = ['accuracy', 'loss', 'val_loss'];
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

const values = (logs: Logs, spared: readonly string[] = []) =>
  SHOWN.filter((key) => key in logs && !spared.includes(key))
    .map((key) => `${key} ${decimals(logs[key] ?? Number.NaN, 4)}`)
    .join('  ');

export function display(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Display {
  const terminal = stream.isTTY === true && env.TERM !== 'dumb';
  const colour = terminal && !env.NO_COLOR;
  const columns = terminal ? (stream.columns ?? 80) : Number.POSITIVE_INFINITY;
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
          const size = columns >= 110 ? 24 : columns >= 60 ? 10 : 4;
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

  const note = (text: string) => {
    stop();
    process.stderr.write(`simdescent: ${text}\n`);
  };

  return {
    columns,
    line,
    stop,
    note,
    training(optimizer, epochs) {
      const width = String(epochs).length;
      const name = (epoch: number) => `${paint(1, optimizer)} epoch ${String(epoch + 1).padStart(width)}/${epochs}`;
      /** The first text that fits, or the last. */
      const fitting = (texts: readonly string[]) => texts.find((text) => text.length <= columns) ?? texts.at(-1) ?? '';
      let started = 0;
      let warned = false;
      const warn = (epoch: number, { loss = 0 }: Logs) => {
        if (warned || Number.isFinite(loss)) return;
        warned = true;
        note(
          `${optimizer}: the loss is ${decimals(loss, 4)} in epoch ${epoch + 1}; a smaller --learning-rate or --clipnorm 1 may help`,
        );
      };
      return {
        onEpochBegin() {
          started = performance.now();
        },
        onProgress({ phase, epoch, step, steps, rows, seconds, logs }: Progress) {
          warn(epoch, logs);
          if (!terminal) return;
          const left = step > 0 ? duration((seconds / step) * (steps - step)) : '?';
          const rate = seconds > 0 ? Math.round(rows / seconds).toLocaleString('en') : '?';
          const doing = phase === 'validate' ? 'validating' : `ETA ${left}  ${rate} samples/s  ${values(logs)}`;
          show(steps, step, `${name(epoch)}  ${doing}`);
        },
        onEpochEnd(epoch, logs) {
          warn(epoch, logs);
          const seconds = ((performance.now() - started) / 1000).toFixed(1);
          const count = `${String(epoch + 1).padStart(width)}/${epochs}`;
          const few = values(logs, SPARED);
          const text = fitting([
            ...SPARED.map((_, i) => `${optimizer} epoch ${count}  ${values(logs, SPARED.slice(0, i))}  ${seconds} s`),
            `${optimizer} epoch ${count}  ${few}  ${seconds} s`,
            `${optimizer} ${count}  ${few}  ${seconds} s`,
            `${optimizer} ${count}  ${few}`,
          ]);
          line(paint(1, optimizer) + text.slice(optimizer.length));
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
