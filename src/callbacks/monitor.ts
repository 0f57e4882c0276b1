/** Watches one value of the logs: which direction is better, and whether it improves. */
import { directionByEnding } from '../direction.ts';
import { directionOf } from '../metrics.ts';
import type { FitParams, Logs } from '../model/progress.ts';
import { checkKind, checkName, checkNumber } from '../validate.ts';

/** Options of callbacks that watch a value. */
export interface MonitorOptions {
  /** The key of the history to watch. Default `'val_loss'`. */
  readonly monitor?: string;
  /** Whether lower or higher is better. Default `'auto'`: higher for an accuracy, a precision, an AUC and the like, lower for a loss or an error; other keys need `'min'` or `'max'`. */
  readonly mode?: 'auto' | 'min' | 'max';
}

/**
 * Throws before training if the logs will lack `key` because validation or a metric is missing. Callbacks may add any other key.
 * Logs of a `batch` have no validation.
 */
export function checkKey(callback: string, key: string, { keys }: FitParams, batch = false): void {
  const plain = key.replace(/^val_/, '');
  if (batch && plain !== key && keys.includes(key))
    throw new RangeError(`${callback}: '${key}' exists only at the end of an epoch, not after a batch`);
  if (keys.includes(key)) return;
  if (keys.includes(plain))
    throw new RangeError(`${callback}: '${key}' needs validationData or validationSplit, or watch another key`);
  if (directionOf(plain) !== undefined)
    throw new RangeError(`${callback}: '${key}' is not among ${[...keys].sort().join(', ')}: compile with that metric`);
}

export class Monitor {
  readonly #callback: string;
  readonly #key: string;
  readonly #sign: 1 | -1;
  readonly #minDelta: number;

  /** `callback` names the watching callback in Errors. */
  constructor(callback: string, { monitor = 'val_loss', mode = 'auto' }: MonitorOptions, minDelta = 0) {
    checkKind(typeof monitor === 'string', `${callback}: monitor`, 'a string', monitor);
    checkName('mode', mode, ['auto', 'min', 'max']);
    checkNumber('minDelta', minDelta, Number.NEGATIVE_INFINITY);
    this.#callback = callback;
    this.#key = monitor;
    this.#minDelta = Math.abs(minDelta);
    this.#sign = (mode === 'auto' ? this.#guess() : mode) === 'min' ? 1 : -1;
  }

  get key(): string {
    return this.#key;
  }

  /**
   * Whether `value` is better than `best` by more than the least difference. As in Keras, any first value is (`best` is undefined); after
   * that NaN is not better than anything, and nothing is better than NaN.
   */
  improves(value: number, best: number | undefined): boolean {
    return best === undefined || this.#sign * value + this.#minDelta < this.#sign * best;
  }

  /** The watched value. */
  read(logs: Readonly<Logs>): number {
    const value = logs[this.#key];
    if (value === undefined)
      throw new RangeError(`${this.#callback}: '${this.#key}' is not among ${Object.keys(logs).sort().join(', ')}`);
    return value;
  }

  #guess(): 'min' | 'max' {
    const plain = this.#key.replace(/^val_/, '');
    // the name of an output may come first: head_mae, head_loss
    const ends = [...plain.matchAll(/(?<=^|_)[^_]/g)].map(({ index }) => plain.slice(index));
    const direction = /(^|_)loss$/.test(plain)
      ? 'min'
      : (ends.map(directionOf).find((one) => one !== undefined) ?? directionByEnding(plain));
    if (direction !== undefined) return direction;
    throw new RangeError(`${this.#callback}: cannot infer mode for '${this.#key}'; set mode: 'min' or 'max'`);
  }
}
