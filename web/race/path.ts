/** Where a racer has been: its weights, all arrays one behind the other, after some of its epochs, few enough to keep in memory. */

export interface Snapshot {
  readonly step: number;
  readonly weights: Float32Array;
}

/** Bytes of all snapshots of a racer, about, and how many there are in any case and at most. */
const MEMORY = 10_000_000;
const LEAST = 4;
const MOST = 16;

const flat = (arrays: readonly Float32Array[]): Float32Array => {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
};

export class Path {
  readonly #most: number;
  #snapshots: Snapshot[] = [];
  #end: Snapshot | undefined;
  /** Of so many places that it comes by it keeps one. */
  #every = 1;
  #passed = 0;

  /** For a model of so many weights. */
  constructor(size: number) {
    this.#most = Math.min(MOST, Math.max(LEAST, Math.floor(MEMORY / (4 * size))));
  }

  /** The racer comes by; the first time it is at its start. */
  pass(step: number, weights: () => readonly Float32Array[]): void {
    if (this.#passed++ % this.#every !== 0) return;
    this.#snapshots.push({ step, weights: flat(weights()) });
    if (this.#snapshots.length <= this.#most) return;
    this.#snapshots = this.#snapshots.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }

  /** The racer does not go on. */
  finish(step: number, weights: readonly Float32Array[]): void {
    this.#end = { step, weights: flat(weights) };
  }

  /** From the start to the end, if it is there. */
  get snapshots(): readonly Snapshot[] {
    const before = this.#snapshots.filter(({ step }) => step !== this.#end?.step);
    return this.#end ? [...before, this.#end] : before;
  }
}
