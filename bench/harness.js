// How every benchmark measures: it warms up, then takes samples of a fraction of a millisecond or more through tinybench, and keeps the
// fastest, the median and the spread. Node and browsers alike.
import { Bench } from 'tinybench';

/** Times in milliseconds; `quick` is for a quick look, not for comparisons. */
const FULL = { warmUp: 300, calls: 1000, time: 400, sample: 0.5 };
const QUICK = { warmUp: 60, calls: 300, time: 60, sample: 0.3 };
/** Samples of a slow function. */
const FEWEST = 5;
const FEWEST_QUICK = 2;
/** Calls after which V8 has usually compiled a kernel with its optimizing compiler; slow ones get four times the warm-up to reach it. */
const TIERED_UP = 40;
/** Turns of `timeBoth`; odd. */
const TURNS = 5;

const sorted = (values) => Float64Array.from(values).sort();
const quantile = (ascending, q) => ascending[Math.min(ascending.length - 1, Math.floor(q * ascending.length))];

/** The fastest, the median and the distance between the quartiles in percent of the median. */
export function summary(values) {
  const ascending = sorted(values);
  const median = quantile(ascending, 0.5);
  const spread = (100 * (quantile(ascending, 0.75) - quantile(ascending, 0.25))) / median;
  return { min: ascending[0], median, spread, samples: ascending.length };
}

export class Harness {
  constructor({ quick = false, only = '', onTable = () => {}, onCase = () => {} } = {}) {
    this.quick = quick;
    this.only = only.toLowerCase();
    this.onTable = onTable;
    this.onCase = onCase;
    this.tables = [];
  }

  /** How the figures were measured, in words. */
  get method() {
    const { warmUp, calls, time } = this.quick ? QUICK : FULL;
    return `each case warmed up for ${warmUp} ms or ${calls} calls, measured for ${time} ms or longer; best is the fastest sample, spread the quartile range over the median`;
  }

  wants(...names) {
    return names.join(' ').toLowerCase().includes(this.only);
  }

  /** Milliseconds of one call of `fn`: { min, median, spread, samples }. */
  time(fn) {
    this.#warmUp(fn);
    const { time } = this.quick ? QUICK : FULL;
    return summary(this.#sample(fn, time, this.quick ? FEWEST_QUICK : FEWEST));
  }

  /**
   * Measures two functions in turns, so that a change of the processor's clock, or a neighbour, affects both: the result of `time` for each,
   * and `over`, the median of the first one's fastest time over the second one's, turn by turn.
   */
  timeBoth(first, second) {
    const functions = [first, second];
    for (const fn of functions) this.#warmUp(fn);
    const { time } = this.quick ? QUICK : FULL;
    const turns = Array.from({ length: TURNS }, () => functions.map((fn) => this.#sample(fn, time / TURNS, 1)));
    const [one, other] = functions.map((_, i) => summary(turns.flatMap((turn) => turn[i])));
    return { first: one, second: other, over: summary(turns.map(([a, b]) => summary(a).min / summary(b).min)).median };
  }

  #warmUp(fn) {
    const { warmUp, calls } = this.quick ? QUICK : FULL;
    const start = performance.now();
    let done = 0;
    const going = () => {
      const took = performance.now() - start;
      return done < TIERED_UP ? took < 4 * warmUp : took < warmUp && done < calls;
    };
    do {
      fn();
      done++;
    } while (done < 2 || going());
  }

  /** Milliseconds of a call, from at least `fewest` samples of `repeat` calls that fill `time`. */
  #sample(fn, time, fewest) {
    const { sample } = this.quick ? QUICK : FULL;
    const repeat = Math.max(1, Math.ceil(sample / this.#estimate(fn)));
    const bench = new Bench({ time, iterations: fewest, warmup: false, retainSamples: true, throws: true });
    bench.add('case', () => {
      for (let i = 0; i < repeat; i++) fn();
    });
    const [{ result }] = bench.runSync();
    return result.latency.samples.map((value) => value / repeat);
  }

  #estimate(fn) {
    const took = (n) => {
      const start = performance.now();
      for (let i = 0; i < n; i++) fn();
      return performance.now() - start;
    };
    // the least of three, because one may have been interrupted
    for (let n = 1; ; n *= 4) {
      const least = Math.min(took(n), took(n), took(n));
      if (least > 0.1) return least / n;
    }
  }

  /**
   * One table: `cases` are { name, run, ...fixed columns }, and `columns(timing, case)` makes a row. Cases that `only`
   * leaves out do not run; a table without rows is not shown.
   */
  async table(title, cases, columns) {
    const rows = [];
    for (const one of cases) {
      if (!this.wants(title, one.name)) continue;
      this.onCase(`${title}: ${one.name}`);
      const timing = await (one.measure ?? (() => this.time(one.run)))();
      rows.push({ case: one.name, ...columns(timing, one), 'spread %': round(timing.spread, 1) });
    }
    this.show(title, rows);
    return rows;
  }

  show(title, rows) {
    if (rows.length === 0) return;
    const table = { title, rows };
    this.tables.push(table);
    this.onTable(table);
  }
}

export const round = (value, digits) => Number(value.toFixed(digits));

/** Nanoseconds of one of `n` elements: for columns. */
export const nanoseconds = (milliseconds, n) => round((milliseconds * 1e6) / n, 3);
