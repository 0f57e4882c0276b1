/** Training progress as text: a bar that moves on a terminal, a line for each epoch elsewhere. */

type Logs = Readonly<Record<string, number>>;

/** A point in a training, as in `Progress`. */
interface Place {
  readonly phase: 'train' | 'validate';
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  /** Undefined for a stream that does not say how many it has. */
  readonly steps: number | undefined;
  readonly seconds: number;
  readonly logs: Logs;
}

/** Hooks of a callback. `end` finishes the line that a failed training leaves on the terminal. */
export interface ProgressLine {
  onProgress(place: Place): void;
  onEpochEnd(epoch: number, logs: Logs): void;
  end(): void;
}

const CELLS = 20;

/** Four decimals as in Keras; an exponent for values too small to show in them. */
const short = (value: number): string =>
  Math.abs(value) > 1e-3 || value === 0 ? value.toFixed(4) : value.toExponential(4);

function duration(seconds: number): string {
  if (seconds < 1e-3) return `${(1e6 * seconds).toFixed(0)}us`;
  if (seconds < 1) return `${(1e3 * seconds).toFixed(0)}ms`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Node's standard output, if it is a terminal whose cursor can move. Deno would ask the user for permission to read its environment. */
function terminal(): NodeJS.WriteStream | undefined {
  if (typeof process === 'undefined' || process.stdout?.isTTY !== true) return undefined;
  return 'Deno' in globalThis || process.env.TERM !== 'dumb' ? process.stdout : undefined;
}

/** The line of an epoch. While it runs, `bar` follows the epoch and `time` is an estimate instead of the seconds so far. */
function lineOf({ epoch, epochs, step, steps, seconds, logs }: Place, bar = '', time = duration(seconds)): string {
  const values = Object.keys(logs)
    .sort()
    .map((key) => `${key}: ${short(logs[key] ?? Number.NaN)}`);
  const count = steps === undefined ? `${step}` : `${String(step).padStart(String(steps).length)}/${steps}`;
  const pace = `${duration(seconds / Math.max(step, 1))}/step`;
  return [`Epoch ${epoch + 1}/${epochs}${bar}`, count, time, pace, ...values].join(' - ');
}

/** Keras' `verbose`: 1 draws a bar on a terminal and prints a line for each epoch elsewhere, 2 prints such a line everywhere. */
export function progressLine(verbose: 1 | 2): ProgressLine {
  const output = () => (verbose === 1 ? terminal() : undefined);
  let latest: Place | undefined;
  let drawn = false;

  const end = (): void => {
    if (drawn) output()?.write('\n');
    drawn = false;
  };
  return {
    onProgress(place) {
      if (place.phase !== 'train') return;
      latest = place;
      const stream = output();
      if (stream === undefined) return;
      const { seconds, step, steps } = place;
      const full = steps === undefined ? 0 : Math.floor((CELLS * step) / steps);
      const bar = steps === undefined ? '' : ` ${'█'.repeat(full)}${'░'.repeat(CELLS - full)}`;
      const left = steps === undefined ? undefined : `ETA ${duration((seconds / Math.max(step, 1)) * (steps - step))}`;
      drawn = true;
      stream.write(`\r${lineOf(place, bar, left).slice(0, (stream.columns ?? 80) - 1)}\x1b[K`);
    },
    onEpochEnd(epoch, logs) {
      const place =
        latest?.epoch === epoch
          ? { ...latest, steps: latest.steps ?? latest.step }
          : { epochs: epoch + 1, step: 0, steps: 0, seconds: 0 };
      const line = lineOf({ ...place, phase: 'train', epoch, logs });
      const stream = output();
      if (stream === undefined) console.log(line);
      else stream.write(`${drawn ? '\r' : ''}${line}\x1b[K\n`);
      drawn = false;
    },
    end,
  };
}
